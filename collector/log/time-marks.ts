import type { UnixMs } from '../model/time.ts';

const EVERY_MS = 1_000;
const LIMIT = 100_000;

/** When the log was where, to a second: which offset is how old, and where to begin so that some time is covered. */
export class TimeMarks {
  #marks: { readonly offset: number; readonly nowMs: UnixMs }[] = [];

  see(offset: number, nowMs: UnixMs): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && nowMs - last.nowMs < EVERY_MS) return;
    if (this.#marks.length >= LIMIT) this.#marks = this.#marks.filter((_, i) => i % 2 === 0);
    this.#marks.push({ offset, nowMs });
  }

  /** An offset at least `spanMs` before the record at `offset`; the first that is known when the log is not that old. */
  before(offset: number, spanMs: number): number {
    const at = this.#lastAt((mark) => mark.offset <= offset);
    const untilMs = (this.#marks[at]?.nowMs ?? 0) - spanMs;
    const from = this.#lastAt((mark) => mark.nowMs <= untilMs);
    return this.#marks[Math.max(0, from)]?.offset ?? offset;
  }

  /** What is before `offset` is not asked for any more. */
  forget(offset: number): void {
    const keep = this.#lastAt((mark) => mark.offset <= offset);
    if (keep > 0) this.#marks.splice(0, keep);
  }

  /** Index of the last mark for which it is true; they are ordered, so it is true up to there. */
  #lastAt(isTrue: (mark: { readonly offset: number; readonly nowMs: UnixMs }) => boolean): number {
    let low = -1;
    let high = this.#marks.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const mark = this.#marks[middle];
      if (mark !== undefined && isTrue(mark)) low = middle;
      else high = middle;
    }
    return low;
  }
}
