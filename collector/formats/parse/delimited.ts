import type { Columns } from './columns.ts';

const DASH = 0x2d;

/** A field that its reader parses to its end in the same pass: by far the longest of its line. */
export type LongField = {
  readonly column: number;
  /** Reads from `start` and returns the position where the field is over. */
  readonly read: (start: number, end: number) => number;
};

/**
 * Splits a line at a delimiter into columns and returns how many fields it had. `order[n]` is the column of the n-th
 * field, `columns.unused` for one nobody needs. Fields are what the log wrote: escapes are the format's business.
 * HOT PATH: runs for every line. Bench: test/bench/decode.ts.
 */
export function readDelimited(
  columns: Columns,
  start: number,
  end: number,
  delimiter: number,
  order: Int16Array,
  long: LongField | null,
): number {
  const { starts, ends } = columns;
  const { bytes, view } = columns.line;
  const pattern = Math.imul(delimiter, 0x01010101);
  const lastWord = end - 4;
  const longColumn = long === null ? -1 : long.column;
  const fields = order.length;
  let i = start;
  for (let field = 0; field < fields; field++) {
    const column = order[field]!;
    const from = i;
    if (column === longColumn) i = long!.read(i, end);
    // Four bytes at a time; the lowest bit that is left marks the first delimiter among them (H. Warren, Hacker's
    // Delight, section 6-1).
    let hit = 0;
    for (; i <= lastWord; i += 4) {
      const difference = view.getInt32(i, true) ^ pattern;
      hit = (difference - 0x01010101) & ~difference & 0x80808080;
      if (hit !== 0) break;
    }
    if (hit !== 0) i += (31 - Math.clz32(hit & -hit)) >>> 3;
    else while (i < end && bytes[i] !== delimiter) i++;
    starts[column] = from;
    ends[column] = i - from === 1 && bytes[from] === DASH ? from : i;
    if (i >= end) return field + 1;
    i++;
  }
  return fields;
}
