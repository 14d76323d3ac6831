import type { UnixMs } from '../model/time.ts';

/** A log that ends further ahead than this was written by a clock gone mad. */
const RESUMED_MS = 24 * 3_600_000;
/** How much faster or slower than real time a difference to the wall clock is made up for. */
const SLEW = 0.5;

/**
 * The wall clock without its jumps. A clock that is set goes back in the middle of sessions, or ends all of them at
 * once; this one never goes back and runs at half or one and a half speed until both agree.
 */
export class SteadyClock {
  readonly #wallMs: () => UnixMs;
  readonly #elapsedMs: () => number;
  #nowMs: UnixMs;
  #readAtMs: number;

  /** `elapsedMs` only goes up, and nobody sets it. */
  constructor(wallMs: () => UnixMs, elapsedMs: () => number) {
    this.#wallMs = wallMs;
    this.#elapsedMs = elapsedMs;
    this.#nowMs = wallMs();
    this.#readAtMs = elapsedMs();
  }

  /** Goes on from where a log ends, when the clock was set back between two processes: its sessions would stand still. */
  readonly resume = (lastMs: UnixMs): void => {
    if (lastMs > this.#nowMs && lastMs - this.#nowMs <= RESUMED_MS) this.#nowMs = lastMs;
  };

  readonly now = (): UnixMs => {
    const elapsedMs = this.#elapsedMs();
    const passedMs = Math.max(0, elapsedMs - this.#readAtMs);
    this.#readAtMs = elapsedMs;
    const differenceMs = this.#wallMs() - (this.#nowMs + passedMs);
    const mayMs = passedMs * SLEW;
    this.#nowMs += passedMs + Math.max(-mayMs, Math.min(mayMs, differenceMs));
    return Math.floor(this.#nowMs);
  };
}
