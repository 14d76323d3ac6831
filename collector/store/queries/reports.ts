import { groupColumns } from '../dimensions.ts';
import { ATTEMPTS, BLIND_RATIO, REBUFFER_RATIO, ratio, START_FAILURES } from '../measures.ts';
import type { NamedQuery, QueryPlan } from '../named-query.ts';
import { AUDIENCE, AUDIENCE_ORDERS } from './audience.ts';

const STARTS_OF: Readonly<Record<QueryPlan['period'], string>> = {
  day: '{date:Date}',
  week: 'toStartOfWeek({date:Date}, 1)',
  month: 'toStartOfMonth({date:Date})',
};

/** Begin of the period, `offset` periods later, as a moment in the report's time zone. */
function boundary(period: QueryPlan['period'], offset: number): string {
  return `toDateTime(${STARTS_OF[period]} + INTERVAL ${offset} ${period.toUpperCase()}, {timeZone:String})`;
}

/** Sessions of the period and of the one before, with which of them they are in. */
function rows({ filters, period }: QueryPlan): string {
  return `(SELECT s.*, started_at >= ${boundary(period, 0)} AS isNow FROM ${filters}
    AND started_at >= ${boundary(period, -1)} AND started_at < ${boundary(period, 1)}) AS s`;
}

const NUMBERS = ['sessions', 'starts', 'streams', 'consumption_seconds', 'downloads', 'devices', 'unknown_starts'];
const RATIOS = ['start_failure_ratio', 'rebuffer_ratio', 'blind_ratio'];

const report: NamedQuery = {
  name: 'report',
  answers: 'A day, a week from Monday or a month, beside the one before.',
  note: 'Devices are counted once per period, by keys whose salt rotates (daily unless `privacy.rotate` says otherwise): over several days a device that comes back is counted again, unless the site sends viewer ids.',
  of: 'sessions',
  takes: ['period', 'date'],
  needs: ['period'],
  statement: (plan) => `
    WITH measured AS (
      SELECT isNow, count() AS sessions, ${AUDIENCE}, ${ratio(START_FAILURES, ATTEMPTS)} AS start_failure_ratio,
        ${REBUFFER_RATIO} AS rebuffer_ratio, ${BLIND_RATIO} AS blind_ratio
      FROM ${rows(plan)} GROUP BY isNow)
    SELECT metric, anyIf(m.number, isNow) AS value, anyIf(m.number, NOT isNow) AS value_before,
      ${ratio('value - value_before', 'value_before')} AS change_ratio
    FROM (SELECT isNow, pair.1 AS metric, pair.2 AS number, pair.3 AS place FROM measured
      ARRAY JOIN [${[...NUMBERS, ...RATIOS].map((name, place) => `('${name}', toFloat64OrNull(toString(${name})), ${place})`).join(', ')}] AS pair) AS m
    GROUP BY metric ORDER BY any(place)`,
};

const reportBy: NamedQuery = {
  name: 'report_by',
  answers: 'The same period by a dimension: contents, countries, devices and so on, beside the period before.',
  note: '',
  of: 'sessions',
  takes: ['period', 'date', 'group', 'order', 'limit'],
  needs: ['period'],
  group: 'content',
  orders: AUDIENCE_ORDERS.filter((name) => name !== 'sessions'),
  statement: (plan) => `
    SELECT ${plan.group},${plan.group === 'content' ? ' max(r.title) AS title,' : ''} anyIf(r.starts, isNow) AS starts, anyIf(r.starts, NOT isNow) AS starts_before,
      ${ratio('toInt64(starts) - toInt64(starts_before)', 'starts_before')} AS change_ratio, anyIf(r.streams, isNow) AS streams,
      anyIf(r.consumption_seconds, isNow) AS consumption_seconds, anyIf(r.downloads, isNow) AS downloads,
      anyIf(r.devices, isNow) AS devices
    FROM (SELECT isNow, ${groupColumns(plan)}, ${AUDIENCE} FROM ${rows(plan)} GROUP BY isNow, ${plan.group}) AS r
    GROUP BY 1 ORDER BY ${plan.order} DESC NULLS LAST, 1 LIMIT ${plan.limit}`,
};

const reportSteps: NamedQuery = {
  name: 'report_steps',
  answers: 'The same period hour by hour (a day) or day by day (a week or month).',
  note: '',
  of: 'sessions',
  takes: ['period', 'date'],
  needs: ['period'],
  statement: (plan) => {
    const step = plan.period === 'day' ? 'toStartOfHour' : 'toStartOfDay';
    return `
    SELECT ${step}(started_at, {timeZone:String}) AS time, count() AS sessions, ${AUDIENCE}
    FROM ${rows(plan)} WHERE isNow GROUP BY 1 ORDER BY 1`;
  },
};

export const REPORT_QUERIES: readonly NamedQuery[] = [report, reportBy, reportSteps];
