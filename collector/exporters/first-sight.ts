import type { MetricFamily, SampleVisitor, SeriesLabels } from '../model/metric.ts';

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
  for(scraper: string, families: readonly MetricFamily[]): Sight {
    const seen = this.#scrapers.get(scraper);
    if (seen !== undefined) {
      const shown = families.map((family) => new ZeroFirst(family, seenOf(seen, family)));
      const received = (): void => {
        for (const family of shown) family.received();
      };
      return { families: shown, received };
    }
    if (this.#scrapers.size >= SCRAPERS) return { families, received: () => {} };
    const history: Seen = new Map();
    this.#scrapers.set(scraper, history);
    for (const family of families) {
      const known = seenOf(history, family);
      family.visit((_suffix, labels) => known.add(labels));
    }
    return { families, received: () => {} };
  }
}

/** What a scraper is shown; `received` is called when it got it, because a 0 that was lost must be shown again. */
export type Sight = { readonly families: readonly MetricFamily[]; readonly received: () => void };

function seenOf(seen: Seen, { name }: MetricFamily): WeakSet<SeriesLabels> {
  let known = seen.get(name);
  if (known === undefined) {
    known = new WeakSet();
    seen.set(name, known);
  }
  return known;
}

/** A family whose series are 0 until their scraper has received that 0. */
class ZeroFirst implements MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricFamily['type'];
  readonly #family: MetricFamily;
  readonly #known: WeakSet<SeriesLabels>;
  readonly #born = new Set<SeriesLabels>();

  constructor(family: MetricFamily, known: WeakSet<SeriesLabels>) {
    this.name = family.name;
    this.help = family.help;
    this.type = family.type;
    this.#family = family;
    this.#known = known;
  }

  visit(sample: SampleVisitor): void {
    this.#family.visit((suffix, labels, value, exemplar) => {
      if (this.type === 'gauge' || this.#known.has(labels)) {
        sample(suffix, labels, value, exemplar);
        return;
      }
      this.#born.add(labels);
      sample(suffix, labels, 0, null);
    });
  }

  received(): void {
    for (const labels of this.#born) this.#known.add(labels);
  }
}
