/**
 * HOT PATH (bench: test/bench/metrics.ts). Cells of counters and histograms in typed arrays.
 *
 * A series is a packed key: its labels as small integers side by side in 31 bits (see label-space.ts). A key finds
 * its cell by open addressing; a cell is an index into columns. Cell 0 is key 0, all labels `other`: it takes what
 * comes when the series budget is spent, so sums stay right when the split is lost.
 */
const FIRST_SLOTS = 64;
/** 2^32 / golden ratio: multiplying by it spreads consecutive keys over the whole table. */
const SPREAD = 0x9e3779b1;

/** Packed key → cell, at most `budget` cells. Grows by doubling, never above half full. */
export class CellIndex {
  /** Key + 1 by slot, 0 is free. */
  #slots = new Int32Array(FIRST_SLOTS);
  #cells = new Int32Array(FIRST_SLOTS);
  #shift = 32 - Math.log2(FIRST_SLOTS);
  #keys = new Int32Array(FIRST_SLOTS / 2);
  #size = 0;
  readonly #budget: number;
  /** Look-ups answered with cell 0 for want of room. */
  overflows = 0;

  constructor(budget: number) {
    this.#budget = budget;
    this.cell(0);
  }

  get size(): number {
    return this.#size;
  }

  key(cell: number): number {
    return this.#keys[cell]!;
  }

  cell(key: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = Math.imul(key, SPREAD) >>> this.#shift;
    for (;;) {
      const stored = slots[slot]!;
      if (stored === ((key + 1) | 0)) return this.#cells[slot]!;
      if (stored === 0) return this.#add(key, slot);
      slot = (slot + 1) & mask;
    }
  }

  #add(key: number, slot: number): number {
    if (this.#size > this.#budget) {
      this.overflows++;
      return 0;
    }
    const cell = this.#size++;
    if (cell === this.#keys.length) this.#grow();
    this.#keys[cell] = key;
    if (this.#slots.length < 2 * this.#keys.length) this.#rehash();
    else {
      this.#slots[slot] = (key + 1) | 0;
      this.#cells[slot] = cell;
    }
    return cell;
  }

  #grow(): void {
    const keys = new Int32Array(2 * this.#keys.length);
    keys.set(this.#keys);
    this.#keys = keys;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#keys.length);
    const cells = new Int32Array(slots.length);
    const shift = 32 - Math.log2(slots.length);
    for (let cell = 0; cell < this.#size; cell++) {
      const key = this.#keys[cell]!;
      let slot = Math.imul(key, SPREAD) >>> shift;
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = (key + 1) | 0;
      cells[slot] = cell;
    }
    this.#slots = slots;
    this.#cells = cells;
    this.#shift = shift;
  }
}

/** Cells of one family by the cells of another: labels that decide both need one look-up, not two. -1 is not yet known. */
export class CellMap {
  #cells = new Int32Array(FIRST_SLOTS).fill(-1);

  get(from: number): number {
    return from < this.#cells.length ? this.#cells[from]! : -1;
  }

  set(from: number, to: number): number {
    if (from >= this.#cells.length) {
      const cells = new Int32Array(2 ** Math.ceil(Math.log2(from + 1))).fill(-1);
      cells.set(this.#cells);
      this.#cells = cells;
    }
    this.#cells[from] = to;
    return to;
  }
}

/** The last trace that touched a cell. Times are Unix ms; a cell without one has trace id ''. */
export class ExemplarCells {
  readonly #traceIds: string[] = [];
  readonly #values: number[] = [];
  readonly #timesMs: number[] = [];

  /** Before the first time was told (0) there is none: an undated exemplar would never be replaced downstream. */
  set(cell: number, traceId: string, value: number, atMs: number): void {
    if (!(atMs > 0)) return;
    for (let next = this.#traceIds.length; next <= cell; next++) {
      this.#traceIds.push('');
      this.#values.push(0);
      this.#timesMs.push(0);
    }
    this.#traceIds[cell] = traceId;
    this.#values[cell] = value;
    this.#timesMs[cell] = atMs;
  }

  traceId(cell: number): string {
    return this.#traceIds[cell] ?? '';
  }

  value(cell: number): number {
    return this.#values[cell]!;
  }

  atMs(cell: number): number {
    return this.#timesMs[cell]!;
  }
}

/** One number per series. */
export class ValueCells {
  readonly index: CellIndex;
  #values = new Float64Array(FIRST_SLOTS);

  constructor(budget: number) {
    this.index = new CellIndex(budget);
  }

  /** The cell of a key, with room for its value: it stays the same for as long as this object lives. */
  cell(key: number): number {
    const cell = this.index.cell(key);
    if (cell >= this.#values.length) {
      const values = new Float64Array(2 * this.#values.length);
      values.set(this.#values);
      this.#values = values;
    }
    return cell;
  }

  add(cell: number, amount: number): void {
    this.#values[cell]! += amount;
  }

  value(cell: number): number {
    return this.#values[cell]!;
  }

  /** A copy of the values of all series. */
  values(): Float64Array {
    return this.#values.slice(0, this.index.size);
  }

  /** Every series stays and says 0: what gauges do before they are set anew. */
  zero(): void {
    this.#values.fill(0);
  }
}

/** Bucket counts and a sum per series: `width` = buckets + the one above the last bound + the sum. */
export class HistogramCells {
  readonly index: CellIndex;
  readonly #bounds: Float64Array;
  readonly width: number;
  #values: Float64Array;

  constructor(budget: number, bounds: readonly number[]) {
    this.index = new CellIndex(budget);
    this.#bounds = Float64Array.from(bounds);
    this.width = bounds.length + 2;
    this.#values = new Float64Array(FIRST_SLOTS * this.width);
  }

  /** The cell of a key, with room for its values: it stays the same for as long as this object lives. */
  cell(key: number): number {
    const cell = this.index.cell(key);
    if (cell * this.width >= this.#values.length) {
      const values = new Float64Array(2 * this.#values.length);
      values.set(this.#values);
      this.#values = values;
    }
    return cell;
  }

  /** Position of the first bound that is not below the value: `le` includes it. */
  bucket(value: number): number {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    return bucket;
  }

  /** `weight` observations. Not finite is not observed: such a value would spoil the sum for good. */
  observe(cell: number, value: number, weight: number): void {
    if (!(value - value === 0)) return;
    const base = cell * this.width;
    this.#values[base + this.bucket(value)]! += weight;
    this.#values[base + this.width - 1]! += value * weight;
  }

  /** Column 0..width-2: count of one bucket, not cumulative; width-1: the sum. */
  value(cell: number, column: number): number {
    return this.#values[cell * this.width + column]!;
  }

  /** A copy of the values of all series. */
  values(): Float64Array {
    return this.#values.slice(0, this.index.size * this.width);
  }

  add(cell: number, column: number, amount: number): void {
    this.#values[cell * this.width + column]! += amount;
  }

  /** Every series stays and says 0. */
  zero(): void {
    this.#values.fill(0);
  }
}
