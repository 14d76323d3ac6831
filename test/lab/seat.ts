import type { ViewerSession } from './viewer-session.ts';

/** What the collector is configured with, and semantics.md section 3 counts by. */
const SILENCE_MS = 25_000;
const SEGMENTS = 3;
const PAUSED_OUT_MS = 60_000;

/** Someone who counts as watching until `untilMs` unless there are more signs of life. */
export type Seat = { readonly viewer: string; readonly isHeard: boolean; readonly untilMs: number };

/**
 * The seat of a session by the definition of concurrent sessions: whoever is heard, until 2.5 heartbeats after the last
 * word or its word that it is over; whoever is not, until three segments after a segment.
 */
export function seatOf({ facts, ledger, playback }: ViewerSession, nowMs: number): Seat {
  const viewer = `${facts.viewer.address}|${facts.viewer.userAgent}`;
  if (ledger.postsDelivered === 0) {
    return { viewer, isHeard: false, untilMs: ledger.lastSegmentMs + SEGMENTS * facts.content.segmentMs };
  }
  const { state, stateSinceMs } = playback;
  const isWatching = state === 'playing' || state === 'rebuffering' || state === 'seeking';
  const isPaused = state === 'paused' && nowMs - stateSinceMs < PAUSED_OUT_MS;
  const isOver = ledger.isOverTold || !(isWatching || isPaused);
  return { viewer, isHeard: true, untilMs: isOver ? Number.NEGATIVE_INFINITY : ledger.lastToldMs + SILENCE_MS };
}
