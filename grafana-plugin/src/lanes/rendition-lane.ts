import { formatBitrate, formatCount } from '../model/numbers';
import { type Point, type SessionModel } from '../model/session-model';
import { type Lane, laneOf, type Line, markOf } from './lane';

/** The ladder: what was asked for (dashed) and what came on screen (solid), a step per rung. */
export function renditionLane({ renditions, endMs }: SessionModel): Lane {
  const { levels, requested, applied, switches } = renditions;
  const rungOf = (bitrate: number): number => {
    const rung = levels.findIndex((level) => bitrate <= level * 1.01);
    return rung < 0 ? levels.length - 1 : rung;
  };
  const steps = (points: readonly Point[]): Point[] => {
    const last = points[points.length - 1];
    const placed = points.map(({ atMs, value }) => ({ atMs, value: rungOf(value) }));
    return last ? [...placed, { atMs: endMs, value: rungOf(last.value) }] : placed;
  };
  const line = { shape: 'step', isArea: false, fillOpacity: 0 } as const;
  const lines: Line[] = [
    { ...line, points: steps(requested), style: 'requested', isDashed: true, widthPx: 1 },
    { ...line, points: steps(applied), style: 'rendition', isDashed: false, widthPx: 2 },
  ];
  return laneOf({
    id: 'rendition',
    label: 'Rendition',
    detail: detailOf(levels, switches.length),
    heightPx: Math.min(72, 24 + levels.length * 8),
    lines: lines.filter(({ points }) => points.length > 0),
    marks: switches.map((change) =>
      markOf({
        startMs: change.requestedMs,
        endMs: change.appliedMs,
        style: 'switch',
        weight: change.to < change.from ? 2 : 1,
        label: change.to < change.from ? '▼' : '▲',
        subject: { kind: 'switch', change },
      })
    ),
    values: [-0.4, Math.max(levels.length - 0.6, 0.4)],
    levels: levels.map((bitrate, rung) => ({ value: rung, label: formatBitrate(bitrate) })),
    formatValue: (rung) =>
      levels.length === 0 ? '–' : formatBitrate(levels[Math.max(0, Math.min(levels.length - 1, Math.round(rung)))]),
    missing: levels.length === 0 ? 'No rendition told' : '',
  });
}

function detailOf(levels: readonly number[], switches: number): string {
  if (levels.length === 0) {
    return '';
  }
  return levels.length > 4
    ? `${formatCount(levels.length, 'level')}, ${formatCount(switches, 'switch', 'switches')}`
    : `${levels.map((level) => Number((level / 1e6).toFixed(1))).join(' · ')} Mbit/s`;
}
