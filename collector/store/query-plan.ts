import { ALL_TENANTS } from '../model/grant.ts';
import type { UnixMs } from '../model/time.ts';
import { dayAfter, dayAt, duringTime, firstDayOf, isDay, isPeriod, isTimeZone, type Period } from './calendar.ts';
import { catalogueFilter, titleFilter, withCatalogue } from './catalogue-table.ts';
import { type Dimension, dimensionOf, filterOf, TABLES, type TableName } from './dimensions.ts';
import type { NamedQuery, QueryPlan } from './named-query.ts';
import { STEPS, type StepName, stepFor, type TimeRange, timeRange } from './query-time.ts';

/** What a plan needs to know besides the parameters. */
export type PlanContext = {
  readonly database: string;
  /** Whose data may be read: one tenant, or `*`. */
  readonly tenant: string;
  readonly nowMs: UnixMs;
  /** Rows of an answer at most. */
  readonly maxRows: number;
  readonly timeZoneOf: (tenant: string) => string;
};

export type Planned = { readonly plan: QueryPlan } | Problem;
/** What is wrong, for a person. */
type Problem = { readonly problem: string };
type Choices = Pick<QueryPlan, 'group' | 'groupValue' | 'step' | 'stepSeconds' | 'order' | 'limit' | 'period'>;
type Filters = {
  readonly names: readonly string[];
  readonly conditions: readonly string[];
  readonly values: Readonly<Record<string, string | readonly string[]>>;
};

const FROM_TWICE = 'fromUnixTimestamp64Milli({from:Int64} - ({to:Int64} - {from:Int64}))';
const DAY_MS = 86_400_000;
const ANSWER_PARAMETERS = ['from', 'to', 'format', 'timeZone'];
const MAX_VALUES = 100;
const MAX_TEXT = 300;
const DEFAULT_LIMIT = 100;

/** Turns the parameters of a request into what a named query needs; what does not fit is a sentence for a person. */
export function planQuery(query: NamedQuery, parameters: URLSearchParams, context: PlanContext): Planned {
  const unknown = [...parameters.keys()].find((name) => !isKnown(query, name));
  if (unknown !== undefined) return { problem: `${query.name} has no parameter ${shown(unknown)}` };
  const missing = query.needs.find((name) => (parameters.get(name) ?? '') === '');
  if (missing !== undefined) return { problem: `${query.name} needs the parameter ${missing}` };
  const long = [...parameters].find(([, value]) => value.length > MAX_TEXT);
  if (long) return { problem: `${long[0]} is longer than ${MAX_TEXT} characters` };

  const time = timeRange(parameters.get('from') ?? '', parameters.get('to') ?? '', context.nowMs);
  if ('problem' in time) return time;
  const choices = choicesOf(query, parameters, context, time);
  if ('problem' in choices) return choices;
  const filters = filtersOf(query.of, parameters, context);
  if ('problem' in filters) return filters;
  const timeZone = zoneOf(parameters, context);
  if (!isTimeZone(timeZone)) return { problem: `timeZone is no IANA time zone: ${shown(timeZone)}` };
  const date = parameters.get('date') || lastDay(choices.period, timeZone, context.nowMs);
  if (!isDay(date)) return { problem: `date is no day such as 2026-11-21: ${shown(date)}` };
  const search = parameters.get('search') ?? '';
  const { database } = context;
  const conditions = filters.conditions.join(' AND ');
  // Of the audience contents are grouped first, and what they are is looked up once for each.
  const needsCatalogue = !query.countsAudience && dimensionOf(query.of, choices.group)?.isCatalogued === true;
  const from: QueryPlan['from'] = (rows, condition = '1') => {
    const own = `${rows} WHERE ${conditions} AND ${condition}`;
    return needsCatalogue ? `(${withCatalogue(database, `SELECT * FROM ${own}`)}) AS s WHERE 1` : own;
  };
  const at = TABLES[query.of].time;
  const plan: QueryPlan = {
    database,
    from,
    filtered: filters.names,
    closedDays: null,
    during: duringTime(time.fromMs, time.toMs, timeZone),
    duringTwice: {
      ...duringTime(2 * time.fromMs - time.toMs, time.toMs, timeZone, FROM_TWICE),
      splitDay: dayAt(time.fromMs, timeZone),
    },
    spanMs: query.takes.includes('period') ? daysOf(choices.period, date) * DAY_MS : time.toMs - time.fromMs,
    date,
    rows: from(
      `${database}.${query.of} AS s FINAL`,
      `${at} >= fromUnixTimestamp64Milli({from:Int64}) AND ${at} < fromUnixTimestamp64Milli({to:Int64})`,
    ),
    ...choices,
    hasSearch: search !== '',
    parameters: {
      ...filters.values,
      from: time.fromMs,
      to: time.toMs,
      timeZone,
      date,
      search,
      id: parameters.get('id') ?? '',
    },
  };
  return { plan };
}

function isKnown({ takes, of }: NamedQuery, name: string): boolean {
  return (
    ANSWER_PARAMETERS.includes(name) ||
    dimensionOf(of, name) !== undefined ||
    (takes as readonly string[]).includes(name)
  );
}

/** What is chosen from a list, and stands in the statement as it is. */
function choicesOf(
  query: NamedQuery,
  parameters: URLSearchParams,
  { maxRows }: PlanContext,
  time: TimeRange,
): Choices | Problem {
  const group = parameters.get('group') || (query.group ?? 'tenant');
  const dimension = dimensionOf(query.of, group);
  if (dimension === undefined) {
    return { problem: `group must be one of ${Object.keys(TABLES[query.of].dimensions).join(', ')}` };
  }
  const interval = parameters.get('interval') || stepFor(time);
  if (!isStep(interval)) return { problem: `interval must be one of ${Object.keys(STEPS).join(', ')}` };
  const { seconds, begin } = STEPS[interval];
  if ((time.toMs - time.fromMs) / 1000 / seconds > maxRows) return { problem: 'interval makes too many steps' };
  const orders = query.orders ?? [''];
  const order = parameters.get('order') || (orders[0] ?? '');
  if (!orders.includes(order)) return { problem: `order must be one of ${orders.join(', ')}` };
  const limit = Number(parameters.get('limit') || Math.min(DEFAULT_LIMIT, maxRows));
  if (!Number.isInteger(limit) || limit < 1 || limit > maxRows) {
    return { problem: `limit must be a whole number from 1 to ${maxRows}` };
  }
  const period = parameters.get('period') || 'day';
  if (!isPeriod(period)) return { problem: 'period must be day, week or month' };
  const step = begin(TABLES[query.of].time);
  return { group, groupValue: dimension.value, step, stepSeconds: seconds, order, limit, period };
}

/** Repeated and comma-separated values are alternatives; whose data it is comes from the token, never from the filters. */
function filtersOf(
  table: TableName,
  parameters: URLSearchParams,
  { tenant, database }: PlanContext,
): Filters | Problem {
  const conditions = tenant === ALL_TENANTS ? ['1'] : ['s.tenant = {scope:String}'];
  const values: Record<string, string | readonly string[]> = { scope: tenant };
  const names: string[] = [];
  for (const name of new Set(parameters.keys())) {
    const dimension = dimensionOf(table, name);
    if (dimension === undefined) continue;
    const wanted = parameters.getAll(name).flatMap((value) => value.split(','));
    if (wanted.length > MAX_VALUES) return { problem: `${name} has more than ${MAX_VALUES} values` };
    // A picker with nothing picked sends an empty value, one with everything a star.
    if (wanted.every((value) => value === '' || value === '*')) continue;
    names.push(name);
    values[name] = wanted.map((value) => (value === EMPTY_VALUE ? '' : value));
    conditions.push(conditionOf(database, name, dimension, values[name]));
  }
  return { names, conditions, values };
}

function conditionOf(database: string, name: string, dimension: Dimension, values: readonly string[]): string {
  if (!dimension.isCatalogued) return filterOf(name, dimension);
  return name === 'title' ? titleFilter(database) : catalogueFilter(database, name, values);
}

/** How a filter names what is not known. */
export const EMPTY_VALUE = '(none)';

/** The time zone that is asked for, else that of the tenant. */
export function zoneOf(parameters: URLSearchParams, { tenant, timeZoneOf }: PlanContext): string {
  const asked = parameters.get('timeZone');
  return asked || timeZoneOf(tenant === ALL_TENANTS ? (parameters.get('tenant') ?? '') : tenant);
}

/** A day in the last period that is over, where this time zone is. */
function lastDay(period: Period, timeZone: string, nowMs: UnixMs): string {
  const today = dayAt(nowMs, timeZone);
  if (period === 'month') return dayAfter(firstDayOf('month', today), -1);
  return dayAfter(today, period === 'week' ? -7 : -1);
}

function daysOf(period: Period, day: string): number {
  return (Date.parse(firstDayOf(period, day, 1)) - Date.parse(firstDayOf(period, day))) / DAY_MS;
}

function isStep(name: string): name is StepName {
  return Object.hasOwn(STEPS, name);
}

/** Whose rows are asked for; null is everybody. */
export function tenantsOf(parameters: URLSearchParams, { tenant }: PlanContext): readonly string[] | null {
  if (tenant !== ALL_TENANTS) return [tenant];
  const wanted = parameters.getAll('tenant').flatMap((value) => value.split(','));
  return wanted.every((value) => value === '' || value === '*') ? null : wanted;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
