import { type AudienceRows, audienceRows } from '../audience-rows.ts';
import { BLIND_RATIO, ratio } from '../measures.ts';
import type { NamedQuery } from '../named-query.ts';

/** The audience numbers of parts `p` in the order every answer has them. */
export function audienceNumbers({ devices }: AudienceRows): string {
  return `
  sum(p.starts) AS starts, sum(p.streams) AS streams, sum(p.consumption_seconds) AS consumption_seconds,
  sum(p.downloads) AS downloads, ${devices} AS devices, sum(p.unknown_starts) AS unknown_starts`;
}
/** A content is shown with its title. */
export function titleOf(group: string): readonly string[] {
  return group === 'content' ? ['title'] : [];
}

/** A text that all parts `p` of a group share. */
export function textColumn(name: string): string {
  return `max(p.${name}) AS ${name}`;
}

export const AUDIENCE_ORDERS = ['starts', 'streams', 'consumption_seconds', 'downloads', 'devices', 'sessions'];
export const SESSIONS = 'sum(p.sessions)';
export const START_FAILURE_RATIO = ratio('sum(p.start_failures)', 'sum(p.attempts)');
export const BLIND_RATIO_OF_PARTS = ratio('sum(p.server_sessions)', SESSIONS);

/** Steps as long as this, or longer, are whole days. */
const DAY_SECONDS = 86_400;

const totals: NamedQuery = {
  name: 'totals',
  answers: 'The audience of the whole time in one row.',
  note: '`unknown_starts` are starts of which nobody can know whether they became streams: they are in no other number.',
  of: 'sessions',
  takes: [],
  needs: [],
  countsAudience: true,
  statement: (plan) => {
    const rows = audienceRows(plan, { during: plan.during, keys: [] });
    return `
    SELECT ${SESSIONS} AS sessions, ${audienceNumbers(rows)}, ${START_FAILURE_RATIO} AS start_failure_ratio,
      ${BLIND_RATIO_OF_PARTS} AS blind_ratio, sum(p.bytes) AS bytes FROM ${rows.from}`;
  },
};

const audience: NamedQuery = {
  name: 'audience',
  answers: 'The audience over time.',
  note: 'Devices of steps do not add up: one device may be in several.',
  of: 'sessions',
  takes: ['interval'],
  needs: [],
  countsAudience: true,
  statement: (plan) => {
    const isByDay = plan.stepSeconds >= DAY_SECONDS;
    const rows = audienceRows(plan, { during: plan.during, keys: [['time', plan.step]], isByDay });
    return `
    SELECT time, ${SESSIONS} AS sessions, ${audienceNumbers(rows)} FROM ${rows.from} GROUP BY 1 ORDER BY 1`;
  },
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
  countsAudience: true,
  statement: (plan) => {
    const rows = audienceRows(plan, { during: plan.during, keys: [[plan.group, plan.groupValue]] });
    return `
    SELECT ${plan.group}, ${SESSIONS} AS sessions, ${audienceNumbers(rows)}
    FROM ${rows.from} GROUP BY 1 ORDER BY ${plan.order} DESC NULLS LAST, 1 LIMIT ${plan.limit}`;
  },
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
  countsAudience: true,
  statement: (plan) => {
    const { group, groupValue, order, limit } = plan;
    const texts = [...titleOf(group), ...(group === 'stream_type' ? [] : ['stream_type'])];
    const rows = audienceRows(plan, { during: plan.during, keys: [[group, groupValue]], texts, hasMedian: true });
    return `
    SELECT ${[group, ...texts.map(textColumn)].join(', ')}, ${SESSIONS} AS sessions, ${audienceNumbers(rows)},
      starts / nullIf(sum(sum(p.starts)) OVER (), 0) AS starts_ratio,
      quantileTDigestMerge(0.5)(p.consumptions) AS median_consumption_seconds
    FROM ${rows.from} GROUP BY 1 ORDER BY ${order} DESC NULLS LAST, 1 LIMIT ${limit}`;
  },
};

const trends: NamedQuery = {
  name: 'trends',
  answers: 'What rises and what falls: starts now, and in the time before of the same length.',
  note: 'Ordered by how much it changed, in starts.',
  of: 'sessions',
  takes: ['group', 'limit'],
  needs: [],
  group: 'content',
  countsAudience: true,
  statement: (plan) => {
    const { group, groupValue, limit } = plan;
    const isNow = `s.started_at >= ${plan.during.begin}`;
    const texts = titleOf(group);
    const keys = [
      [group, groupValue],
      ['isNow', isNow],
    ] as const;
    const rows = audienceRows(plan, { during: plan.duringTwice, keys, texts });
    return `
    SELECT ${[group, ...texts.map(textColumn)].join(', ')}, sumIf(p.starts, isNow) AS starts, sumIf(p.starts, NOT isNow) AS starts_before,
      toInt64(starts) - toInt64(starts_before) AS change, ${ratio('change', 'starts_before')} AS change_ratio
    FROM ${rows.from} GROUP BY 1 HAVING starts + starts_before > 0 ORDER BY abs(change) DESC, 1 LIMIT ${limit}`;
  },
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
