import type { UnixMs } from '../../model/time.ts';
import { MIN_STALL_MS } from '../timeline/stall-watch.ts';

/** CMCD rounds to a tenth of a second, twice. */
const ROUNDING_MS = 200;
/** A player waits for a few seconds of media before it goes on; whoever stood longer had another reason. */
const MOST_MS = 3_000;

/**
 * What a player says of its buffer from time to time (CMCD `bl`), held against what came between: media that is there
 * though it should have been played shows for how long playback stood. A model knows when a stall begins; when the
 * player goes on is the player's own rule, which differs.
 */
export class BufferWords {
  #atMs = Number.NaN;
  #bufferMs = Number.NaN;
  #deliveredMs = 0;
  #starvedMs = 0;

  delivered(durationMs: number): void {
    this.#deliveredMs += durationMs;
  }

  starved(durationMs: number): void {
    this.#starvedMs += durationMs;
  }

  /** What was said before says nothing any more: the player jumped, paused, or told the length itself. */
  forget(): void {
    this.#atMs = Number.NaN;
  }

  /** The next word. Returns how much longer than modelled the stalls since the one before were; less than 0: shorter. */
  heard(bufferMs: number, atMs: UnixMs): number {
    const playedMs = this.#bufferMs + this.#deliveredMs - bufferMs;
    const longerMs = atMs - this.#atMs - playedMs - this.#starvedMs;
    const isStall =
      this.#starvedMs >= MIN_STALL_MS && Math.abs(longerMs) >= ROUNDING_MS && Math.abs(longerMs) <= MOST_MS;
    const correctionMs = isStall ? Math.max(longerMs, -this.#starvedMs) : 0;
    this.#atMs = atMs;
    this.#bufferMs = bufferMs;
    this.#deliveredMs = 0;
    this.#starvedMs = 0;
    return correctionMs;
  }
}
