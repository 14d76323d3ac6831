/** Unix ms of now, by the clock Resource Timing uses, so that events and requests of one player can be ordered. */
export function nowMs(): number {
  return unixMs(performance.now());
}

/** Unix ms of a `performance` time stamp, to a tenth of a millisecond. */
export function unixMs(performanceMs: number): number {
  return Math.round((performance.timeOrigin + performanceMs) * 10) / 10;
}
