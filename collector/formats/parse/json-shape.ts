const MOST_KEYS = 256;
const LONGEST_KEY_BYTES = 64;

/**
 * The keys of the last record in their order, as text from the opening quote to the first byte of the value. A log
 * writes the same keys in the same order line after line, so most keys need not be scanned, hashed and looked up:
 * they are where they were expected.
 */
export class JsonShape {
  readonly #text = new Uint8Array(MOST_KEYS * LONGEST_KEY_BYTES);
  readonly #view = new DataView(this.#text.buffer);
  readonly #lengths = new Uint8Array(MOST_KEYS);
  readonly #columns = new Int16Array(MOST_KEYS);

  /** Length of the `index`-th key if it stands at `at` of a line that ends at `end`, 0 if something else does. */
  match(index: number, view: DataView, at: number, end: number): number {
    if (index >= MOST_KEYS) return 0;
    const length = this.#lengths[index]!;
    if (length === 0 || at + length > end) return 0;
    const own = this.#view;
    const base = index * LONGEST_KEY_BYTES;
    let i = 0;
    for (; i <= length - 4; i += 4) {
      if (view.getInt32(at + i) !== own.getInt32(base + i)) return 0;
    }
    for (; i < length; i++) {
      if (view.getUint8(at + i) !== own.getUint8(base + i)) return 0;
    }
    return length;
  }

  /** Column of the `index`-th key. */
  column(index: number): number {
    return this.#columns[index]!;
  }

  /** Remembers what stood at the `index`-th place, for the next record. */
  remember(index: number, bytes: Uint8Array, start: number, end: number, column: number): void {
    if (index >= MOST_KEYS) return;
    const length = end - start;
    if (length > LONGEST_KEY_BYTES) {
      this.#lengths[index] = 0;
      return;
    }
    const base = index * LONGEST_KEY_BYTES;
    for (let i = 0; i < length; i++) this.#text[base + i] = bytes[start + i]!;
    this.#lengths[index] = length;
    this.#columns[index] = column;
  }
}
