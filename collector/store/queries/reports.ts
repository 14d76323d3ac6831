import { type AudienceRows, type AudienceRowsOptions, audienceRows } from '../audience-rows.ts';
import { duringDays, firstDayOf, midnight } from '../calendar.ts';
import { ratio } from '../measures.ts';
import type { NamedQuery, QueryPlan } from '../named-query.ts';
import {
  AUDIENCE_ORDERS,
  audienceNumbers,
  BLIND_RATIO_OF_PARTS,
  SESSIONS,
  START_FAILURE_RATIO,
  textColumn,
  titleOf,
} from './audience.ts';

type Key = AudienceRowsOptions['keys'][number];

/** The period and the one before, and which of them a row is in. */
function bothPeriods(plan: QueryPlan, keys: readonly Key[], texts: readonly string[] = []): AudienceRows {
  const { period, date } = plan;
  const during = duringDays(firstDayOf(period, date, -1), firstDayOf(period, date, 1));
  const isNow: Key = ['isNow', `s.started_at >= ${midnight(firstDayOf(period, date))}`];
  return audienceRows(plan, { during, keys: [isNow, ...keys], texts });
}

const NUMBERS = ['sessions', 'starts', 'streams', 'consumption_seconds', 'downloads', 'devices', 'unknown_starts'];
const REBUFFER_RATIO = ratio('sum(p.waiting_seconds)', 'sum(p.playing_seconds) + sum(p.waiting_seconds)');
const RATIOS = ['start_failure_ratio', 'rebuffer_ratio', 'blind_ratio'];

const report: NamedQuery = {
  name: 'report',
  answers: 'A day, a week from Monday or a month, beside the one before.',
  note: 'Devices are counted once per period, by keys whose salt rotates (daily unless `privacy.rotate` says otherwise): over several days a device that comes back is counted again, unless the site sends viewer ids.',
  of: 'sessions',
  takes: ['period', 'date'],
  needs: ['period'],
  countsAudience: true,
  statement: (plan) => {
    const rows = bothPeriods(plan, []);
    return `
    WITH measured AS (
      SELECT isNow, ${SESSIONS} AS sessions, ${audienceNumbers(rows)}, ${START_FAILURE_RATIO} AS start_failure_ratio,
        ${REBUFFER_RATIO} AS rebuffer_ratio, ${BLIND_RATIO_OF_PARTS} AS blind_ratio
      FROM ${rows.from} GROUP BY isNow)
    SELECT metric, anyIf(m.number, isNow) AS value, anyIf(m.number, NOT isNow) AS value_before,
      ${ratio('value - value_before', 'value_before')} AS change_ratio
    FROM (SELECT isNow, pair.1 AS metric, pair.2 AS number, pair.3 AS place FROM measured
      ARRAY JOIN [${[...NUMBERS, ...RATIOS].map((name, place) => `('${name}', toFloat64OrNull(toString(${name})), ${place})`).join(', ')}] AS pair) AS m
    GROUP BY metric ORDER BY any(place)`;
  },
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
  countsAudience: true,
  statement: (plan) => {
    const texts = titleOf(plan.group);
    const rows = bothPeriods(plan, [[plan.group, plan.groupValue]], texts);
    const columns = [plan.group, ...texts.map((name) => `max(r.${name}) AS ${name}`)].join(', ');
    const inner = [plan.group, ...texts.map(textColumn)].join(', ');
    return `
    SELECT ${columns}, anyIf(r.starts, isNow) AS starts, anyIf(r.starts, NOT isNow) AS starts_before,
      ${ratio('toInt64(starts) - toInt64(starts_before)', 'starts_before')} AS change_ratio, anyIf(r.streams, isNow) AS streams,
      anyIf(r.consumption_seconds, isNow) AS consumption_seconds, anyIf(r.downloads, isNow) AS downloads,
      anyIf(r.devices, isNow) AS devices
    FROM (SELECT isNow, ${inner}, ${audienceNumbers(rows)} FROM ${rows.from} GROUP BY isNow, ${plan.group}) AS r
    GROUP BY 1 ORDER BY ${plan.order} DESC NULLS LAST, 1 LIMIT ${plan.limit}`;
  },
};

const reportSteps: NamedQuery = {
  name: 'report_steps',
  answers: 'The same period hour by hour (a day) or day by day (a week or month).',
  note: '',
  of: 'sessions',
  takes: ['period', 'date'],
  needs: ['period'],
  countsAudience: true,
  statement: (plan) => {
    const { period, date } = plan;
    const step = period === 'day' ? 'toStartOfHour' : 'toStartOfDay';
    const rows = audienceRows(plan, {
      during: duringDays(firstDayOf(period, date), firstDayOf(period, date, 1)),
      keys: [['time', `${step}(s.started_at, {timeZone:String})`]],
      isByDay: period !== 'day',
    });
    return `
    SELECT time, ${SESSIONS} AS sessions, ${audienceNumbers(rows)} FROM ${rows.from} GROUP BY 1 ORDER BY 1`;
  },
};

export const REPORT_QUERIES: readonly NamedQuery[] = [report, reportBy, reportSteps];
