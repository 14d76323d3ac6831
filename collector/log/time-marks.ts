import type { UnixMs } from '../model/time.ts';

const EVERY_MS = 1_000;
const LIMIT = 100_000;
/** Within one life of a collector its time never goes back, and a next one goes on from the last record if it can. */
const SET_BACK_MS = 60_000;

/** When the log was where, to a second: which offset is how old, and where to begin so that some time is covered. */
export class TimeMarks {
  #marks: { readonly offset: number; readonly nowMs: UnixMs }[] = [];

  /** The next record is of a clock that was set back since the last. */
  isSetBack(nowMs: UnixMs): boolean {
    return this.lastMs - nowMs > SET_BACK_MS;
  }

  /** Time of the last record, to a second; NaN before the first. */
  get lastMs(): UnixMs {
    return this.#marks.at(-1)?.nowMs ?? Number.NaN;
  }

  see(offset: number, nowMs: UnixMs): void {
    // What was before that is no measure of what comes.
    if (this.isSetBack(nowMs)) this.#marks = [];
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
