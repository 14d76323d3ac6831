import type { JoinedRequest } from '../../model/joined-request.ts';
import type { UnixMs } from '../../model/time.ts';
import { isDelivered } from '../join/request-halves.ts';

/** What comes this soon after an answer was waiting for it; a log that rounds to seconds may be one off. */
const NEXT_MS = 1_500;
/** After a failure, or when there was nothing new, a player waits before it asks again. */
const RETRY_MS = 10_000;

/**
 * What has to be there before media can be asked for: playlists, init segments, keys. While a player waits for them
 * it asks for media, though no log line says so.
 */
export class MediaGate {
  #sinceMs = Number.NaN;
  #untilMs = Number.NaN;
  #patienceMs = NEXT_MS;
  #playlist = '';
  #polls = 0;
  /** End of the last answered poll; NaN before any. */
  polledMs = Number.NaN;

  /** End of the last wait; NaN before any. */
  get untilMs(): UnixMs {
    return this.#untilMs;
  }

  /**
   * `isStarved`: the player says it waits for media. `segmentMs`: a playlist that is polled is waited for when it takes
   * longer than what it may tell of.
   */
  step(request: JoinedRequest, isStarved: boolean, segmentMs: number): void {
    const { objectType, path, startMs, endMs } = request;
    if (objectType !== 'manifest' && objectType !== 'init' && objectType !== 'key') return;
    const isGiven = isDelivered(request);
    if (objectType === 'manifest') {
      const isPoll = path === this.#playlist;
      this.#playlist = path;
      if (isPoll && isGiven) {
        this.#polls++;
        this.polledMs = endMs;
      }
      if (isPoll && isGiven && !isStarved && endMs - startMs <= segmentMs) return;
    }
    const isNext = startMs - this.#untilMs <= this.#patienceMs;
    if (!isNext) this.#sinceMs = startMs;
    this.#untilMs = isNext ? Math.max(this.#untilMs, endMs) : endMs;
    this.#patienceMs = isGiven && !isStarved ? NEXT_MS : RETRY_MS;
  }

  /** Answered polls of one playlist since the last call. */
  takePolls(): number {
    const polls = this.#polls;
    this.#polls = 0;
    return polls;
  }

  /** The player waits, or has just waited. */
  isWaited(nowMs: UnixMs): boolean {
    return nowMs - this.#untilMs <= this.#patienceMs;
  }

  /** Since when the player has been waiting without a break; Infinity when it is not. */
  sinceMs(nowMs: UnixMs): UnixMs {
    return this.isWaited(nowMs) ? this.#sinceMs : Number.POSITIVE_INFINITY;
  }
}
