const WAYS = 8;
/** The highest bits of a hash, which choose no bucket, choose where in it a search begins. */
const HOME_SHIFT = 29;
/** Lowest bit of a stored `low`: used since the bucket was last full. Kept there so that a hit touches one cache line. */
const USED = 1;

/**
 * Bounded map from a 64-bit hash to a slot number; the owner keeps its values in arrays indexed by slot.
 * Eight slots per bucket, second-chance eviction inside the bucket: no rehash, no growth, no tombstones. A search begins
 * where the hash itself is kept if it can be: then the value is fetched before the key has come from memory.
 * A hash stands for its input: at 63 bits two inputs sharing one are not expected in the life of a process.
 */
export class HashSlots {
  readonly capacity: number;
  readonly #bucketMask: number;
  readonly #keys: Int32Array;

  /** `capacity` is rounded up to a power of two. */
  constructor(capacity: number) {
    this.capacity = 1 << Math.max(3, 32 - Math.clz32(capacity - 1));
    this.#bucketMask = this.capacity / WAYS - 1;
    this.#keys = new Int32Array(this.capacity * 2);
  }

  /** Slot of a known hash, or -1. `high` is never 0. */
  find(high: number, low: number): number {
    const keys = this.#keys;
    const first = (high & this.#bucketMask) * WAYS;
    const home = high >>> HOME_SHIFT;
    for (let way = 0; way < WAYS; way++) {
      const slot = first + ((home + way) & (WAYS - 1));
      const stored = keys[slot * 2 + 1]!;
      if (keys[slot * 2] === high && (stored | USED) === (low | USED)) {
        if ((stored & USED) === 0) keys[slot * 2 + 1] = stored | USED;
        return slot;
      }
    }
    return -1;
  }

  /** A slot for a hash that `find` does not know; whatever lived there is forgotten. */
  claim(high: number, low: number): number {
    const keys = this.#keys;
    const first = (high & this.#bucketMask) * WAYS;
    let victim = -1;
    const home = high >>> HOME_SHIFT;
    for (let way = 0; way < WAYS && victim < 0; way++) {
      const slot = first + ((home + way) & (WAYS - 1));
      if ((keys[slot * 2 + 1]! & USED) === 0) victim = slot;
    }
    if (victim < 0) {
      for (let slot = first; slot < first + WAYS; slot++) keys[slot * 2 + 1]! &= ~USED;
      victim = first + home;
    }
    keys[victim * 2] = high;
    keys[victim * 2 + 1] = low | USED;
    return victim;
  }
}
