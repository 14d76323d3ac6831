import type { SessionRef } from '../model/session.ts';

/**
 * What counts once in a window (semantics.md section 7): the playback's own id or, without one, content and device,
 * which is what an inferred session's id is made of, before the `@` and its begin.
 */
export function playbackKey({ tenant, traceId, sessionId, isInferred }: SessionRef): string {
  if (!isInferred) return `s ${traceId}`;
  const end = sessionId.lastIndexOf('@');
  return `i ${tenant} ${end < 0 ? sessionId : sessionId.slice(0, end)}`;
}
