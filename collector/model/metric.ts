import type { UnixMs } from './time.ts';

export type MetricType = 'counter' | 'gauge' | 'histogram';

/** The last trace that touched a series: the way from a number on a dashboard to one session. */
export type Exemplar = { readonly traceId: string; readonly value: number; readonly atMs: UnixMs };

/** Label names and values; `le` of a histogram bucket is a number or `+Inf`. */
export type SeriesLabels = Readonly<Record<string, string | number>>;

/**
 * One metric with all its series, as an exporter reads it at scrape time.
 * `labels` is the same object for the same series at every visit, so an exporter may cache the text it renders.
 */
export type MetricFamily = {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  visit(sample: SampleVisitor): void;
};

/** `suffix` is '', or `_bucket`, `_sum` and `_count` of a histogram, in the order the text formats want. */
export type SampleVisitor = (suffix: string, labels: SeriesLabels, value: number, exemplar: Exemplar | null) => void;
