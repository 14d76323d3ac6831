import type { Columns } from './columns.ts';

/** Position in the object of the first byte of a 206, from the first of these columns that is there; else NaN. */
export function rangeFirstByteIn(columns: Columns, status: number, ...ranges: number[]): number {
  const range = status === 206 ? ranges.find((column) => columns.has(column)) : undefined;
  return range === undefined ? Number.NaN : rangeFirstByte(columns.text(range));
}

/** `bytes=100-`, `bytes 100-199/200`, `100-199`: the position of the first byte; NaN for anything else, such as a suffix. */
export function rangeFirstByte(text: string): number {
  const [, first] = /^(?:bytes[= ])?(\d{1,15})-/.exec(text) ?? [];
  return first === undefined ? Number.NaN : Number(first);
}
