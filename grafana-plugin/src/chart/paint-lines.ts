import { type Lane, type Line } from '../lanes/lane';
import { type Palette } from './palette';
import { type TimeScale, xOf } from './time-scale';

/** Room above the highest and below the lowest value, so that a line at the edge keeps its width. */
const PADDING_PX = 3;

/** Pixels from the top of the lane. */
export function yOf(lane: Pick<Lane, 'values' | 'heightPx'>, value: number): number {
  const [min, max] = lane.values;
  const share = Math.min(1, Math.max(0, (value - min) / (max - min)));
  return lane.heightPx - PADDING_PX - share * (lane.heightPx - 2 * PADDING_PX);
}

export function paintLine(
  context: CanvasRenderingContext2D,
  line: Line,
  lane: Lane,
  scale: TimeScale,
  palette: Palette
): void {
  const corners = cornersOf(line, lane, scale);
  if (corners.length === 0) {
    return;
  }
  const color = palette.swatch(line.style).fill;
  context.beginPath();
  corners.forEach(([x, y], index) => (index === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.strokeStyle = color;
  context.lineWidth = line.widthPx;
  context.setLineDash(line.isDashed ? [3, 3] : []);
  context.stroke();
  context.setLineDash([]);
  if (line.isArea) {
    const floor = yOf(lane, lane.values[0]);
    context.lineTo(corners[corners.length - 1][0], floor);
    context.lineTo(corners[0][0], floor);
    context.closePath();
    context.globalAlpha = line.fillOpacity;
    context.fillStyle = color;
    context.fill();
    context.globalAlpha = 1;
  }
}

/** Corners on screen, one before and one after; at most the extremes of each pixel column. */
export function cornersOf(
  { points, shape }: Line,
  lane: Lane,
  scale: TimeScale
): Array<readonly [x: number, y: number]> {
  const from = scale.baseMs + scale.fromMs;
  const to = scale.baseMs + scale.toMs;
  const corners: Array<readonly [number, number]> = [];
  for (let index = 0; index < points.length; index++) {
    const { atMs, value } = points[index];
    const next = points[index + 1];
    if (next && next.atMs < from) {
      continue;
    }
    const x = xOf(scale, atMs);
    const nextY = yOf(lane, value);
    const last = corners[corners.length - 1];
    if (shape === 'step' && last) {
      corners.push([x, last[1]]);
    }
    // A dense series has many points in a column; only those that move the line are drawn.
    if (!last || x - last[0] >= 0.5 || Math.abs(nextY - last[1]) >= 1 || !next) {
      corners.push([x, nextY]);
    }
    if (atMs > to) {
      break;
    }
  }
  return corners;
}
