import type { UnixMs } from '../../model/time.ts';

/** A player's own start delay this short was measured before anything played (dash.js sends `msd=1` with its manifest). */
const IMPLAUSIBLE_STARTUP_MS = 10;

/**
 * Play request → first content frame, without ads, pauses and hidden time. The player's own measure (CMCD `msd`)
 * fills in when the events do not show both ends.
 */
export class StartupClock {
  #beginMs = Number.NaN;
  #runMs = 0;
  #statedMs = Number.NaN;
  #isRequested = false;
  #isUnderWay = false;

  get beginMs(): UnixMs {
    return this.#beginMs;
  }

  /** Play was asked for. The latest request counts while nothing has come of the one before it (autoplay blocked). */
  requested(atMs: UnixMs): void {
    if (this.#isRequested && this.#isUnderWay) return;
    this.#beginMs = atMs;
    this.#runMs = 0;
    this.#isRequested = true;
  }

  /** The player started to load for playing. */
  starting(atMs: UnixMs): void {
    if (Number.isNaN(this.#beginMs)) this.#beginMs = atMs;
    this.#isUnderWay = true;
  }

  /** Playback did not begin: paused or waiting for the viewer, so a new gesture starts again. */
  interrupted(): void {
    this.#isUnderWay = false;
  }

  run(durationMs: number): void {
    if (!Number.isNaN(this.#beginMs)) this.#runMs += durationMs;
  }

  state(startupMs: number): void {
    if (startupMs >= 0 && Number.isFinite(startupMs)) this.#statedMs = startupMs;
  }

  /** The stated measure can only have been taken at the first frame. */
  get isStatedPlausible(): boolean {
    return this.#statedMs > IMPLAUSIBLE_STARTUP_MS;
  }

  /** Startup as of now: measured if the begin was seen, else as the player stated it, else NaN. */
  get startupMs(): number {
    return Number.isNaN(this.#beginMs) ? this.#statedMs : this.#runMs;
  }
}
