/** Counts that add up: over sessions, scenarios and seeds. Keys name what was counted, `/` between their parts. */
export class Tally {
  readonly #sums = new Map<string, number>();

  add(key: string, value = 1): void {
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + value);
  }

  /** 0 for what was never counted. */
  of(key: string): number {
    return this.#sums.get(key) ?? 0;
  }

  /** Everything under `prefix/`, by the rest of its key. */
  under(prefix: string): ReadonlyMap<string, number> {
    const start = `${prefix}/`;
    const found = [...this.#sums].filter(([key]) => key.startsWith(start));
    return new Map(found.map(([key, value]) => [key.slice(start.length), value]));
  }

  merge(other: Tally): void {
    for (const [key, value] of other.#sums) this.add(key, value);
  }
}
