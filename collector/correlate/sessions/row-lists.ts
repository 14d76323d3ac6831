const NONE = -1;
const BLOCK_BITS = 4;
/** Rows of one block, behind the number of the block before it. */
const ROWS = (1 << BLOCK_BITS) - 1;

/**
 * Growing lists of row numbers, in blocks of 64 bytes. To add one touches one block, and the rows of a list are known
 * without looking at a row: each of them is a wait for memory, and those of a chain would have to be waited for in turn.
 * A list is its newest block and how many rows it has; who owns it keeps both.
 * HOT PATH: `add` runs once per log line. Bench: test/bench/intake.ts.
 */
export class RowLists {
  #blocks = new Int32Array(1024 << BLOCK_BITS);
  readonly #free: number[] = [];
  #used = 0;

  /** Adds a row to the list whose newest block is `head`, which has `count` rows; returns the newest block after that. */
  add(head: number, count: number, row: number): number {
    const place = count % ROWS;
    const block = place === 0 ? this.#take(head) : head;
    this.#blocks[(block << BLOCK_BITS) + 1 + place] = row;
    return block;
  }

  /** The rows of a list in the order they were added. The list is no more. */
  take(head: number, count: number): number[] {
    const rows = new Array<number>(count);
    let at = count;
    for (let block = head; block !== NONE; ) {
      const from = block << BLOCK_BITS;
      for (let place = (at - 1) % ROWS; place >= 0; place--) rows[--at] = this.#blocks[from + 1 + place] as number;
      this.#free.push(block);
      block = this.#blocks[from] as number;
    }
    return rows;
  }

  #take(before: number): number {
    let block = this.#free.pop();
    if (block === undefined) {
      block = this.#used++;
      if (block << BLOCK_BITS >= this.#blocks.length) {
        const grown = new Int32Array(this.#blocks.length * 2);
        grown.set(this.#blocks);
        this.#blocks = grown;
      }
    }
    this.#blocks[block << BLOCK_BITS] = before;
    return block;
  }
}
