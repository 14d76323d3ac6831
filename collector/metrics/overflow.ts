import type { Families } from './families.ts';
import type { ValueFamily } from './family.ts';
import { type BoundName, METRIC, OVERFLOWN_LABEL } from './labels.ts';

/** Where a bound was reached: a silent `other` would look like traffic. */
export class OverflowMetrics {
  readonly #families: Families;
  readonly #labels: ValueFamily;
  readonly #series: ValueFamily;
  /** Overflows of each metric already counted. */
  readonly #settled = new Map<string, number>();

  constructor(families: Families) {
    this.#families = families;
    this.#labels = families.counter('playpath_label_overflow_total');
    this.#series = families.counter('playpath_series_overflow_total');
  }

  label(bound: BoundName): void {
    this.#labels.add(this.#families.space.column(OVERFLOWN_LABEL).id(bound), 1);
  }

  /** Counts the overflows of all metrics since the last call; they are kept where the hot path meets them. */
  settle(): void {
    const names = this.#families.space.column(METRIC);
    for (const family of this.#families.all()) {
      const settled = this.#settled.get(family.name) ?? 0;
      if (family.overflows === settled) continue;
      this.#series.add(names.id(family.name), family.overflows - settled);
      this.#settled.set(family.name, family.overflows);
    }
  }
}
