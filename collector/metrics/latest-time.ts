import type { UnixMs } from '../model/time.ts';

/** A clock that is this much earlier was set back. */
const SET_BACK_MS = 24 * 3_600_000;

/** Our clock as the pipeline last told it: what exemplars are dated with. Player clocks are never taken. */
export class LatestTime {
  latestMs: UnixMs = 0;

  see(atMs: UnixMs): void {
    if (atMs > this.latestMs || this.latestMs - atMs > SET_BACK_MS) this.latestMs = atMs;
  }
}
