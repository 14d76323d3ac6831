import { type Lane, type Mark } from '../lanes/lane';
import { type TimeScale, xOf } from './time-scale';

/** A rectangle on the canvas, CSS pixels from the top left of its lane. */
export type Box = {
  readonly x: number;
  readonly y: number;
  width: number;
  readonly height: number;
  /** The heaviest mark of those that share it. */
  mark: Mark;
  /** Marks that share it. */
  count: number;
  /** Not proof of the chosen incident. */
  readonly isDimmed: boolean;
};

/** What is less wide than this has no shape of its own and may share a rectangle. */
const SUB_PIXEL = 1.5;
const NARROWEST = 2;
const NARROWEST_BAD = 3;
const LANE_PADDING = 3;

type Placing = {
  /** Ids of requests to show; everything else is dimmed. Null when nothing is chosen. */
  readonly highlighted: ReadonlySet<string> | null;
};

/**
 * The rectangles of a lane. Marks too narrow to see are merged per track, style and place, so that their number is
 * bounded by the width of the screen, and heavier ones are returned last to be drawn on top.
 */
export function placeMarks(lane: Lane, scale: TimeScale, { highlighted }: Placing): Box[] {
  const trackHeight = (lane.heightPx - 2 * LANE_PADDING) / lane.tracks;
  const gap = lane.tracks > 1 ? 1 : 0;
  // Per track, those that prove the chosen incident apart from the others, by style.
  const open: Array<Map<string, Box>> = [];
  const boxes: Box[] = [];
  const [first, end] = visibleRange(lane, scale);
  for (let index = first; index < end; index++) {
    const mark = lane.marks[index];
    const left = Math.max(-2, xOf(scale, mark.startMs));
    const right = Math.min(scale.widthPx + 2, xOf(scale, mark.endMs));
    if (right < -1 || left > scale.widthPx + 1) {
      continue;
    }
    const isDimmed = highlighted !== null && isDelivery(mark) && !isHighlighted(mark, highlighted);
    const natural = right - left;
    const width = Math.max(natural, mark.weight >= 3 ? NARROWEST_BAD : NARROWEST);
    const neighbours = (open[2 * mark.track + (isDimmed ? 1 : 0)] ??= new Map());
    const last = neighbours.get(mark.style);
    if (natural < SUB_PIXEL && last && left <= last.x + last.width + 0.5) {
      last.width = Math.max(last.width, left + width - last.x);
      last.count++;
      last.mark = mark.weight > last.mark.weight ? mark : last.mark;
      continue;
    }
    const y = LANE_PADDING + mark.track * trackHeight;
    const box = { x: left, y, width, height: trackHeight - gap, mark, count: 1, isDimmed };
    boxes.push(box);
    if (natural < SUB_PIXEL) {
      neighbours.set(mark.style, box);
    } else {
      neighbours.delete(mark.style);
    }
  }
  return boxes.sort((a, b) => a.mark.weight - b.mark.weight);
}

/** Only deliveries can prove a verdict; states and switches keep their colour beside them. */
function isDelivery({ subject }: Mark): boolean {
  return subject.kind === 'request' || subject.kind === 'half' || subject.kind === 'stretch';
}

export function isHighlighted({ subject }: Mark, highlighted: ReadonlySet<string>): boolean {
  return (subject.kind === 'request' || subject.kind === 'half') && highlighted.has(subject.request.id);
}

/** Indexes of marks that may be on screen: none before the first ends too early or starts too late. */
export function visibleRange(lane: Lane, { baseMs, fromMs, toMs }: TimeScale): [first: number, end: number] {
  return [
    firstFrom(lane.marks, baseMs + fromMs - lane.longestMs),
    firstFrom(lane.marks, baseMs + toMs + (toMs - fromMs) / 100),
  ];
}

/** Index of the first mark that starts at a time or later. */
export function firstFrom(marks: readonly Mark[], atMs: number): number {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle].startMs < atMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
