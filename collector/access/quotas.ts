import type { UnixMs } from '../model/time.ts';

const WINDOW_MS = 60_000;

/**
 * Sessions one key may have at a time: those heard of in this minute or the one before. Whoever makes up sessions
 * would push out those of others; one that reports at least every minute keeps its place.
 */
export class SessionQuota {
  readonly #limit: number;
  #current = new Set<string>();
  #previous = new Set<string>();
  #window = Number.NaN;

  constructor(limit: number) {
    this.#limit = limit;
  }

  admits(sid: string, nowMs: UnixMs): boolean {
    const window = Math.floor(nowMs / WINDOW_MS);
    if (window !== this.#window) {
      this.#previous = window === this.#window + 1 ? this.#current : new Set();
      this.#current = new Set();
      this.#window = window;
    }
    if (this.#current.has(sid)) return true;
    if (!this.#previous.has(sid) && this.#current.size >= this.#limit) return false;
    this.#current.add(sid);
    return true;
  }
}

/** Distinct values somebody may name; for any other there is one word. */
export class ValueQuota {
  readonly #limit: number;
  readonly #values = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The value, or `instead` when it is one too many. */
  admit(value: string, instead: string): string {
    if (this.#values.has(value)) return value;
    if (this.#values.size >= this.#limit) return instead;
    this.#values.add(value);
    return value;
  }
}
