/** Integers of one place: high and low of either generation, side by side. */
const PLACE = 4;

/**
 * Fingerprints of records seen lately, so that a delivery repeated by its sender counts once. Two generations of
 * fixed size: when one is full the older is dropped, so memory is bounded and the newest `capacity` records are
 * always known. Both lie in one table, because to look at a place costs a wait for memory and to look at it twice does not.
 * HOT PATH: `add` runs once per log line.
 */
export class DuplicateFilter {
  readonly #table: Int32Array;
  /** Where the young generation is in a place: 0 or 2. */
  #young = 0;
  #youngSize = 0;
  readonly #capacity: number;
  readonly #mask: number;

  constructor(capacity = 1 << 20) {
    this.#capacity = capacity;
    const places = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#mask = places - 1;
    this.#table = new Int32Array(places * PLACE);
  }

  has(high: number, low: number): boolean {
    const h = high | 0;
    const l = low | 0;
    return (h | l) !== 0 && (this.#isAt(this.#find(h, l, 0), h, l) || this.#isAt(this.#find(h, l, 2), h, l));
  }

  /** Everything it knows, oldest generation first, as pairs: what another filter is told to know the same. */
  entries(): Int32Array {
    const pairs: number[] = [];
    for (const generation of [this.#young ^ 2, this.#young]) {
      for (let at = generation; at < this.#table.length; at += PLACE) {
        const high = this.#table[at] as number;
        const low = this.#table[at + 1] as number;
        if ((high | low) !== 0) pairs.push(high, low);
      }
    }
    return Int32Array.from(pairs);
  }

  /** False when the fingerprint was there already. Zero means "no fingerprint" and is always new. */
  add(high: number, low: number): boolean {
    const h = high | 0;
    const l = low | 0;
    if ((h | l) === 0) return true;
    if (this.#isAt(this.#find(h, l, this.#young ^ 2), h, l)) return false;
    const at = this.#find(h, l, this.#young);
    if (this.#isAt(at, h, l)) return false;
    this.#table[at] = h;
    this.#table[at + 1] = l;
    if (++this.#youngSize >= this.#capacity) this.#turn();
    return true;
  }

  /** Where in the table a generation has the fingerprint, or would have it. */
  #find(h: number, l: number, generation: number): number {
    const table = this.#table;
    let place = (l ^ Math.imul(h, 0x9e3779b1)) & this.#mask;
    for (;;) {
      const at = place * PLACE + generation;
      const storedHigh = table[at] as number;
      const storedLow = table[at + 1] as number;
      if ((storedHigh | storedLow) === 0 || (storedHigh === h && storedLow === l)) return at;
      place = (place + 1) & this.#mask;
    }
  }

  #isAt(at: number, h: number, l: number): boolean {
    return this.#table[at] === h && this.#table[at + 1] === l;
  }

  /** The young generation is full: the other one is emptied and takes its place. */
  #turn(): void {
    this.#young ^= 2;
    this.#youngSize = 0;
    for (let at = this.#young; at < this.#table.length; at += PLACE) {
      this.#table[at] = 0;
      this.#table[at + 1] = 0;
    }
  }
}
