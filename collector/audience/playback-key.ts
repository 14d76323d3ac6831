import type { SessionRef } from '../model/session.ts';

/** A session among those of all tenants, whose players may have chosen the same id. */
export function nameOf({ tenant, traceId }: Pick<SessionRef, 'tenant' | 'traceId'>): string {
  return `${tenant} ${traceId}`;
}

/**
 * What counts once in a window (semantics.md section 7): the playback's own id or, without one, content and device,
 * which is what an inferred session's id is made of, before the `@` and its begin.
 */
export function playbackKey(session: SessionRef): string {
  if (!session.isInferred) return `s ${nameOf(session)}`;
  const { tenant, sessionId } = session;
  const end = sessionId.lastIndexOf('@');
  return `i ${tenant} ${end < 0 ? sessionId : sessionId.slice(0, end)}`;
}
