import type { RecentSessions } from '../api/recent.ts';
import type { RecentSession } from '../api/recent-session.ts';
import type { LiveSession } from '../correlate/live-session.ts';
import type { UnixMs } from '../model/time.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Forget } from '../store/forget.ts';

/**
 * Erases what this process holds of a session, a viewer or a device: open sessions are closed first, so that the last of
 * them is in the store before it is erased there. Returns how many sessions went.
 */
export function forgetLive(
  { tenant, key, value }: Forget,
  pipeline: Pipeline,
  recent: RecentSessions,
  nowMs: UnixMs,
): number {
  const closed = new Set(pipeline.forget(tenant, (session) => isOpenMeant(session, key, value), nowMs));
  const known = recent.forget(tenant, (session) => closed.has(session.sessionId) || isRecentMeant(session, key, value));
  return Math.max(closed.size, known);
}

function isOpenMeant(session: LiveSession, key: Forget['key'], value: string): boolean {
  const playbacks = [...session.playbacks];
  switch (key) {
    case 'session':
      return session.sid === value || playbacks.some((playback) => playback.session.traceId === traceIdOf(value));
    case 'viewer':
      return playbacks.some(({ viewer }) => viewer.viewerId === value);
    case 'device':
      return session.client?.deviceKey === value || playbacks.some(({ viewer }) => viewer.client?.deviceKey === value);
    default:
      return key satisfies never;
  }
}

function isRecentMeant(session: RecentSession, key: Forget['key'], value: string): boolean {
  switch (key) {
    case 'session':
      return session.sessionId === value || session.traceId === traceIdOf(value);
    case 'viewer':
      return session.viewerId === value;
    case 'device':
      return session.deviceKey === value;
    default:
      return key satisfies never;
  }
}

function traceIdOf(text: string): string {
  return text.toLowerCase().replaceAll('-', '');
}
