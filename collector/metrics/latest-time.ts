import type { UnixMs } from '../model/time.ts';

/** Our clock as the pipeline last told it: what exemplars are dated with. Player clocks are never taken. */
export class LatestTime {
  latestMs: UnixMs = 0;

  see(atMs: UnixMs): void {
    if (atMs > this.latestMs) this.latestMs = atMs;
  }
}
