import { type Lane, type Mark } from '../lanes/lane';
import { markAt } from './hit-test';
import { laneTops } from './paint';
import { type TimeScale, timeAt, xOf } from './time-scale';

/** Where the reader looks: by pointer or by keyboard. Outlives the data it was made from. */
export type Hover = {
  readonly laneIndex: number;
  readonly laneId: string;
  readonly mark: Mark | null;
  readonly atMs: number;
  /** CSS pixels within the viewport, where the tooltip goes. */
  readonly clientX: number;
  readonly clientY: number;
  readonly opens: { readonly right: boolean; readonly down: boolean };
};

/** Top left of the lanes in the viewport, and the viewport's size. */
export type Origin = {
  readonly left: number;
  readonly top: number;
  readonly viewWidth: number;
  readonly viewHeight: number;
};

export function originOf(element: Element): Origin {
  const { left, top } = element.getBoundingClientRect();
  const { clientWidth, clientHeight } = element.ownerDocument.documentElement;
  return { left, top, viewWidth: clientWidth, viewHeight: clientHeight };
}

function roomAt({ viewWidth, viewHeight }: Origin, clientX: number, clientY: number): Hover['opens'] {
  return { right: clientX <= viewWidth / 2, down: clientY <= viewHeight / 2 };
}

/** What lies under a point of the window; null between lanes. */
export function hoverAt(
  lanes: readonly Lane[],
  scale: TimeScale,
  origin: Origin,
  clientX: number,
  clientY: number
): Hover | null {
  const { tops } = laneTops(lanes);
  const y = clientY - origin.top;
  const laneIndex = lanes.findIndex((lane, index) => y >= tops[index] && y < tops[index] + lane.heightPx);
  if (laneIndex < 0) {
    return null;
  }
  const lane = lanes[laneIndex];
  const atMs = timeAt(scale, clientX - origin.left);
  return {
    laneIndex,
    laneId: lane.id,
    mark: markAt(lane, scale, atMs, y - tops[laneIndex]),
    atMs,
    clientX,
    clientY,
    opens: roomAt(origin, clientX, clientY),
  };
}

/** The keyboard's place on a mark: its begin, or the left edge when it began earlier. */
export function hoverOn(
  lanes: readonly Lane[],
  scale: TimeScale,
  origin: Origin,
  laneIndex: number,
  mark: Mark
): Hover {
  const { tops } = laneTops(lanes);
  const lane = lanes[laneIndex];
  const x = Math.min(scale.widthPx, Math.max(0, xOf(scale, mark.startMs)));
  const y = tops[laneIndex] + ((mark.track + 0.5) / lane.tracks) * lane.heightPx;
  const atMs = Math.max(mark.startMs, timeAt(scale, 0));
  const [clientX, clientY] = [origin.left + x, origin.top + y];
  return { laneIndex, laneId: lane.id, mark, atMs, clientX, clientY, opens: roomAt(origin, clientX, clientY) };
}

/** The place while its lane is still there. */
export function stillThere(hover: Hover | null, lanes: readonly Lane[]): Hover | null {
  return hover !== null && lanes[hover.laneIndex]?.id === hover.laneId ? hover : null;
}
