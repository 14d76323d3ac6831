import type { AudienceWindow } from '../model/audience.ts';
import type { UnixMs } from '../model/time.ts';
import { WINDOW_MS } from './limits.ts';

/** One window as it is written down. */
export type WindowRecord<V> = {
  readonly key: string;
  readonly firstMs: UnixMs;
  readonly lastMs: UnixMs;
  readonly value: V;
};

type Window<V> = { firstMs: UnixMs; lastMs: UnixMs; readonly value: V };

/** A key seldom has more than the window of yesterday and that of today. */
const WINDOWS_PER_KEY = 3;

/**
 * The 24-hour windows of what counts once in each. Bounded: when it is full the key that was new longest ago goes, and
 * if its window was not over yet that is told, because what comes for it now counts again.
 */
export class Windows<V> {
  readonly #kind: AudienceWindow;
  readonly #limit: number;
  readonly #keys = new Map<string, Window<V>[]>();
  readonly #forgot: () => void;

  /** `forgot` is told of every window that was given up before it was over. */
  constructor(kind: AudienceWindow, limit: number, forgot: () => void) {
    this.#kind = kind;
    this.#limit = limit;
    this.#forgot = forgot;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** All windows, oldest key first. */
  *records(): Generator<WindowRecord<V>> {
    for (const [key, windows] of this.#keys) for (const window of windows) yield { key, ...window };
  }

  /** Has these windows and no others. */
  restore(records: Iterable<WindowRecord<V>>): void {
    this.#keys.clear();
    for (const { key, firstMs, lastMs, value } of records) {
      const windows = this.#keys.get(key);
      if (windows) windows.push({ firstMs, lastMs, value });
      else this.#keys.set(key, [{ firstMs, lastMs, value }]);
    }
  }

  /** What the window of `key` around `atMs` holds; `make` when it is a new one. */
  at(key: string, atMs: UnixMs, make: () => V): V {
    const windows = this.#keys.get(key) ?? this.#open(key, atMs);
    const known = windows.find((window) => this.#holds(window, atMs));
    if (known) {
      known.firstMs = Math.min(known.firstMs, atMs);
      known.lastMs = Math.max(known.lastMs, atMs);
      return known.value;
    }
    const made = { firstMs: atMs, lastMs: atMs, value: make() };
    windows.push(made);
    if (windows.length > WINDOWS_PER_KEY) windows.shift();
    return made.value;
  }

  /** Lines come in any order, so a rolling window may begin earlier than its first line said. */
  #holds({ firstMs, lastMs }: Window<V>, atMs: UnixMs): boolean {
    if (this.#kind === 'fixed') return Math.floor(firstMs / WINDOW_MS) === Math.floor(atMs / WINDOW_MS);
    return Math.max(lastMs, atMs) - Math.min(firstMs, atMs) < WINDOW_MS;
  }

  #open(key: string, nowMs: UnixMs): Window<V>[] {
    if (this.#keys.size >= this.#limit) {
      for (const [oldest, windows] of this.#keys) {
        if (windows.some((window) => this.#holds(window, nowMs))) this.#forgot();
        this.#keys.delete(oldest);
        break;
      }
    }
    const windows: Window<V>[] = [];
    this.#keys.set(key, windows);
    return windows;
  }
}
