import type { Exemplar } from '../model/metric.ts';

/**
 * One family's series by their label values, which mean the same in every process: interned numbers do not. Flat, because
 * it is written to disk with every scrape.
 */
export type FamilySnapshot = {
  readonly name: string;
  /** Series after series, each in the order of the contract's labels. */
  readonly labels: readonly string[];
  /** Series after series: one number, or for a histogram its bucket counts (not cumulative) and its sum. */
  readonly values: Float64Array;
  readonly exemplars: readonly (readonly [series: number, exemplar: Exemplar])[];
};

/** All numbers of one metrics instance; structured-cloneable, so a worker can post it. */
export type MetricsSnapshot = readonly FamilySnapshot[];
