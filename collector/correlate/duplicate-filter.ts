/**
 * Fingerprints of records seen lately, so that a delivery repeated by its sender counts once. Two generations of
 * fixed size: when one is full the older is dropped, so memory is bounded and the newest `capacity` records are
 * always known.
 * HOT PATH: `add` runs once per log line.
 */
export class DuplicateFilter {
  #young: Int32Array;
  #old: Int32Array;
  #youngSize = 0;
  readonly #capacity: number;
  readonly #mask: number;

  constructor(capacity = 1 << 20) {
    this.#capacity = capacity;
    const buckets = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#mask = buckets - 1;
    this.#young = new Int32Array(buckets * 2);
    this.#old = new Int32Array(buckets * 2);
  }

  has(high: number, low: number): boolean {
    return has(this.#young, this.#mask, high | 0, low | 0) || has(this.#old, this.#mask, high | 0, low | 0);
  }

  /** False when the fingerprint was there already. Zero means "no fingerprint" and is always new. */
  add(high: number, low: number): boolean {
    const h = high | 0;
    const l = low | 0;
    if ((h | l) === 0) return true;
    if (has(this.#old, this.#mask, h, l)) return false;
    const table = this.#young;
    let at = (l ^ Math.imul(h, 0x9e3779b1)) & this.#mask;
    for (;;) {
      const i = at * 2;
      const storedHigh = table[i] as number;
      const storedLow = table[i + 1] as number;
      if ((storedHigh | storedLow) === 0) {
        table[i] = h;
        table[i + 1] = l;
        break;
      }
      if (storedHigh === h && storedLow === l) return false;
      at = (at + 1) & this.#mask;
    }
    if (++this.#youngSize >= this.#capacity) {
      const emptied = this.#old;
      this.#old = this.#young;
      this.#young = emptied.fill(0);
      this.#youngSize = 0;
    }
    return true;
  }
}

function has(table: Int32Array, mask: number, h: number, l: number): boolean {
  let at = (l ^ Math.imul(h, 0x9e3779b1)) & mask;
  for (;;) {
    const i = at * 2;
    const storedHigh = table[i] as number;
    const storedLow = table[i + 1] as number;
    if ((storedHigh | storedLow) === 0) return false;
    if (storedHigh === h && storedLow === l) return true;
    at = (at + 1) & mask;
  }
}
