/** Rhythms remembered of one folder of media; the oldest go. */
const SAMPLES = 15;
/** So many say something, when most of them are about alike. */
const ENOUGH = 3;
const ALIKE = 1.1;
const AGREEING_SHARE = 0.7;

/** How long the segments of one place are, as the rhythm of its viewers showed where nobody said it. */
export class SegmentRhythms {
  readonly #shownMs: number[] = [];

  /** The rhythm of one viewer. */
  add(segmentMs: number): void {
    this.#shownMs.push(segmentMs);
    if (this.#shownMs.length > SAMPLES) this.#shownMs.shift();
  }

  /** The usual one; NaN while too few are known, or they differ. */
  get segmentMs(): number {
    const shown = this.#shownMs.toSorted((a, b) => a - b);
    const median = shown[(shown.length - 1) >> 1] ?? Number.NaN;
    const agreeing = shown.filter((ms) => ms <= median * ALIKE && ms >= median / ALIKE);
    return shown.length >= ENOUGH && agreeing.length >= AGREEING_SHARE * shown.length ? median : Number.NaN;
  }
}
