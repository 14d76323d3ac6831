import { type DataFrame, type Field, FieldType, getFieldDisplayName } from '@grafana/data';
import { type Point } from '../model/session-model';

/** A number over time from a metrics data source, drawn beside the session. */
export type Overlay = {
  readonly name: string;
  readonly points: readonly Point[];
  readonly field: Field;
  readonly source: { readonly frame: number };
};

/** A frame with a time and numbers, and nothing that says spans. */
export function isSeriesFrame(frame: DataFrame): boolean {
  const times = frame.fields.filter(({ type }) => type === FieldType.time);
  return (
    times.length === 1 &&
    frame.fields.every(({ type }) => type === FieldType.time || type === FieldType.number) &&
    frame.fields.length > 1
  );
}

export function readSeriesFrame(frame: DataFrame, frameIndex: number, all: DataFrame[]): Overlay[] {
  const time = frame.fields.find(({ type }) => type === FieldType.time);
  return frame.fields
    .filter(({ type }) => type === FieldType.number)
    .map((field) => ({
      name: getFieldDisplayName(field, frame, all),
      points: pointsOf(time?.values ?? [], field.values),
      field,
      source: { frame: frameIndex },
    }));
}

function pointsOf(times: ArrayLike<unknown>, values: ArrayLike<unknown>): Point[] {
  const points: Point[] = [];
  for (let row = 0; row < times.length; row++) {
    const [atMs, value] = [Number(times[row]), values[row]];
    if (typeof value === 'number' && Number.isFinite(value) && Number.isFinite(atMs)) {
      points.push({ atMs, value });
    }
  }
  return points;
}
