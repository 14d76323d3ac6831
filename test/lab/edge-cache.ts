/** A stored object, or one that is still arriving from above. */
export type CacheEntry = {
  readonly freshUntilMs: number;
  /** First and last byte of the fill, as this cache received them. */
  readonly firstByteMs: number;
  readonly filledMs: number;
  /** Newest segment a live playlist lists; -1 for everything else. */
  readonly newest: number;
};

/**
 * Objects of one site. What was not asked for during the last `limit / 2` stores is forgotten: least recently used
 * in two generations, which never deletes single keys and so costs the same at every size.
 */
export class EdgeCache {
  readonly #half: number;
  #young = new Map<number, CacheEntry>();
  #old = new Map<number, CacheEntry>();

  constructor(limit: number) {
    this.#half = Math.max(1, Math.floor(limit / 2));
  }

  find(key: number): CacheEntry | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.store(key, old);
    return old;
  }

  store(key: number, entry: CacheEntry): void {
    this.#young.set(key, entry);
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
