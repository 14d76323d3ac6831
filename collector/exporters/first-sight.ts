import type { MetricFamily, SeriesLabels } from '../model/metric.ts';

/** Scrapers that are told apart; whoever comes after them sees values as they are. */
const SCRAPERS = 16;

/** What one scraper has been shown, by metric: the label objects of its series, which families keep. */
type Seen = Map<string, WeakSet<SeriesLabels>>;

/**
 * `rate()` and `increase()` begin with the first sample of a series, so that what a new series counted before its
 * first scrape is lost to them, and the rarer a series the more of it. Every scraper is therefore shown 0 once
 * before it is shown the value of a series that was born since its last visit.
 * https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics
 */
export class FirstSight {
  readonly #scrapers = new Map<string, Seen>();

  /** The families as `scraper` is to see them now. What existed at its first visit is history, and shown as it is. */
  for(scraper: string, families: readonly MetricFamily[]): readonly MetricFamily[] {
    const seen = this.#scrapers.get(scraper);
    if (seen !== undefined) return families.map((family) => zeroFirst(family, seenOf(seen, family)));
    if (this.#scrapers.size >= SCRAPERS) return families;
    const history: Seen = new Map();
    this.#scrapers.set(scraper, history);
    for (const family of families) {
      const known = seenOf(history, family);
      family.visit((_suffix, labels) => known.add(labels));
    }
    return families;
  }
}

function seenOf(seen: Seen, { name }: MetricFamily): WeakSet<SeriesLabels> {
  let known = seen.get(name);
  if (known === undefined) {
    known = new WeakSet();
    seen.set(name, known);
  }
  return known;
}

function zeroFirst(family: MetricFamily, known: WeakSet<SeriesLabels>): MetricFamily {
  if (family.type === 'gauge') return family;
  const { name, help, type } = family;
  return {
    name,
    help,
    type,
    visit: (sample) => {
      // The sum and the count of a histogram share their labels: both are new, or none.
      const born = new Set<SeriesLabels>();
      family.visit((suffix, labels, value, exemplar) => {
        if (!known.has(labels)) born.add(labels);
        known.add(labels);
        if (born.has(labels)) sample(suffix, labels, 0, null);
        else sample(suffix, labels, value, exemplar);
      });
    },
  };
}
