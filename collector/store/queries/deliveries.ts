import { ratio } from '../measures.ts';
import type { NamedQuery } from '../named-query.ts';

const OFF = 'Of the unified log, which is empty unless `store.deliveries.enabled` is set.';
const LISTED = `
  at, tenant, tier, server, pop, method, scheme, host, path, query, object_type, status, error_type, is_complete,
  cache_status, ttfb_seconds, request_seconds, upstream_ttfb_seconds, upstream_status, body_bytes, wire_bytes, joined_by,
  country, asn, network, device_class, software, request_id, source, trace_id`;

/** A line of a sampled log stands for several. */
const REQUESTS = 'toUInt64(round(sum(s.weight)))';
const ERRORS = 'toUInt64(round(sumIf(s.weight, s.status >= 500)))';
const BODY_BYTES = 'toUInt64(round(sum(s.weight * ifNull(s.body_bytes, s.wire_bytes))))';
const HITS = ratio(
  "sumIf(s.weight, s.cache_status IN ('hit', 'hit_upper', 'stale_hit', 'revalidated', 'partial_hit'))",
  "sumIf(s.weight, s.cache_status IN ('hit', 'hit_upper', 'stale_hit', 'revalidated', 'partial_hit', 'miss'))",
);
const FIRST_BYTES = 'quantilesTDigest(0.5, 0.95)(s.ttfb_seconds)';

const deliveries: NamedQuery = {
  name: 'deliveries',
  answers: 'Log lines of every server in one form, newest first: the unified log.',
  note: `${OFF} As CSV it is a customer’s own log.`,
  of: 'deliveries',
  takes: ['limit'],
  needs: [],
  statement: ({ rows, limit }) => `SELECT ${LISTED} FROM ${rows} ORDER BY at DESC, uid LIMIT ${limit}`,
};

const sessionRequests: NamedQuery = {
  name: 'session_requests',
  answers: 'Every log line of one session, in order.',
  note: `${OFF} Found by its index, whatever time is asked for.`,
  of: 'deliveries',
  takes: ['id', 'limit'],
  needs: ['id'],
  statement: ({ database, from, limit }) => `
    SELECT ${LISTED} FROM ${from(`${database}.deliveries AS s FINAL`)} AND trace_id IN (
      SELECT lower({id:String}) UNION ALL
      SELECT trace_id FROM ${database}.sessions WHERE session_id = {id:String})
    ORDER BY at, uid LIMIT ${limit}`,
};

const deliveriesBy: NamedQuery = {
  name: 'deliveries_by',
  answers:
    'Requests, errors, bytes, cache hits and first bytes by a dimension: traffic per customer, host, PoP and so on.',
  note: `${OFF} Every tier has its own lines: filter by \`tier=edge\` for what viewers got.`,
  of: 'deliveries',
  takes: ['group', 'order', 'limit'],
  needs: [],
  group: 'tenant',
  orders: ['body_bytes', 'requests', 'errors'],
  statement: ({ rows, group, groupValue, order, limit }) => `
    SELECT ${group}, requests, errors, error_ratio, body_bytes, hit_ratio, first_bytes[1] AS ttfb_median_seconds,
      first_bytes[2] AS ttfb_95_seconds
    FROM (SELECT ${groupValue} AS ${group}, ${REQUESTS} AS requests, ${ERRORS} AS errors,
      ${ratio(ERRORS, REQUESTS)} AS error_ratio, ${BODY_BYTES} AS body_bytes, ${HITS} AS hit_ratio,
      ${FIRST_BYTES} AS first_bytes FROM ${rows} GROUP BY 1)
    ORDER BY ${order} DESC NULLS LAST, 1 LIMIT ${limit}`,
};

const deliveryHistory: NamedQuery = {
  name: 'delivery_history',
  answers: 'Requests and bytes over time by a dimension: statuses of a host, traffic of a customer.',
  note: `${OFF} One row per step and value.`,
  of: 'deliveries',
  takes: ['group', 'interval'],
  needs: [],
  group: 'status',
  statement: ({ rows, group, groupValue, step }) => `
    SELECT ${step} AS time, ${groupValue} AS ${group}, ${REQUESTS} AS requests, ${BODY_BYTES} AS body_bytes
    FROM ${rows} GROUP BY 1, 2 ORDER BY 1, 2`,
};

export const DELIVERY_QUERIES: readonly NamedQuery[] = [deliveries, sessionRequests, deliveriesBy, deliveryHistory];
