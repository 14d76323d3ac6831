import { type CounterName, definitionOf, type GaugeName, type HistogramName, type MetricName } from './contract.ts';
import { type FamilyParts, HistogramFamily, ValueFamily } from './family.ts';
import type { LabelSpace } from './label-space.ts';
import type { BoundName } from './labels.ts';
import { RankedFamily } from './ranked-family.ts';

export type Family = ValueFamily | HistogramFamily | RankedFamily;

/** Makes the families of the contract by name, once each, and keeps them in the order they were made. */
export class Families {
  readonly space: LabelSpace;
  readonly #seriesBudget: number;
  readonly #made = new Map<string, Family>();

  constructor(space: LabelSpace, seriesBudget: number) {
    this.space = space;
    this.#seriesBudget = seriesBudget;
  }

  counter(name: CounterName): ValueFamily {
    return this.#keep(new ValueFamily(this.#parts(name)));
  }

  gauge(name: GaugeName): ValueFamily {
    return this.#keep(new ValueFamily(this.#parts(name)));
  }

  histogram(name: HistogramName): HistogramFamily {
    return this.#keep(new HistogramFamily(this.#parts(name)));
  }

  /** A gauge whose budget goes to the largest values of its one label. */
  ranking(name: GaugeName, bound: BoundName): RankedFamily {
    return this.#keep(new RankedFamily(definitionOf(name), this.space.bounds[bound]));
  }

  get(name: string): Family | undefined {
    return this.#made.get(name);
  }

  all(): Family[] {
    return [...this.#made.values()];
  }

  #parts(name: MetricName): FamilyParts {
    const definition = definitionOf(name);
    return { definition, layout: this.space.layout(definition.labels), seriesBudget: this.#seriesBudget };
  }

  #keep<Made extends Family>(family: Made): Made {
    this.#made.set(family.name, family);
    return family;
  }
}
