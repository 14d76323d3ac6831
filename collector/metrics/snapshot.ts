import type { Exemplar } from '../model/metric.ts';

/** One family's series by their label values, which mean the same in every process: interned numbers do not. */
export type FamilySnapshot = {
  readonly name: string;
  readonly series: readonly SeriesSnapshot[];
};

export type SeriesSnapshot = {
  /** In the order of the contract's labels. */
  readonly labels: readonly string[];
  /** One number, or for a histogram its bucket counts (not cumulative) and its sum. */
  readonly values: readonly number[];
  readonly exemplar: Exemplar | null;
};

/** All numbers of one metrics instance; structured-cloneable, so a worker can post it. */
export type MetricsSnapshot = readonly FamilySnapshot[];
