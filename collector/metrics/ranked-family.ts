import type { MetricFamily, SampleVisitor } from '../model/metric.ts';
import type { MetricDefinition } from './definition.ts';
import { printable } from './label-set.ts';
import { OTHER } from './labels.ts';
import type { FamilySnapshot } from './snapshot.ts';

type Entry = readonly [value: string, amount: number];

/**
 * A gauge over one label of unlimited values, of which the largest get a series and the rest is their sum as `other`.
 * Made anew at every sweep: interning the winners would fill a label set with everything that was ever popular.
 */
export class RankedFamily implements MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type = 'gauge';
  readonly overflows = 0;
  readonly #label: string;
  readonly #absent: string;
  readonly #budget: number;
  readonly #amounts = new Map<string, number>();

  constructor(definition: MetricDefinition, budget: number) {
    const [label] = definition.labels;
    if (label === undefined || definition.labels.length > 1) throw new RangeError(`${definition.name} needs one label`);
    this.name = definition.name;
    this.help = definition.help;
    this.#label = label.name;
    this.#absent = label.absent;
    this.#budget = budget;
  }

  zero(): void {
    this.#amounts.clear();
  }

  add(raw: string, amount: number): void {
    if (!(amount > 0)) return;
    const value = raw === '' ? this.#absent : printable(raw);
    this.#amounts.set(value, (this.#amounts.get(value) ?? 0) + amount);
  }

  visit(sample: SampleVisitor): void {
    for (const [value, amount] of this.#ranked()) sample('', { [this.#label]: value }, amount, null);
  }

  snapshot(): FamilySnapshot {
    const ranked = this.#ranked();
    return {
      name: this.name,
      labels: ranked.map(([value]) => value),
      values: Float64Array.from(ranked, ([, amount]) => amount),
      exemplars: [],
    };
  }

  merge(snapshot: FamilySnapshot): void {
    for (const [i, value] of snapshot.labels.entries()) this.add(value, snapshot.values[i]!);
  }

  /** Largest first, equal ones by name so that the choice does not flap; the sum of the others last. */
  #ranked(): Entry[] {
    const entries = [...this.#amounts].filter(([value]) => value !== OTHER);
    entries.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    let rest = this.#amounts.get(OTHER) ?? 0;
    for (const [, amount] of entries.splice(this.#budget)) rest += amount;
    return rest > 0 ? [...entries, [OTHER, rest]] : entries;
  }
}
