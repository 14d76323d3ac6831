import type { UnixMs } from '../../model/time.ts';

type Entry<V> = { value: V; lastMs: UnixMs };

/**
 * A bounded map whose entries are forgotten some time after they were last written. Oldest entries go first when it
 * is full; how many went that way is readable, because a bound that is hit is a fact people must see.
 */
export class ExpiringIndex<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #limit: number;
  readonly #ttlMs: number;
  #evicted = 0;

  constructor(limit: number, ttlMs: number) {
    this.#limit = limit;
    this.#ttlMs = ttlMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  get evicted(): number {
    return this.#evicted;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: V, nowMs: UnixMs): void {
    // Deleting first moves the key to the end: the map's own order is the order of age.
    this.#entries.delete(key);
    if (this.#entries.size >= this.#limit) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
      this.#evicted++;
    }
    this.#entries.set(key, { value, lastMs: nowMs });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  expire(nowMs: UnixMs): void {
    for (const [key, entry] of this.#entries) {
      if (nowMs - entry.lastMs < this.#ttlMs) return;
      this.#entries.delete(key);
    }
  }
}
