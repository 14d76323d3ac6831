import type { Column } from './label-set.ts';

/** A packed key: columns side by side, the first in the lowest bits. At most five, at most 31 bits. */
export class Layout {
  readonly #columns: readonly Column[];
  readonly #shifts: readonly number[];
  readonly #b: number;
  readonly #c: number;
  readonly #d: number;
  readonly #e: number;

  constructor(columns: readonly Column[]) {
    const shifts: number[] = [];
    let bits = 0;
    for (const column of columns) {
      shifts.push(bits);
      bits += column.bits;
    }
    if (columns.length > 5 || bits > 31)
      throw new RangeError(`${columns.length} columns of ${bits} bits do not fit a key`);
    this.#columns = columns;
    this.#shifts = shifts;
    this.#b = shifts[1] ?? 0;
    this.#c = shifts[2] ?? 0;
    this.#d = shifts[3] ?? 0;
    this.#e = shifts[4] ?? 0;
  }

  /** HOT PATH. Arguments are ids in the order of the columns. */
  key(a = 0, b = 0, c = 0, d = 0, e = 0): number {
    return a | (b << this.#b) | (c << this.#c) | (d << this.#d) | (e << this.#e);
  }

  /** Values of all labels of a key, in the order of the contract. */
  values(key: number): string[] {
    return this.#columns.flatMap((column, i) => column.values((key >>> this.#shifts[i]!) & (2 ** column.bits - 1)));
  }

  /** The key of label values from elsewhere, in the order `values` gives them. */
  keyOf(values: readonly string[]): number {
    let key = 0;
    let at = 0;
    this.#columns.forEach((column, i) => {
      key |= column.idOf(values, at) << this.#shifts[i]!;
      at += column.values(0).length;
    });
    return key;
  }
}
