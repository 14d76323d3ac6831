import type { Exemplar, MetricFamily, MetricType, SampleVisitor, SeriesLabels } from '../model/metric.ts';
import type { UnixMs } from '../model/time.ts';
import { type CellIndex, ExemplarCells, HistogramCells, ValueCells } from './cells.ts';
import type { MetricDefinition } from './definition.ts';
import type { Layout } from './layout.ts';
import type { FamilySnapshot } from './snapshot.ts';

/** What every family is made of: its promise, its keys, and how many series it may have. */
export type FamilyParts = {
  readonly definition: MetricDefinition;
  readonly layout: Layout;
  readonly seriesBudget: number;
};

/** A counter or gauge of the contract with its series. `key` packs label ids in the order of the contract's labels. */
export class ValueFamily implements MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly layout: Layout;
  readonly #definition: MetricDefinition;
  readonly #cells: ValueCells;
  readonly #exemplars = new ExemplarCells();
  readonly #labels: SeriesLabels[] = [];
  readonly #written: WrittenLabels = { labels: [], cells: 0 };

  constructor(parts: FamilyParts) {
    this.name = parts.definition.name;
    this.help = parts.definition.help;
    this.type = parts.definition.type;
    this.layout = parts.layout;
    this.#definition = parts.definition;
    this.#cells = new ValueCells(parts.seriesBudget);
  }

  get overflows(): number {
    return this.#cells.index.overflows;
  }

  add(key: number, amount: number): void {
    this.#cells.add(this.#cells.cell(key), amount);
  }

  /** The series of a key, for callers that come back to it. */
  cell(key: number): number {
    return this.#cells.cell(key);
  }

  /** HOT PATH. */
  addTo(cell: number, amount: number): void {
    this.#cells.add(cell, amount);
  }

  exemplify(key: number, traceId: string, value: number, atMs: UnixMs): void {
    this.#exemplars.set(this.#cells.cell(key), traceId, value, atMs);
  }

  zero(): void {
    this.#cells.zero();
  }

  visit(sample: SampleVisitor): void {
    const cells = this.#cells;
    for (let cell = this.#first(); cell < cells.index.size; cell++) {
      this.#labels[cell] ??= labelsOf(this.#definition, this.layout.values(cells.index.key(cell)));
      sample('', this.#labels[cell]!, cells.value(cell), exemplarOf(this.#exemplars, cell));
    }
  }

  snapshot(): FamilySnapshot {
    const { index } = this.#cells;
    appendLabels(this.#written, this.layout, index);
    const exemplars = exemplarsOf(this.#exemplars, index.size);
    return { name: this.name, labels: this.#written.labels.slice(), values: this.#cells.values(), exemplars };
  }

  merge(snapshot: FamilySnapshot): void {
    const cells = cellsOf(snapshot, 1, this.layout, (key) => this.#cells.cell(key));
    for (const [series, cell] of cells.entries()) this.#cells.add(cell, snapshot.values[series]!);
    mergeExemplars(this.#exemplars, cells, snapshot);
  }

  /** Cell 0 is the all-`other` series: it exists from the start but is shown once something went there. */
  #first(): number {
    return this.#definition.labels.length > 0 && this.#cells.value(0) === 0 ? 1 : 0;
  }
}

/** A histogram of the contract with its series. */
export class HistogramFamily implements MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly layout: Layout;
  readonly #definition: MetricDefinition;
  readonly #cells: HistogramCells;
  readonly #exemplars = new ExemplarCells();
  /** By cell: one object per bucket, then the series' own. */
  readonly #labels: SeriesLabels[][] = [];
  readonly #written: WrittenLabels = { labels: [], cells: 0 };

  constructor(parts: FamilyParts) {
    this.name = parts.definition.name;
    this.help = parts.definition.help;
    this.layout = parts.layout;
    this.#definition = parts.definition;
    this.#cells = new HistogramCells(parts.seriesBudget, parts.definition.buckets);
  }

  get overflows(): number {
    return this.#cells.index.overflows;
  }

  observe(key: number, value: number, weight: number): void {
    this.#cells.observe(this.#cells.cell(key), value, weight);
  }

  /** The series of a key, for callers that come back to it. */
  cell(key: number): number {
    return this.#cells.cell(key);
  }

  /** HOT PATH. `weight` observations of `value`. */
  observeIn(cell: number, value: number, weight: number): void {
    this.#cells.observe(cell, value, weight);
  }

  exemplify(key: number, traceId: string, value: number, atMs: UnixMs): void {
    this.#exemplars.set(this.#cells.cell(key), traceId, value, atMs);
  }

  zero(): void {
    this.#cells.zero();
  }

  visit(sample: SampleVisitor): void {
    const cells = this.#cells;
    const sum = cells.width - 1;
    for (let cell = this.#first(); cell < cells.index.size; cell++) {
      this.#labels[cell] ??= this.#labelsOf(cell);
      const labels = this.#labels[cell]!;
      const exemplar = exemplarOf(this.#exemplars, cell);
      const marked = exemplar === null ? -1 : cells.bucket(exemplar.value);
      let count = 0;
      for (let bucket = 0; bucket < sum; bucket++) {
        count += cells.value(cell, bucket);
        sample('_bucket', labels[bucket]!, count, bucket === marked ? exemplar : null);
      }
      sample('_sum', labels[sum]!, cells.value(cell, sum), null);
      sample('_count', labels[sum]!, count, null);
    }
  }

  snapshot(): FamilySnapshot {
    const { index } = this.#cells;
    appendLabels(this.#written, this.layout, index);
    const exemplars = exemplarsOf(this.#exemplars, index.size);
    return { name: this.name, labels: this.#written.labels.slice(), values: this.#cells.values(), exemplars };
  }

  merge(snapshot: FamilySnapshot): void {
    const { width } = this.#cells;
    const cells = cellsOf(snapshot, width, this.layout, (key) => this.#cells.cell(key));
    for (const [series, cell] of cells.entries()) {
      for (let column = 0; column < width; column++)
        this.#cells.add(cell, column, snapshot.values[series * width + column]!);
    }
    mergeExemplars(this.#exemplars, cells, snapshot);
  }

  #labelsOf(cell: number): SeriesLabels[] {
    const labels = labelsOf(this.#definition, this.layout.values(this.#cells.index.key(cell)));
    return [...this.#definition.buckets.map((le) => ({ le, ...labels })), { le: '+Inf', ...labels }, labels];
  }

  #first(): number {
    if (this.#definition.labels.length === 0) return 0;
    for (let bucket = 0; bucket < this.#cells.width - 1; bucket++) if (this.#cells.value(0, bucket) > 0) return 0;
    return 1;
  }
}

function labelsOf(definition: MetricDefinition, values: readonly string[]): SeriesLabels {
  return Object.fromEntries(definition.labels.map((label, i) => [label.name, values[i]!]));
}

/** Label values of the first `cells` series: a series stays what it is, so only new ones are added. */
type WrittenLabels = { readonly labels: string[]; cells: number };

function appendLabels(written: WrittenLabels, layout: Layout, index: CellIndex): void {
  for (; written.cells < index.size; written.cells++) written.labels.push(...layout.values(index.key(written.cells)));
}

/** The cells of all series of a snapshot, each of `width` numbers; none when another version made it of other series. */
function cellsOf(
  { labels, values }: FamilySnapshot,
  width: number,
  layout: Layout,
  cellOf: (key: number) => number,
): number[] {
  const count = layout.values(0).length;
  const series = values.length / width;
  if (labels.length !== series * count) return [];
  return Array.from({ length: series }, (_, i) => cellOf(layout.keyOf(labels.slice(i * count, (i + 1) * count))));
}

function exemplarsOf(cells: ExemplarCells, size: number): FamilySnapshot['exemplars'] {
  const exemplars: [number, Exemplar][] = [];
  for (let cell = 0; cell < size; cell++) {
    const exemplar = exemplarOf(cells, cell);
    if (exemplar !== null) exemplars.push([cell, exemplar]);
  }
  return exemplars;
}

function exemplarOf(cells: ExemplarCells, cell: number): Exemplar | null {
  const traceId = cells.traceId(cell);
  return traceId === '' ? null : { traceId, value: cells.value(cell), atMs: cells.atMs(cell) };
}

/** The latest of all shards stays. */
function mergeExemplars(into: ExemplarCells, cells: readonly number[], { exemplars }: FamilySnapshot): void {
  for (const [series, { traceId, value, atMs }] of exemplars) {
    const cell = cells[series];
    if (cell === undefined || (into.traceId(cell) !== '' && into.atMs(cell) > atMs)) continue;
    into.set(cell, traceId, value, atMs);
  }
}
