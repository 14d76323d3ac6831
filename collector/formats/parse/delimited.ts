import type { ByteBlock } from './byte-block.ts';
import type { Columns } from './columns.ts';

const DASH = 0x2d;
const STEP_BYTES = 16;

/** A field that its reader parses to its end in the same pass: by far the longest of its line. */
export type LongField = {
  readonly column: number;
  /** Reads from `start` and returns the position where the field is over. */
  readonly read: (start: number, end: number) => number;
};

/**
 * Splits lines with the same fields at a delimiter into columns. Fields are what the log wrote: escapes are the
 * format's business.
 * HOT PATH: runs for every line. Bench: test/bench/decode.ts.
 */
export class DelimitedFields {
  readonly count: number;
  readonly #columns: Columns;
  /** The fields that somebody needs, and their columns. */
  readonly #wanted: Int16Array;
  readonly #wantedColumns: Int16Array;
  readonly #long: LongField | null;
  readonly #longAt: number;
  /** Before the first field, and behind each. A step may find more than is asked for. */
  readonly #bounds: Int32Array;

  /** `order[n]` is the column of the n-th field, `columns.unused` for one nobody needs. */
  constructor(columns: Columns, order: readonly number[], long: LongField | null = null) {
    this.count = order.length;
    this.#columns = columns;
    const wanted = [...order.keys()].filter((field) => order[field] !== columns.unused);
    this.#wanted = Int16Array.from(wanted);
    this.#wantedColumns = Int16Array.from(wanted, (field) => order[field]!);
    this.#long = long;
    this.#longAt = long === null ? -1 : order.indexOf(long.column);
    this.#bounds = new Int32Array(order.length + 1 + STEP_BYTES);
  }

  /** False when the line has fewer fields. `isLongRead`: the long field's reader sees where it ends. */
  read(start: number, end: number, delimiter: number, isLongRead: boolean): boolean {
    const { count } = this;
    const { starts, ends, line } = this.#columns;
    const { bytes } = line;
    const bounds = this.#bounds;
    bounds[0] = start - 1;
    let known = 1;
    let i = start;
    if (isLongRead && this.#longAt >= 0) {
      const before = this.#longAt + 1;
      if (findDelimiters(line, i, end, delimiter, bounds, known, before) < before) return false;
      known = before;
      i = this.#long!.read(bounds[known - 1]! + 1, end);
    }
    known = findDelimiters(line, i, end, delimiter, bounds, known, count + 1);
    if (known < count) return false;
    if (known === count) bounds[count] = end;
    const wanted = this.#wanted;
    const columns = this.#wantedColumns;
    for (let n = 0; n < wanted.length; n++) {
      const field = wanted[n]!;
      const column = columns[n]!;
      const from = bounds[field]! + 1;
      const to = bounds[field + 1]!;
      starts[column] = from;
      ends[column] = to - from === 1 && bytes[from] === DASH ? from : to;
    }
    return true;
  }
}

/**
 * Writes where delimiters are to `found[from]` and on, until `found` is known up to `until`, or the range is over.
 * Returns up to where it is known, which may be beyond `until`.
 */
function findDelimiters(
  block: ByteBlock,
  start: number,
  end: number,
  delimiter: number,
  found: Int32Array,
  from: number,
  until: number,
): number {
  const { bytes, view } = block;
  const pattern = Math.imul(delimiter, 0x01010101);
  const lastStep = end - STEP_BYTES;
  let known = from;
  let i = start | 0;
  for (; i <= lastStep && known < until; i = (i + STEP_BYTES) | 0) {
    const a = otherBytes(view.getInt32(i, true) ^ pattern);
    const b = otherBytes(view.getInt32(i + 4, true) ^ pattern);
    const c = otherBytes(view.getInt32(i + 8, true) ^ pattern);
    const d = otherBytes(view.getInt32(i + 12, true) ^ pattern);
    if ((a & b & c & d) === -1) continue;
    let hits = nibble(~a) | (nibble(~b) << 4) | (nibble(~c) << 8) | (nibble(~d) << 12);
    do {
      found[known++] = i + 31 - Math.clz32(hits & -hits);
      hits &= hits - 1;
    } while (hits !== 0);
  }
  for (; i < end && known < until; i++) if (bytes[i] === delimiter) found[known++] = i;
  return known;
}

/** All bits set but the highest of each byte that is zero (H. Warren, Hacker's Delight, section 6-1). */
function otherBytes(word: number): number {
  return ((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word | 0x7f7f7f7f;
}

/** The highest bit of each byte, of the first byte lowest. */
function nibble(highest: number): number {
  return Math.imul(highest >>> 7, 0x10204080) >>> 28;
}
