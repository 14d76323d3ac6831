import { type Lane, type Line, type Mark } from '../lanes/lane';
import { firstFrom } from './place-marks';
import { msPerPx, type TimeScale } from './time-scale';

/** How far beside a mark the pointer may be. */
const REACH_PX = 4;

/** The mark of a lane under the pointer; among several the nearest track, then the heaviest, then the nearest. */
export function markAt(lane: Lane, scale: TimeScale, atMs: number, yInLane: number): Mark | null {
  const reachMs = REACH_PX * msPerPx(scale);
  const track = Math.min(lane.tracks - 1, Math.max(0, Math.floor((yInLane / lane.heightPx) * lane.tracks)));
  const end = firstFrom(lane.marks, atMs + reachMs);
  let best: Mark | null = null;
  let bestScore = Infinity;
  for (let index = firstFrom(lane.marks, atMs - reachMs - lane.longestMs); index < end; index++) {
    const mark = lane.marks[index];
    const distance = Math.max(mark.startMs - atMs, atMs - mark.endMs, 0);
    if (distance > reachMs) {
      continue;
    }
    const score = Math.abs(mark.track - track) * 1000 + distance / reachMs - mark.weight * 0.1;
    if (score < bestScore) {
      bestScore = score;
      best = mark;
    }
  }
  return best;
}

/** The value of a line at a time; NaN outside of it. */
export function valueAt({ points, shape }: Line, atMs: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle].atMs <= atMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const [before, after] = [points[low - 1], points[low]];
  if (before === undefined || (after === undefined && atMs > before.atMs)) {
    return NaN;
  }
  if (shape === 'step' || after === undefined || after.atMs === before.atMs) {
    return before.value;
  }
  return before.value + ((atMs - before.atMs) / (after.atMs - before.atMs)) * (after.value - before.value);
}
