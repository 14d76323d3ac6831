import { ATTEMPTS, BITRATE, FAILURES, REBUFFER_RATIO, ratio, START_FAILURES, STARTUPS } from '../measures.ts';
import type { NamedQuery } from '../named-query.ts';

const QUALITY = `
  count() AS sessions, ${ratio(START_FAILURES, ATTEMPTS)} AS start_failure_ratio, ${FAILURES} AS failed,
  ${REBUFFER_RATIO} AS rebuffer_ratio, ${BITRATE} AS average_bits_per_second, ${STARTUPS} AS startups,
  startups[1] AS startup_median_seconds, startups[2] AS startup_90_seconds, startups[3] AS startup_95_seconds,
  startups[4] AS startup_99_seconds, sum(s.stalls) AS stalls, sum(s.playing_seconds) AS playing_seconds`;

/** Everything but the array the quantiles come in. */
const COLUMNS = `sessions, start_failure_ratio, failed, rebuffer_ratio, average_bits_per_second,
  startup_median_seconds, startup_90_seconds, startup_95_seconds, startup_99_seconds, stalls, playing_seconds`;

const quality: NamedQuery = {
  name: 'quality',
  answers: 'Startup time, stalls, failures and bitrate over time.',
  note: 'Ratios are of sums, never means of means; a session counts in the step it started in.',
  of: 'sessions',
  takes: ['interval'],
  needs: [],
  statement: ({ rows, step }) => `
    SELECT time, ${COLUMNS} FROM (SELECT ${step} AS time, ${QUALITY} FROM ${rows} GROUP BY 1) ORDER BY time`,
};

const qualityBy: NamedQuery = {
  name: 'quality_by',
  answers: 'Startup time, stalls, failures and bitrate by a dimension.',
  note: '',
  of: 'sessions',
  takes: ['group', 'order', 'limit'],
  needs: [],
  group: 'cdn',
  orders: ['sessions', 'startup_95_seconds', 'rebuffer_ratio', 'start_failure_ratio', 'failed'],
  statement: ({ rows, group, groupValue, order, limit }) => `
    SELECT ${group}, ${COLUMNS}
    FROM (SELECT ${groupValue} AS ${group}, ${QUALITY} FROM ${rows} GROUP BY 1)
    ORDER BY ${order} DESC NULLS LAST, 1 LIMIT ${limit}`,
};

const traffic: NamedQuery = {
  name: 'traffic',
  answers: 'Requests, errors and bytes by a dimension: what a customer or a CDN delivered.',
  note: 'Of sessions only: lines without a session are in the Prometheus counters.',
  of: 'sessions',
  takes: ['group', 'limit'],
  needs: [],
  group: 'tenant',
  statement: ({ rows, group, groupValue, limit }) => `
    SELECT ${groupValue} AS ${group}, count() AS sessions, sum(s.requests) AS requests,
      sum(s.request_errors) AS request_errors, sum(s.bytes) AS bytes
    FROM ${rows} GROUP BY 1 ORDER BY bytes DESC, 1 LIMIT ${limit}`,
};

export const QUALITY_QUERIES: readonly NamedQuery[] = [quality, qualityBy, traffic];
