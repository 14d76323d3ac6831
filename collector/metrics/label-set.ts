import { OTHER } from './labels.ts';

const MAX_LENGTH = 128;

/** A part of a packed key: one small integer that stands for the values of one or more labels. 0 is all `other`. */
export type Column = {
  readonly bits: number;
  /** Values of its labels, in their order. */
  values(id: number): readonly string[];
  /** The way back, for adding up snapshots: `values[at...]` are the values of its labels. */
  idOf(values: readonly string[], at: number): number;
};

/** Values of one label as small integers. Bounded: what comes after the budget is spent is `other`, and counted. */
export class LabelSet implements Column {
  readonly bits: number;
  readonly #ids = new Map<string, number>();
  readonly #values: [string][] = [[OTHER]];
  readonly #budget: number;
  readonly #absent: string;
  readonly #overflow: () => void;
  #lastValue = OTHER;
  #lastId = 0;

  constructor(budget: number, absent: string, overflow: () => void) {
    this.bits = bitsFor(budget);
    this.#budget = budget;
    this.#absent = absent;
    this.#overflow = overflow;
    this.#ids.set(OTHER, 0);
  }

  /** HOT PATH (bench: test/bench/metrics.ts): values come in runs, so most are the last one again. */
  id(value: string): number {
    if (value === this.#lastValue) return this.#lastId;
    const known = this.#ids.get(value);
    if (known === undefined) return this.#intern(value);
    this.#lastValue = value;
    this.#lastId = known;
    return known;
  }

  values(id: number): readonly string[] {
    return this.#values[id]!;
  }

  idOf(values: readonly string[], at: number): number {
    return this.id(values[at]!);
  }

  #intern(raw: string): number {
    const value = raw === '' ? this.#absent : printable(raw);
    const known = this.#ids.get(value);
    if (known !== undefined) {
      if (raw === '') this.#ids.set('', known);
      return known;
    }
    const id = this.#values.length;
    if (id > this.#budget) {
      this.#overflow();
      return 0;
    }
    this.#ids.set(value, id);
    this.#values.push([value]);
    return id;
  }
}

/**
 * Combinations of labels as small integers, for columns that would not fit side by side. When they run short, the
 * combination is looked for again with only the columns in `kept`, so that a tenant's numbers stay with the tenant.
 */
export class TupleSet implements Column {
  readonly bits: number;
  readonly #columns: readonly LabelSet[];
  readonly #ids = new Map<number, number>([[0, 0]]);
  readonly #values: (readonly string[])[];
  readonly #budget: number;
  readonly #kept: readonly boolean[];
  readonly #overflow: () => void;

  constructor(columns: readonly LabelSet[], kept: readonly LabelSet[], budget: number, overflow: () => void) {
    this.bits = bitsFor(budget);
    this.#columns = columns;
    this.#values = [columns.flatMap((column) => column.values(0))];
    this.#budget = budget;
    this.#kept = columns.map((column) => kept.includes(column));
    this.#overflow = overflow;
  }

  /** `ids[i]` belongs to the i-th column; the array is only read. */
  id(ids: readonly number[]): number {
    const found = this.#ids.get(this.#key(ids, false));
    if (found !== undefined) return found;
    // One eighth of the budget is kept for the coarse combinations that stand in when it is spent.
    if (this.#values.length <= this.#budget - (this.#budget >> 3)) return this.#add(ids, false);
    this.#overflow();
    const coarse = this.#ids.get(this.#key(ids, true));
    if (coarse !== undefined) return coarse;
    return this.#values.length <= this.#budget ? this.#add(ids, true) : 0;
  }

  values(id: number): readonly string[] {
    return this.#values[id]!;
  }

  idOf(values: readonly string[], at: number): number {
    return this.id(this.#columns.map((column, i) => column.idOf(values, at + i)));
  }

  #add(ids: readonly number[], isCoarse: boolean): number {
    const id = this.#values.length;
    this.#ids.set(this.#key(ids, isCoarse), id);
    this.#values.push(
      this.#columns.flatMap((column, i) => column.values(isCoarse && !this.#kept[i] ? 0 : (ids[i] ?? 0))),
    );
    return id;
  }

  /** Multiplied, not shifted: six viewer dimensions take more than 32 bits but fewer than 53. */
  #key(ids: readonly number[], isCoarse: boolean): number {
    let key = 0;
    for (let i = 0; i < this.#columns.length; i++) {
      key = key * 2 ** this.#columns[i]!.bits + (isCoarse && !this.#kept[i] ? 0 : (ids[i] ?? 0));
    }
    return key;
  }
}

function bitsFor(budget: number): number {
  return Math.max(1, Math.ceil(Math.log2(budget + 1)));
}

/**
 * Well-formed, because lone surrogates would all be written as U+FFFD and make two series one; short; and a copy of
 * its own, because a slice would keep the line it came from alive.
 */
export function printable(raw: string): string {
  const value = raw.slice(0, MAX_LENGTH).toWellFormed();
  return `\n${value}`.slice(1);
}
