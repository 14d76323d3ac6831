import { expect, test } from 'vitest';
import type { QueryPlan } from '../../collector/store/named-query.ts';
import { QUERIES } from '../../collector/store/queries/index.ts';
import { type PlanContext, planQuery } from '../../collector/store/query-plan.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 20, 30);
const CONTEXT: PlanContext = {
  database: 'playpath',
  tenant: 'acme',
  nowMs: NOW_MS,
  maxRows: 1_000,
  timeZoneOf: (tenant) => (tenant === 'acme' ? 'Europe/Madrid' : 'UTC'),
};

function planned(name: string, parameters: string, context: Partial<PlanContext> = {}) {
  const query = QUERIES.get(name);
  if (query === undefined) throw new Error(`no query ${name}`);
  return planQuery(query, new URLSearchParams(parameters), { ...CONTEXT, ...context });
}

function plan(name: string, parameters: string, context: Partial<PlanContext> = {}): QueryPlan {
  const result = planned(name, parameters, context);
  if ('problem' in result) throw new Error(result.problem);
  return result.plan;
}

test.each([
  ['the last 24 hours by default', '', [NOW_MS - 86_400_000, NOW_MS]],
  ['Unix milliseconds', 'from=1763755200000&to=1763758800000', [1_763_755_200_000, 1_763_758_800_000]],
  ['ISO 8601', 'from=2026-11-21T20:00:00Z&to=2026-11-21T22:00:00%2B01:00', [NOW_MS - 1_800_000, NOW_MS + 1_800_000]],
  ['time before now', 'from=now-90m&to=now-30m', [NOW_MS - 5_400_000, NOW_MS - 1_800_000]],
])('takes %s', (_, parameters, [from, to]) => {
  expect(plan('totals', parameters).parameters).toMatchObject({ from, to });
});

test.each([
  ['totals', 'from=yesterday', 'from is no time'],
  ['totals', 'to=2026-11-21', 'to is no time'],
  ['totals', 'from=now&to=now-1h', 'from must be before to'],
  ['totals', 'from=now-401d', 'more than 400 days apart'],
  ['totals', 'nonsense=1', 'totals has no parameter "nonsense"'],
  ['totals', 'limit=1', 'totals has no parameter "limit"'],
  ['sessions', 'limit=0', 'limit must be a whole number from 1 to 1000'],
  ['sessions', 'limit=1001', 'limit must be a whole number from 1 to 1000'],
  ['sessions', 'limit=ten', 'limit must be a whole number from 1 to 1000'],
  ['audience_by', 'group=password', 'group must be one of'],
  ['audience_by', 'group=toString', 'group must be one of'],
  ['audience_by', 'order=starts;DROP', 'order must be one of starts, streams'],
  ['audience', 'interval=second', 'interval must be one of'],
  ['audience', 'interval=minute&from=now-30d', 'interval makes too many steps'],
  ['session', '', 'session needs the parameter id'],
  ['session', 'id=', 'session needs the parameter id'],
  ['report', 'period=year', 'period must be day, week or month'],
  ['report', 'period=day&date=2026-13-01', 'date is no day'],
  ['report', 'period=day&date=21.11.2026', 'date is no day'],
  ['report', 'period=day&timeZone=Madrid', 'timeZone is no IANA time zone'],
  ['sessions', `search=${'x'.repeat(301)}`, 'search is longer than 300 characters'],
  ['totals', Array.from({ length: 101 }, (_, n) => `country=${n}`).join('&'), 'country has more than 100 values'],
])('%s?%s is wrong: %s', (name, parameters, problem) => {
  expect(planned(name, parameters)).toEqual({ problem: expect.stringContaining(problem) as string });
});

test('repeated and comma-separated values are alternatives, an empty one is no filter, (none) is nothing known', () => {
  const { parameters, rows } = plan('totals', 'country=DE,ES&country=FR&device=&os=*&asn=(none)');
  expect(parameters).toMatchObject({ country: ['DE', 'ES', 'FR'], asn: [''] });
  expect(rows).toContain('{country:Array(String)}');
  expect(rows).not.toMatch(/\{(?:device|os):/);
});

test('no text of a caller stands in a statement', () => {
  const evil = "x') OR 1=1 --";
  const given = `country=${encodeURIComponent(evil)}&search=${encodeURIComponent(evil)}&tenant=${encodeURIComponent(evil)}`;
  for (const query of QUERIES.values()) {
    const options = query.needs.map((option) =>
      option === 'period' || option === 'group' ? '' : `&${option}=${evil}`,
    );
    const chosen = query.needs.includes('group') ? '&group=country' : '';
    const period = query.needs.includes('period') ? '&period=day' : '';
    const search = query.takes.includes('search') ? given : given.replace(/&search=[^&]*/, '');
    expect(query.statement(plan(query.name, search + options.join('') + chosen + period))).not.toContain('1=1');
  }
});

test.each([
  ['a tenant is bound to its own rows', 'acme', 's.tenant = {scope:String}'],
  ['who may see all tenants is not', '*', 'WHERE 1'],
])('%s', (_, tenant, condition) => {
  const { rows, from } = plan('totals', '', { tenant });
  for (const table of [rows, from('t AS s')]) expect(table).toContain(condition);
});

test.each([
  ['of the tenant', 'acme', 'period=day', 'Europe/Madrid'],
  ['of the tenant asked for, for who sees all', '*', 'period=day&tenant=acme', 'Europe/Madrid'],
  ['that was asked for', 'acme', 'period=day&timeZone=Asia/Tokyo', 'Asia/Tokyo'],
])('the time zone is that %s', (_, tenant, parameters, timeZone) => {
  expect(plan('report', parameters, { tenant }).parameters).toMatchObject({ timeZone });
});

test.each([
  ['yesterday, where the tenant is', 'day', Date.UTC(2026, 10, 21, 23, 30), '2026-11-21'],
  ['yesterday', 'day', NOW_MS, '2026-11-20'],
  ['a day of last week', 'week', NOW_MS, '2026-11-14'],
  ['a day of last month', 'month', NOW_MS, '2026-10-31'],
])('the last period that is over: %s', (_, period, nowMs, date) => {
  expect(plan('report', `period=${period}`, { nowMs }).parameters).toMatchObject({ date });
});
