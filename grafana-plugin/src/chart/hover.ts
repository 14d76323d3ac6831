import { type Lane, type Mark } from '../lanes/lane';
import { markAt } from './hit-test';
import { laneTops } from './paint';
import { type TimeScale, timeAt, xOf } from './time-scale';

/** Where the reader looks: by pointer or by keyboard. */
export type Hover = {
  readonly laneIndex: number;
  readonly mark: Mark | null;
  readonly atMs: number;
  /** CSS pixels within the lanes. */
  readonly x: number;
  readonly y: number;
  readonly by: 'pointer' | 'keyboard';
};

/** What lies under a point of the lanes; null between lanes. */
export function hoverAt(lanes: readonly Lane[], scale: TimeScale, x: number, y: number): Hover | null {
  const { tops } = laneTops(lanes);
  const laneIndex = lanes.findIndex((lane, index) => y >= tops[index] && y < tops[index] + lane.heightPx);
  if (laneIndex < 0) {
    return null;
  }
  const atMs = timeAt(scale, x);
  const mark = markAt(lanes[laneIndex], scale, atMs, y - tops[laneIndex]);
  return { laneIndex, mark, atMs, x, y, by: 'pointer' };
}

/** The keyboard's place on a mark: its begin, or the left edge when it began earlier. */
export function hoverOn(lanes: readonly Lane[], scale: TimeScale, laneIndex: number, mark: Mark): Hover {
  const { tops } = laneTops(lanes);
  const lane = lanes[laneIndex];
  const x = Math.min(scale.widthPx, Math.max(0, xOf(scale, mark.startMs)));
  const y = tops[laneIndex] + ((mark.track + 0.5) / lane.tracks) * lane.heightPx;
  return { laneIndex, mark, atMs: Math.max(mark.startMs, timeAt(scale, 0)), x, y, by: 'keyboard' };
}
