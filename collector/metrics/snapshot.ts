/** One family's series by their label values, which mean the same in every process: interned numbers do not. */
export type FamilySnapshot = {
  readonly name: string;
  /** Label values per series, in the order of the contract's labels. */
  readonly series: readonly (readonly string[])[];
  /** One number per series, or for a histogram its bucket counts and its sum. */
  readonly values: Float64Array;
};

/** All numbers of one metrics instance; structured-cloneable, so a worker can post it. */
export type MetricsSnapshot = readonly FamilySnapshot[];
