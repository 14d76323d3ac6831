import type { AudienceWindow } from '../model/audience.ts';
import type { UnixMs } from '../model/time.ts';
import { WINDOW_MS } from './limits.ts';

/** One window as it is written down. */
export type WindowRecord<V> = {
  readonly key: string;
  readonly firstMs: UnixMs;
  readonly lastMs: UnixMs;
  /** By our clock: when the last window of the key was opened. */
  readonly openedMs: UnixMs;
  readonly value: V;
};

type Kept<V> = { openedMs: UnixMs; readonly windows: Window<V>[] };
type Window<V> = { firstMs: UnixMs; lastMs: UnixMs; readonly value: V };

/** A key seldom has more than the window of yesterday and that of today. */
const WINDOWS_PER_KEY = 3;
/** A window is asked for while it lasts, by logs that are a day late, and by a clock that is a day ahead. */
const KEPT_MS = WINDOW_MS + 26 * 3_600_000 + WINDOW_MS;

/**
 * The 24-hour windows of what counts once in each. Those that nothing can be about any more are forgotten. Bounded: when
 * it is full the key that was new longest ago goes, and if its window was not over yet that is told, because what comes
 * for it now counts again.
 */
export class Windows<V> {
  readonly #kind: AudienceWindow;
  readonly #limit: number;
  /** In the order in which windows were opened. */
  readonly #keys = new Map<string, Kept<V>>();
  readonly #forgot: () => void;
  #nowMs: UnixMs = 0;

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
    for (const [key, { openedMs, windows }] of this.#keys)
      for (const window of windows) yield { key, openedMs, ...window };
  }

  /** Has these windows and no others. */
  restore(records: Iterable<WindowRecord<V>>): void {
    this.#keys.clear();
    for (const { key, firstMs, lastMs, openedMs, value } of records) {
      const kept = this.#keys.get(key);
      if (kept) kept.windows.push({ firstMs, lastMs, value });
      else this.#keys.set(key, { openedMs, windows: [{ firstMs, lastMs, value }] });
    }
  }

  /** Time has passed by our clock, not by those that stamp what is counted. */
  tick(nowMs: UnixMs): void {
    this.#nowMs = nowMs;
    for (const [oldest, { openedMs }] of this.#keys) {
      if (!(nowMs - openedMs > KEPT_MS)) return;
      this.#keys.delete(oldest);
    }
  }

  /** What the window of `key` around `atMs` holds; `make` when it is a new one. */
  at(key: string, atMs: UnixMs, make: () => V): V {
    const windows = this.#keys.get(key)?.windows ?? [];
    const known = windows.find((window) => this.#holds(window, atMs));
    if (known) {
      known.firstMs = Math.min(known.firstMs, atMs);
      known.lastMs = Math.max(known.lastMs, atMs);
      return known.value;
    }
    const made = { firstMs: atMs, lastMs: atMs, value: make() };
    windows.push(made);
    if (windows.length > WINDOWS_PER_KEY) windows.shift();
    this.#keep(key, windows, atMs);
    return made.value;
  }

  /** Lines come in any order, so a rolling window may begin earlier than its first line said. */
  #holds({ firstMs, lastMs }: Window<V>, atMs: UnixMs): boolean {
    if (this.#kind === 'fixed') return Math.floor(firstMs / WINDOW_MS) === Math.floor(atMs / WINDOW_MS);
    return Math.max(lastMs, atMs) - Math.min(firstMs, atMs) < WINDOW_MS;
  }

  #keep(key: string, windows: Window<V>[], atMs: UnixMs): void {
    this.#keys.delete(key);
    if (this.#keys.size >= this.#limit) {
      for (const [oldest, kept] of this.#keys) {
        if (kept.windows.some((window) => this.#holds(window, atMs))) this.#forgot();
        this.#keys.delete(oldest);
        break;
      }
    }
    this.#keys.set(key, { openedMs: this.#nowMs, windows });
  }
}
