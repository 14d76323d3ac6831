import type { NamedQuery } from '../named-query.ts';
import { AUDIENCE_QUERIES } from './audience.ts';
import { DELIVERY_QUERIES } from './deliveries.ts';
import { LIVE_QUERIES } from './live.ts';
import { QUALITY_QUERIES } from './quality.ts';
import { REPORT_QUERIES } from './reports.ts';
import { RETENTION_QUERIES } from './retention.ts';
import { SESSION_QUERIES } from './sessions.ts';

/** Every named query. Adding one is an entry of one of these lists; docs/queries.md and the data source follow. */
export const QUERIES: ReadonlyMap<string, NamedQuery> = new Map(
  [
    ...SESSION_QUERIES,
    ...AUDIENCE_QUERIES,
    ...QUALITY_QUERIES,
    ...LIVE_QUERIES,
    ...RETENTION_QUERIES,
    ...DELIVERY_QUERIES,
    ...REPORT_QUERIES,
  ].map((query) => [query.name, query]),
);
