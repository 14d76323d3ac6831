import { formattedValueToString } from '@grafana/data';
import { type Overlay } from '../frames/series-frame';
import { type OverlayConfig } from '../types';
import { niceTop } from './buffer-lane';
import { type Lane, laneOf, type Line } from './lane';

/** Time series beside the session: into the lane the field names, or a lane of their own. */
export function overlayLanes(overlays: readonly Overlay[], lanes: readonly Lane[]): Lane[] {
  const joined = lanes.map((lane) => withOverlays(lane, overlays));
  const own = overlays.flatMap((overlay, index) => (targetOf(overlay) === 'own' ? [ownLane(overlay, index)] : []));
  return [...joined, ...own];
}

function targetOf(overlay: Overlay): string {
  return configOf(overlay).lane ?? 'own';
}

function configOf({ field }: Overlay): Partial<OverlayConfig> {
  return (field.config.custom ?? {}) as Partial<OverlayConfig>;
}

function lineOf(overlay: Overlay, index: number): Line {
  const { lineWidth = 1.5, fillOpacity = 10 } = configOf(overlay);
  const line = { points: overlay.points, style: `overlay:${index}`, shape: 'slope', isDashed: false } as const;
  return { ...line, isArea: fillOpacity > 0, widthPx: lineWidth, fillOpacity: fillOpacity / 100 };
}

/** Only lanes with an axis of values can take a series. */
function withOverlays(lane: Lane, overlays: readonly Overlay[]): Lane {
  const lines = overlays.flatMap((overlay, index) => (targetOf(overlay) === lane.id ? [lineOf(overlay, index)] : []));
  if (lines.length === 0) {
    return lane;
  }
  const max = Math.max(lane.values[1], ...lines.flatMap(({ points }) => points.map(({ value }) => value)));
  return { ...lane, lines: [...lane.lines, ...lines], values: [lane.values[0], niceTop(max)], missing: '' };
}

function ownLane(overlay: Overlay, index: number): Lane {
  const { field, points } = overlay;
  const numbers = points.map(({ value }) => value);
  const min = field.config.min ?? Math.min(0, ...numbers);
  const max = field.config.max ?? niceTop(Math.max(...numbers, 0));
  const formatValue = (value: number): string =>
    field.display ? formattedValueToString(field.display(value)) : String(value);
  return laneOf({
    id: `overlay:${index}`,
    label: overlay.name,
    detail: `${formatValue(min)}–${formatValue(max)}`,
    heightPx: 40,
    lines: [lineOf(overlay, index)],
    values: [min, max > min ? max : min + 1],
    formatValue,
    missing: points.length === 0 ? 'No values in this time' : '',
  });
}
