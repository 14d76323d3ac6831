import { type DataQuery } from '@grafana/schema';

/** Filters of one dimension: values, or a variable that holds them. */
export type PlaypathFilter = { readonly dimension: string; readonly values: string };

/** One question; the collector's docs/queries.md says what there is. */
export interface PlaypathQuery extends DataQuery {
  readonly name: string;
  /** Options of the query: group, interval, limit, order, search, id, content, period, date. */
  readonly options?: Readonly<Record<string, string>>;
  readonly filters?: readonly PlaypathFilter[];
}

/** What the collector says can be asked. */
export type PlaypathCatalogue = {
  /** `of`: whose queries can be grouped and filtered by it. */
  readonly dimensions: ReadonlyArray<{ readonly of: string; readonly name: string; readonly title: string }>;
  readonly queries: readonly PlaypathQueryInfo[];
};

export type PlaypathQueryInfo = {
  readonly name: string;
  readonly answers: string;
  readonly note: string;
  /** Table that it reads. */
  readonly of: string;
  readonly takes: readonly string[];
  readonly needs: readonly string[];
  readonly group: string;
  readonly orders: readonly string[];
};
