type Interval = { readonly startMs: number; readonly endMs: number };

/**
 * The row of each interval, so that what runs at the same time lies one below the other. Intervals come in order of
 * their starts. Beyond `limit` rows the one that is free first takes them.
 */
export function packTracks(
  intervals: readonly Interval[],
  limit: number
): { readonly tracks: readonly number[]; readonly count: number } {
  const freeAt: number[] = [];
  const tracks = intervals.map(({ startMs, endMs }) => {
    let track = freeAt.findIndex((free) => free <= startMs);
    if (track < 0) {
      track = freeAt.length < limit ? freeAt.length : freeAt.indexOf(Math.min(...freeAt));
    }
    freeAt[track] = Math.max(freeAt[track] ?? -Infinity, endMs);
    return track;
  });
  return { tracks, count: Math.max(1, freeAt.length) };
}
