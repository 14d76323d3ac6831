import type { SessionKey } from './session-key.ts';

const EMPTY = -1;

/**
 * Which slot a session lives in: open addressing over typed arrays, so a million sessions cost the collector no
 * pointer and the garbage collector nothing. Slots are dense small integers that other columns index by.
 * HOT PATH: `find` runs once per log line.
 */
export class SessionTable {
  #buckets: Int32Array;
  #mask: number;
  #keys: Int32Array;
  #free: Int32Array;
  #freeCount = 0;
  #nextSlot = 0;
  #size = 0;
  readonly #limit: number;

  /** `limit` bounds the sessions alive at once. */
  constructor(limit: number, initialSlots = 1024) {
    this.#limit = limit;
    const slots = Math.min(Math.max(16, initialSlots), limit);
    this.#keys = new Int32Array(slots * 5);
    this.#free = new Int32Array(slots);
    const buckets = powerOfTwo(slots * 2);
    this.#buckets = new Int32Array(buckets).fill(EMPTY);
    this.#mask = buckets - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** Highest slot ever used plus one: the length other columns need. */
  get slots(): number {
    return this.#nextSlot;
  }

  /** The slot of the key, or -1. */
  find(key: SessionKey, tenant: number): number {
    let at = hash(key.a, key.b, key.c, key.d, tenant) & this.#mask;
    for (;;) {
      const slot = this.#buckets[at] as number;
      if (slot === EMPTY) return -1;
      if (this.#is(slot, key, tenant)) return slot;
      at = (at + 1) & this.#mask;
    }
  }

  /** A slot for a key that `find` did not know, or -1 when the table is at its limit. */
  add(key: SessionKey, tenant: number): number {
    if (this.#size >= this.#limit) return -1;
    const slot = this.#freeCount > 0 ? (this.#free[--this.#freeCount] as number) : this.#nextSlot++;
    if (slot * 5 >= this.#keys.length) this.#growSlots();
    const base = slot * 5;
    this.#keys[base] = key.a;
    this.#keys[base + 1] = key.b;
    this.#keys[base + 2] = key.c;
    this.#keys[base + 3] = key.d;
    this.#keys[base + 4] = tenant;
    this.#size++;
    if (this.#size * 2 > this.#buckets.length) this.#rehash(this.#buckets.length * 2);
    this.#place(slot);
    return slot;
  }

  remove(slot: number): void {
    const mask = this.#mask;
    let at = this.#hashOf(slot) & mask;
    while (this.#buckets[at] !== slot) {
      if (this.#buckets[at] === EMPTY) return;
      at = (at + 1) & mask;
    }
    // Backward-shift deletion: no tombstones, so a table that churns for weeks keeps its probe lengths.
    let hole = at;
    for (;;) {
      at = (at + 1) & mask;
      const next = this.#buckets[at] as number;
      if (next === EMPTY) break;
      const home = this.#hashOf(next) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        this.#buckets[hole] = next;
        hole = at;
      }
    }
    this.#buckets[hole] = EMPTY;
    this.#free[this.#freeCount++] = slot;
    this.#size--;
  }

  #is(slot: number, key: SessionKey, tenant: number): boolean {
    const base = slot * 5;
    const keys = this.#keys;
    return (
      keys[base] === key.a &&
      keys[base + 1] === key.b &&
      keys[base + 2] === key.c &&
      keys[base + 3] === key.d &&
      keys[base + 4] === tenant
    );
  }

  #hashOf(slot: number): number {
    const base = slot * 5;
    const keys = this.#keys;
    return hash(
      keys[base] as number,
      keys[base + 1] as number,
      keys[base + 2] as number,
      keys[base + 3] as number,
      keys[base + 4] as number,
    );
  }

  #place(slot: number): void {
    let at = this.#hashOf(slot) & this.#mask;
    while (this.#buckets[at] !== EMPTY) at = (at + 1) & this.#mask;
    this.#buckets[at] = slot;
  }

  #growSlots(): void {
    const slots = (this.#keys.length / 5) * 2;
    const keys = new Int32Array(slots * 5);
    keys.set(this.#keys);
    this.#keys = keys;
    const free = new Int32Array(slots);
    free.set(this.#free);
    this.#free = free;
  }

  #rehash(buckets: number): void {
    const old = this.#buckets;
    this.#buckets = new Int32Array(buckets).fill(EMPTY);
    this.#mask = buckets - 1;
    for (const slot of old) if (slot !== EMPTY) this.#place(slot);
  }
}

function hash(a: number, b: number, c: number, d: number, tenant: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0x85ebca6b), 0xc2b2ae35) ^ Math.imul(c ^ tenant, 0x27d4eb2f) ^ d;
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}

function powerOfTwo(n: number): number {
  return 2 ** Math.ceil(Math.log2(n));
}
