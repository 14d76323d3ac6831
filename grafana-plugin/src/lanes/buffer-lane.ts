import { type SessionModel } from '../model/session-model';
import { type Lane, laneOf } from './lane';

/** Seconds of media ahead of the playhead. */
export function bufferLane({ buffer, missing }: SessionModel): Lane {
  const top = buffer.reduce((max, { value }) => Math.max(max, value), 0);
  const max = niceTop(top);
  const line = { points: buffer, style: 'buffer', shape: 'slope', isArea: true, isDashed: false } as const;
  return laneOf({
    id: 'buffer',
    label: 'Buffer',
    detail: buffer.length === 0 ? '' : `0–${max} s`,
    heightPx: 44,
    lines: buffer.length === 0 ? [] : [{ ...line, widthPx: 1.5, fillOpacity: 0.3 }],
    values: [0, max],
    formatValue: (value) => `${Number(value.toFixed(1))} s`,
    missing: buffer.length === 0 ? bufferMissing(missing.has('player')) : '',
  });
}

function bufferMissing(isPlayerMissing: boolean): string {
  return isPlayerMissing ? 'No buffer level: neither the player nor its requests told it' : 'No buffer level told';
}

/** The next number a person would end an axis at. */
export function niceTop(value: number): number {
  if (!(value > 0)) {
    return 1;
  }
  const unit = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * unit >= value) ?? 10;
  return Number((step * unit).toPrecision(3));
}
