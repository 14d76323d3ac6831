import { groupColumns } from '../dimensions.ts';
import {
  ATTEMPTS,
  BLIND_RATIO,
  CONSUMPTION,
  DEVICES,
  DOWNLOADS,
  ratio,
  START_FAILURES,
  STARTS,
  STREAMS,
  UNKNOWN_STARTS,
} from '../measures.ts';
import type { NamedQuery } from '../named-query.ts';

/** The audience numbers in the order every answer has them. */
export const AUDIENCE = `
  ${STARTS} AS starts, ${STREAMS} AS streams, ${CONSUMPTION} AS consumption_seconds, ${DOWNLOADS} AS downloads,
  ${DEVICES} AS devices, ${UNKNOWN_STARTS} AS unknown_starts`;
export const AUDIENCE_ORDERS = ['starts', 'streams', 'consumption_seconds', 'downloads', 'devices', 'sessions'];

const totals: NamedQuery = {
  name: 'totals',
  answers: 'The audience of the whole time in one row.',
  note: '`unknown_starts` are starts of which nobody can know whether they became streams: they are in no other number.',
  of: 'sessions',
  takes: [],
  needs: [],
  statement: ({ rows }) => `
    SELECT count() AS sessions, ${AUDIENCE}, ${ratio(START_FAILURES, ATTEMPTS)} AS start_failure_ratio,
      ${BLIND_RATIO} AS blind_ratio, sum(s.bytes) AS bytes FROM ${rows}`,
};

const audience: NamedQuery = {
  name: 'audience',
  answers: 'The audience over time.',
  note: 'Devices of steps do not add up: one device may be in several.',
  of: 'sessions',
  takes: ['interval'],
  needs: [],
  statement: ({ rows, step }) =>
    `SELECT ${step} AS time, count() AS sessions, ${AUDIENCE} FROM ${rows} GROUP BY 1 ORDER BY 1`,
};

const audienceBy: NamedQuery = {
  name: 'audience_by',
  answers: 'The audience by a dimension: country, device, software, property, platform class and so on.',
  note: 'A session with several values (PoPs, kinds of incident) counts under each.',
  of: 'sessions',
  takes: ['group', 'order', 'limit'],
  needs: [],
  group: 'country',
  orders: AUDIENCE_ORDERS,
  statement: ({ rows, group, groupValue, order, limit }) => `
    SELECT ${groupValue} AS ${group}, count() AS sessions, ${AUDIENCE}
    FROM ${rows} GROUP BY 1 ORDER BY ${order} DESC NULLS LAST, 1 LIMIT ${limit}`,
};

const popularity: NamedQuery = {
  name: 'popularity',
  answers: 'What is watched most, with its share of all and how long the middle viewer stayed.',
  note: '',
  of: 'sessions',
  takes: ['group', 'order', 'limit'],
  needs: [],
  group: 'content',
  orders: AUDIENCE_ORDERS,
  statement: ({ rows, group, groupValue, order, limit }) => `
    SELECT ${groupColumns({ group, groupValue })}, any(s.stream_type) AS stream_type, count() AS sessions, ${AUDIENCE},
      starts / nullIf(sum(sum(s.starts)) OVER (), 0) AS starts_ratio,
      quantileTDigest(0.5)(s.consumption_seconds) AS median_consumption_seconds
    FROM ${rows} GROUP BY 1 ORDER BY ${order} DESC NULLS LAST, 1 LIMIT ${limit}`,
};

const trends: NamedQuery = {
  name: 'trends',
  answers: 'What rises and what falls: starts now, and in the time before of the same length.',
  note: 'Ordered by how much it changed, in starts.',
  of: 'sessions',
  takes: ['group', 'limit'],
  needs: [],
  group: 'content',
  statement: ({ filters, group, groupValue, limit }) => `
    SELECT ${groupColumns({ group, groupValue })}, sumIf(s.starts, isNow) AS starts, sumIf(s.starts, NOT isNow) AS starts_before,
      toInt64(starts) - toInt64(starts_before) AS change, ${ratio('change', 'starts_before')} AS change_ratio
    FROM (SELECT s.*, started_at >= fromUnixTimestamp64Milli({from:Int64}) AS isNow FROM ${filters}
      AND started_at >= fromUnixTimestamp64Milli({from:Int64} - ({to:Int64} - {from:Int64}))
      AND started_at < fromUnixTimestamp64Milli({to:Int64})) AS s
    GROUP BY 1 HAVING starts + starts_before > 0 ORDER BY abs(change) DESC, 1 LIMIT ${limit}`,
};

const excluded: NamedQuery = {
  name: 'excluded',
  answers: 'What the audience rules leave out, and why.',
  note: 'Sessions of which at least a part was left out, by the last reason.',
  of: 'sessions',
  takes: [],
  needs: [],
  statement: ({ rows }) => `
    SELECT excluded AS reason, platform_class, count() AS sessions FROM ${rows} AND excluded != ''
    GROUP BY 1, 2 ORDER BY sessions DESC`,
};

const blind: NamedQuery = {
  name: 'blind',
  answers: 'The share of sessions that players never report, over time.',
  note: 'Blocked scripts, old apps and foreign players: what only logs tell.',
  of: 'sessions',
  takes: ['interval'],
  needs: [],
  statement: ({ rows, step }) => `
    SELECT ${step} AS time, count() AS sessions, countIf(visibility = 'server') AS server_only, ${BLIND_RATIO} AS blind_ratio
    FROM ${rows} AND NOT is_bot GROUP BY 1 ORDER BY 1`,
};

export const AUDIENCE_QUERIES: readonly NamedQuery[] = [
  totals,
  audience,
  audienceBy,
  popularity,
  trends,
  excluded,
  blind,
];
