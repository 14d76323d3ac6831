import type { Columns } from './columns.ts';

/** Position in the object of the first byte of a 206, from the first of these columns that is there; NaN without one. */
export function rangeFirstByteIn(columns: Columns, status: number, range: number, otherRange = range): number {
  if (status !== 206) return Number.NaN;
  return rangeFirstByte(columns.text(columns.has(range) ? range : otherRange));
}

/** `bytes=100-`, `bytes 100-199/200`, `100-199`: the position of the first byte; NaN for anything else, such as a suffix. */
export function rangeFirstByte(text: string): number {
  const [, first] = /^(?:bytes[= ])?(\d{1,15})-/.exec(text) ?? [];
  return first === undefined ? Number.NaN : Number(first);
}
