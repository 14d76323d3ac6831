import { type Lane } from '../lanes/lane';
import { badLabels } from './bad-labels';
import { paintLine, yOf } from './paint-lines';
import { type Palette, type Swatch } from './palette';
import { Patterns } from './patterns';
import { type Box, placeMarks } from './place-marks';
import { type Tick } from './ticks';
import { type TimeScale } from './time-scale';

export type Painting = {
  readonly lanes: readonly Lane[];
  readonly scale: TimeScale;
  readonly ticks: readonly Tick[];
  readonly palette: Palette;
  readonly highlighted: ReadonlySet<string> | null;
};

export const LANE_GAP_PX = 4;
const DIMMED = 0.18;

/** Top of each lane, and the height of all. */
export function laneTops(lanes: readonly Lane[]): { readonly tops: readonly number[]; readonly height: number } {
  const tops: number[] = [];
  let height = 0;
  for (const lane of lanes) {
    tops.push(height);
    height += lane.heightPx + LANE_GAP_PX;
  }
  return { tops, height };
}

/** Draws every lane. The only code besides the overview that touches a canvas. */
export function paint(context: CanvasRenderingContext2D, painting: Painting): void {
  const { lanes, scale, palette } = painting;
  const { tops, height } = laneTops(lanes);
  context.clearRect(0, 0, scale.widthPx, height);
  context.font = palette.font;
  context.textBaseline = 'middle';
  const patterns = new Patterns(context);
  lanes.forEach((lane, index) => {
    context.save();
    context.translate(0, tops[index]);
    context.beginPath();
    context.rect(0, 0, scale.widthPx, lane.heightPx);
    context.clip();
    context.fillStyle = palette.lane;
    context.fillRect(0, 0, scale.widthPx, lane.heightPx);
    paintGrid(context, lane, painting);
    if (lane.missing === '') {
      lane.lines.forEach((line) => paintLine(context, line, lane, scale, palette));
      paintBoxes(context, placeMarks(lane, scale, painting), painting, patterns);
    } else {
      paintMissing(context, lane, painting, patterns);
    }
    context.restore();
  });
}

function paintGrid(context: CanvasRenderingContext2D, lane: Lane, { ticks, palette, scale }: Painting): void {
  context.fillStyle = palette.grid;
  for (const { x } of ticks) {
    context.fillRect(Math.round(x), 0, 1, lane.heightPx);
  }
  for (const { value } of lane.levels) {
    context.fillRect(0, Math.round(yOf(lane, value)), scale.widthPx, 1);
  }
  if (lane.heightPx >= lane.levels.length * LEVEL_ROOM_PX) {
    paintLevelNames(context, lane, palette, scale);
  }
}

/** With less room between the levels their names hide more than they tell. */
const LEVEL_ROOM_PX = 26;

/** At the right end, where the line has come to rest. */
function paintLevelNames(context: CanvasRenderingContext2D, lane: Lane, palette: Palette, scale: TimeScale): void {
  context.fillStyle = palette.weakText;
  context.textAlign = 'right';
  for (const { value, label } of lane.levels) {
    const y = yOf(lane, value);
    context.fillText(label, scale.widthPx - 4, y < 14 ? y + 10 : y - 9);
  }
  context.textAlign = 'left';
}

/** What nobody told looks different from what did not happen. */
function paintMissing(
  context: CanvasRenderingContext2D,
  lane: Lane,
  { palette, scale }: Painting,
  patterns: Patterns
): void {
  context.globalAlpha = 0.35;
  context.fillStyle = patterns.of('diagonal', palette.weakText) ?? palette.lane;
  context.fillRect(0, 0, scale.widthPx, lane.heightPx);
  context.globalAlpha = 1;
  const width = Math.min(context.measureText(lane.missing).width + 16, scale.widthPx);
  context.fillStyle = palette.lane;
  context.fillRect(8, lane.heightPx / 2 - 9, width, 18);
  context.fillStyle = palette.weakText;
  context.fillText(lane.missing, 16, lane.heightPx / 2, scale.widthPx - 24);
}

function paintBoxes(context: CanvasRenderingContext2D, boxes: Box[], painting: Painting, patterns: Patterns): void {
  const { palette, scale } = painting;
  for (const box of boxes) {
    const swatch = palette.swatch(box.mark.style);
    context.globalAlpha = box.isDimmed ? DIMMED : 1;
    if (box.mark.style === 'switch') {
      paintSwitch(context, box, swatch);
      continue;
    }
    paintBody(context, box, swatch, scale);
    const pattern = box.width >= 3 ? (box.mark.isInferred ? 'bars' : swatch.pattern) : 'none';
    const stroke = patterns.of(pattern, palette.contrast(swatch.fill));
    if (stroke) {
      context.globalAlpha *= 0.45;
      context.fillStyle = stroke;
      context.fillRect(box.x, box.y, box.width, box.height);
      context.globalAlpha = box.isDimmed ? DIMMED : 1;
    }
    if (box.mark.isSlow) {
      paintSlow(context, box, palette);
    }
    paintLabel(context, box, swatch, palette);
  }
  context.globalAlpha = 1;
  paintBadLabels(context, boxes, painting);
}

/** Waiting for the first byte is pale, receiving is solid, and the first byte is a line. */
function paintBody(context: CanvasRenderingContext2D, box: Box, { fill, pattern }: Swatch, scale: TimeScale): void {
  const { x, y, width, height, mark, count } = box;
  const alpha = context.globalAlpha;
  context.fillStyle = fill;
  if (pattern === 'outline') {
    context.globalAlpha = alpha * 0.3;
    context.fillRect(x, y, width, height);
    context.globalAlpha = alpha;
    context.strokeStyle = fill;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, Math.max(0.5, width - 1), height - 1);
    return;
  }
  const waitPx = count === 1 ? (mark.ttfbMs / (scale.toMs - scale.fromMs)) * scale.widthPx : NaN;
  if (waitPx >= 1.5 && width >= 4) {
    context.globalAlpha = alpha * 0.4;
    context.fillRect(x, y, Math.min(waitPx, width), height);
    context.globalAlpha = alpha;
    context.fillRect(x + waitPx, y, Math.max(1, width - waitPx), height);
    return;
  }
  context.globalAlpha = mark.isInferred ? alpha * 0.5 : alpha;
  context.fillRect(x, y, width, height);
  context.globalAlpha = alpha;
}

function paintBadLabels(context: CanvasRenderingContext2D, boxes: Box[], { palette, scale }: Painting): void {
  for (const { x: beside, y, text } of badLabels(boxes)) {
    const width = context.measureText(text).width;
    const x = Math.min(beside, scale.widthPx - width - 4);
    context.globalAlpha = 0.85;
    context.fillStyle = palette.lane;
    context.fillRect(x, y - 6, width + 2, 12);
    context.globalAlpha = 1;
    context.fillStyle = palette.errorText;
    context.fillText(text, x + 1, y + 0.5);
  }
}

/** A strip below and a notch at the end: this one arrived later than it plays. */
function paintSlow(context: CanvasRenderingContext2D, { x, y, width, height }: Box, palette: Palette): void {
  context.fillStyle = palette.swatch('slow').fill;
  context.fillRect(x, y + height - 3, width, 3);
  if (width >= 8) {
    context.beginPath();
    context.moveTo(x + width, y);
    context.lineTo(x + width - 6, y);
    context.lineTo(x + width, y + 6);
    context.fill();
  }
}

/** A triangle where the new rendition came on screen, pointing where it went. */
function paintSwitch(context: CanvasRenderingContext2D, { x, width, height, mark }: Box, { fill }: Swatch): void {
  const isDown = mark.label === '▼';
  const [tip, base] = isDown ? [height, height - 7] : [6, 13];
  context.fillStyle = fill;
  context.beginPath();
  context.moveTo(x + width, tip);
  context.lineTo(x + width - 5, base);
  context.lineTo(x + width + 5, base);
  context.fill();
}

function paintLabel(context: CanvasRenderingContext2D, box: Box, swatch: Swatch, palette: Palette): void {
  const { mark, width, x, y, height } = box;
  const text = mark.subject.kind === 'state' && mark.label === mark.style ? swatch.text.toLowerCase() : mark.label;
  if (text === '' || width < 24 || height < 9) {
    return;
  }
  const shown = context.measureText(text).width + 8 <= width ? text : '';
  if (shown !== '') {
    context.fillStyle = mark.isInferred || swatch.pattern === 'outline' ? palette.text : palette.contrast(swatch.fill);
    context.fillText(shown, Math.max(x, 0) + 4, y + height / 2 + 0.5);
  }
}
