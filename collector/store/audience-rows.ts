import {
  CONSUMPTION_PARTS,
  type DeviceCount,
  deviceParts,
  type Grain,
  grainFor,
  SUMMED_PARTS,
} from './audience-parts.ts';
import { type During, dayAfter, midnight } from './calendar.ts';
import { CATALOGUE_TEXTS, withCatalogue } from './catalogue-table.ts';
import type { ClosedDays } from './day-sums.ts';
import type { QueryPlan } from './named-query.ts';

export type AudienceRowsOptions = {
  readonly during: During;
  /** What to group by: names, and values in a row `s`. */
  readonly keys: readonly (readonly [name: string, value: string])[];
  /** Columns of `s` that say more of a group. */
  readonly texts?: readonly string[];
  /** Whether the middle of all consumptions is asked for. */
  readonly hasMedian?: boolean;
  /** False when steps are shorter than a day. */
  readonly isByDay?: boolean;
};

/** Rows `p` of parts, to be grouped by the keys once more, and how their devices are merged. */
export type AudienceRows = { readonly from: string; readonly devices: string };

/** Fewer closed days than this are read as sessions: that is quick, and counts devices one by one. */
const LEAST_DAYS = 3;

/**
 * The parts of the audience in a stretch of time: of closed days from their sums where those know all that is asked, of
 * the rest from sessions.
 */
export function audienceRows(plan: QueryPlan, asked: AudienceRowsOptions): AudienceRows {
  const { during, isByDay = true } = asked;
  const groups = asked.keys.some(([name]) => name === plan.group) ? [plan.group] : [];
  const isByContent = groups.some(isOfContent);
  const options = isByContent ? byContent(asked, plan.group) : asked;
  const named = (parts: string) =>
    isByContent ? `(${withCatalogue(plan.database, parts, 'content')}) AS p` : `(${parts}) AS p`;
  const grain = isByDay ? grainFor(groups, plan.filtered) : undefined;
  const days = grain && plan.closedDays ? closedWithin(plan.closedDays, during) : [];
  if (grain === undefined || plan.closedDays === null || days.length < LEAST_DAYS) {
    const time = `s.started_at >= ${during.begin} AND s.started_at < ${during.end}`;
    return { from: named(sessionParts(plan, options, time, 'uniqExactIf')), devices: merged('uniqExactIf') };
  }
  const open = openStretches(during, days);
  const parts = [dayParts(plan, options, grain, plan.closedDays, days)];
  if (open.length > 0) parts.unshift(sessionParts(plan, options, `(${open.join(' OR ')})`, 'uniqCombined64If'));
  return { from: named(parts.join(' UNION ALL ')), devices: merged('uniqCombined64If') };
}

/** A dimension that the content decides, so that a content is looked up in the catalogue once, not for every session. */
function isOfContent(group: string): boolean {
  return group === 'content' || group === 'title' || (CATALOGUE_TEXTS as readonly string[]).includes(group);
}

/** The contents of a tenant each by itself, with their titles; grouped as was asked when they are looked up. */
function byContent(asked: AudienceRowsOptions, group: string): AudienceRowsOptions {
  const others = asked.keys.filter(([name]) => name !== group);
  const texts = ['title', ...(asked.texts ?? []).filter((name) => name !== 'title')];
  return { ...asked, keys: [['tenant', 's.tenant'], ['content', 's.content_id'], ...others], texts };
}

function merged(count: DeviceCount): string {
  return `${count}Merge(p.devices)`;
}

function sessionParts(plan: QueryPlan, options: AudienceRowsOptions, time: string, count: DeviceCount): string {
  const { keys, texts = [], hasMedian = false } = options;
  const columns = [
    ...keys.map(([name, value]) => `${value} AS ${name}`),
    ...texts.map((name) => `max(s.${name}) AS ${name}`),
    ...Object.entries(SUMMED_PARTS).map(([name, part]) => `${part} AS ${name}`),
    `${deviceParts(count)} AS devices`,
    ...(hasMedian ? [`${CONSUMPTION_PARTS} AS consumptions`] : []),
  ];
  return `SELECT ${columns.join(', ')} FROM ${plan.from(`${plan.database}.sessions AS s FINAL`, time)}${groupedBy(keys)}`;
}

function dayParts(
  { database, from }: QueryPlan,
  { keys, texts = [], hasMedian = false }: AudienceRowsOptions,
  grain: Grain,
  { unit, versions }: ClosedDays,
  days: readonly string[],
): string {
  const columns = [
    ...keys.map(([name, value]) => `${value} AS ${name}`),
    ...texts.map((name) => `max(s.${name}) AS ${name}`),
    ...Object.keys(SUMMED_PARTS).map((name) => `sum(s.${name}) AS ${name}`),
    'uniqCombined64IfMergeState(s.devices) AS devices',
    ...(hasMedian ? ['quantileTDigestMergeState(0.5)(s.consumptions) AS consumptions'] : []),
  ];
  const wanted = days.map((day) => `('${day}', ${versions.get(day)})`).join(', ');
  const rows = `(
    SELECT *, toDateTime64(toDateTime(day, {timeZone:String}), 3, 'UTC') AS started_at FROM ${database}.days
    WHERE unit = ${quoted(unit)} AND grain = '${grain.name}' AND (day, version) IN (${wanted})) AS s`;
  return `SELECT ${columns.join(', ')} FROM ${from(rows)}${groupedBy(keys)}`;
}

function groupedBy(keys: AudienceRowsOptions['keys']): string {
  return keys.length > 0 ? ` GROUP BY ${keys.map((_, index) => index + 1).join(', ')}` : '';
}

function closedWithin({ versions }: ClosedDays, { firstDay, endDay, splitDay }: During): readonly string[] {
  const within = [...versions.keys()].filter((day) => day >= firstDay && day < endDay && day !== splitDay);
  return within.toSorted();
}

/** The time before, between and after closed days, as conditions. */
function openStretches({ begin, end, firstDay, endDay }: During, days: readonly string[]): readonly string[] {
  const open: string[] = [];
  let from = begin;
  let nextDay = firstDay;
  for (const day of days) {
    if (day !== nextDay || (day === firstDay && begin !== midnight(day))) open.push(stretch(from, midnight(day)));
    nextDay = dayAfter(day);
    from = midnight(nextDay);
  }
  if (nextDay !== endDay || end !== midnight(endDay)) open.push(stretch(from, end));
  return open;
}

function stretch(begin: string, end: string): string {
  return `(s.started_at >= ${begin} AND s.started_at < ${end})`;
}

/** Of names from the configuration. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
