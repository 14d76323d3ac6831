import type { Event } from './event.ts';
import type { UnixMs } from './time.ts';

/** A player's clock may be hours off and a log weeks late; beyond this the time itself is doubtful. */
export const MAX_AHEAD_MS = 24 * 3_600_000;
export const MAX_BEHIND_MS = 30 * 24 * 3_600_000;

/** Whether what arrives at `nowMs` can be from the time it says. */
export function isTimely(event: Event, nowMs: UnixMs): boolean {
  const atMs = event.kind === 'request' ? event.startMs : event.tsMs;
  return atMs <= nowMs + MAX_AHEAD_MS && atMs >= nowMs - MAX_BEHIND_MS;
}
