import type { UnixMs } from '../model/time.ts';

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
