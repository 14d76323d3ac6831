import type { Ending, Exchange } from './exchange.ts';
import type { MediaObject, Track } from './media-object.ts';
import type { Playback } from './playback.ts';
import type { PlayerPolicy } from './player-policy.ts';

/** Loading of one track, or of the live playlist: one request at a time. */
export type Lane = {
  readonly track: Track;
  readonly isPoll: boolean;
  /** Segment to load next. */
  next: number;
  inflight: Exchange | null;
  attempts: number;
  isWaiting: boolean;
  isAsleep: boolean;
  /** Segment the current rendition was chosen for. */
  chosenFor: number;
  readonly inits: Set<number>;
};

/** How long a player watches a transfer before it judges it. */
const JUDGE_MS = 700;

export function laneOf(track: Track, isPoll: boolean): Lane {
  return {
    track,
    isPoll,
    next: 0,
    inflight: null,
    attempts: 0,
    isWaiting: false,
    isAsleep: false,
    chosenFor: -1,
    inits: new Set(),
  };
}

export function isVideoSegment(object: MediaObject): boolean {
  return object.role === 'segment' && object.track === 'video';
}

/** When and how an exchange sent at `nowMs` ends if nobody interferes. */
export function plannedEnd(
  exchange: Exchange,
  policy: PlayerPolicy,
  playback: Playback,
  nowMs: number,
): readonly [endMs: number, ending: Ending] {
  const firstByteLimitMs = nowMs + policy.firstByteTimeoutMs;
  if (exchange.firstByteMs > firstByteLimitMs) return [firstByteLimitMs, 'timeout'];
  const limitMs = nowMs + policy.timeoutMs;
  const { object, plannedEndMs, bodyStartMs } = exchange;
  const isTooLate = playback.state === 'playing' && plannedEndMs > nowMs + playback.bufferMs;
  if (isTooLate && policy.abandons && isVideoSegment(object) && object.rendition > 0 && exchange.answer.status < 400) {
    const judgedMs = Math.max(bodyStartMs + JUDGE_MS, nowMs + Math.min(object.durationMs / 2, 2000));
    if (judgedMs < Math.min(plannedEndMs - 200, limitMs)) return [judgedMs, 'abandoned'];
  }
  return plannedEndMs > limitMs ? [limitMs, 'timeout'] : [plannedEndMs, 'ok'];
}
