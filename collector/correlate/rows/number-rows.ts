export const ROWS_A_BLOCK_BITS = 12;
export const ROWS_A_BLOCK = 1 << ROWS_A_BLOCK_BITS;

/** Rows of numbers that lie together, and the same memory as 32-bit integers. */
export type NumberBlock = { readonly doubles: Float64Array; readonly integers: Int32Array };

/**
 * Rows of a fixed width in blocks that never move, so growing copies nothing. A row that was freed last is taken first:
 * it still lies in the cache.
 * HOT PATH: a row is taken and freed once per log line.
 */
export class NumberRows {
  readonly #width: number;
  readonly #blocks: NumberBlock[] = [];
  readonly #free: number[] = [];
  #used = 0;

  /** `width` in numbers of 64 bits. */
  constructor(width: number) {
    this.#width = width;
  }

  /** A row with whatever was in it before. */
  take(): number {
    if (this.#free.length > 0) return this.#free.pop() as number;
    const row = this.#used++;
    if (row >>> ROWS_A_BLOCK_BITS === this.#blocks.length) {
      const doubles = new Float64Array(ROWS_A_BLOCK * this.#width);
      this.#blocks.push({ doubles, integers: new Int32Array(doubles.buffer) });
    }
    return row;
  }

  free(row: number): void {
    this.#free.push(row);
  }

  /** Where the row lies: from `at(row)` on. */
  block(row: number): NumberBlock {
    return this.#blocks[row >>> ROWS_A_BLOCK_BITS] as NumberBlock;
  }

  at(row: number): number {
    return (row & (ROWS_A_BLOCK - 1)) * this.#width;
  }
}
