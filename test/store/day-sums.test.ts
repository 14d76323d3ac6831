import { beforeAll, beforeEach, expect, test } from 'vitest';
import { storeCatalogue } from '../../collector/store/catalogue-table.ts';
import { readCatalogue } from '../../collector/store/catalogue-text.ts';
import { DaySums } from '../../collector/store/day-sums.ts';
import { dayUnits, unitFor } from '../../collector/store/day-units.ts';
import { forget } from '../../collector/store/forget.ts';
import { migrate } from '../../collector/store/migrations.ts';
import { QUERIES } from '../../collector/store/queries/index.ts';
import { makeSummary } from '../exporters/sessions.ts';
import { Random } from '../lab/random.ts';
import { ask, type Row } from './lab-store.ts';
import { PLACEMENT } from './placement.ts';
import { insertRows, type RowFields } from './rows.ts';
import { describeStores, scalar } from './stores.ts';

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 10, 15, 12);
const FIRST_MS = Date.UTC(2026, 10, 6);
const ALL = { from: String(FIRST_MS), to: String(NOW_MS) };
const UNITS = dayUnits('UTC', [
  { name: 'acme', timeZone: '' },
  { name: 'tokyo', timeZone: 'Asia/Tokyo' },
]);

/** Sessions up to now: tenants, contents and countries in all combinations, some of it unknown. */
function sessionsSince(firstMs: number, count: number): readonly RowFields[] {
  const random = new Random(5);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random.between(0, values.length))] as T;
  return Array.from({ length: count }, (_, index) => {
    const isKnown = random.between(0, 1) > 0.2;
    const summary = makeSummary();
    return {
      tenant: pick(['acme', 'tokyo']),
      traceId: index.toString(16).padStart(32, '0'),
      beginMs: Math.floor(random.between(firstMs, NOW_MS)),
      contentId: pick(['news', 'film', 'show']),
      title: pick(['', 'A title']),
      visibility: isKnown ? 'both' : 'server',
      outcome: pick(['played', 'start_failure', 'in_progress']),
      viewerId: pick(['', 'anna', 'ben', 'cleo']),
      client: summary.client && { ...summary.client, deviceKey: `d-${index % 40}`, country: pick(['DE', 'JP', '']) },
      audience: isKnown
        ? { consumptionSeconds: Math.round(random.between(0, 999)) }
        : { platformClass: 'external_video', streams: Number.NaN, consumptionSeconds: Number.NaN },
    } as const;
  });
}

describeStores('sums of closed days', (store) => {
  let sums: DaySums;
  beforeAll(() => migrate(store(), PLACEMENT, 0));
  beforeEach(async () => {
    for (const table of ['sessions', 'days', 'closed_days']) await store().exec(`TRUNCATE TABLE playpath.${table}`);
    sums = new DaySums({ store: store(), placement: PLACEMENT, units: UNITS, log: SILENT, now: () => NOW_MS });
  });

  /** As if they had been stored for a while. */
  const stored = async (rows: readonly RowFields[]): Promise<void> => {
    await insertRows(store(), rows);
    await store().exec(
      'ALTER TABLE playpath.sessions UPDATE stored_at = now64(3) - INTERVAL 1 HOUR WHERE 1 SETTINGS mutations_sync = 2',
    );
  };
  const closedDays = async (timeZone: string, tenants: readonly string[] | null) => {
    const unit = unitFor(UNITS, timeZone, tenants);
    return unit ? sums.of(unit) : null;
  };
  const fromDays = (name: string, parameters: Readonly<Record<string, string>>, tenant = '*') =>
    ask(store(), name, parameters, { closedDays, nowMs: NOW_MS, tenant });

  test('say what the sessions say, whatever is asked', async () => {
    const shows = readCatalogue('content_id,title,show\nfilm,The Film,Films\nshow,,Shows\n')?.entries ?? [];
    await storeCatalogue(store(), PLACEMENT, 'acme', shows, 1);
    await stored(sessionsSince(FIRST_MS, 600));
    expect(await sums.sumUp()).toBe(18);
    const asked: (readonly [string, Readonly<Record<string, string>>])[] = [];
    for (const { name, countsAudience, takes, group } of QUERIES.values()) {
      if (!countsAudience) continue;
      const given = takes.includes('period') ? [{ period: 'week' }, { period: 'month' }] : [ALL];
      for (const parameters of given) {
        asked.push([name, parameters], [name, { ...parameters, tenant: 'acme', country: 'DE,JP' }]);
        asked.push([name, { ...parameters, platform_class: 'player_full' }], [name, { ...parameters, os: 'iOS' }]);
        if (takes.includes('interval')) asked.push([name, { ...parameters, interval: 'week' }]);
        if (group === undefined) continue;
        for (const by of ['content', 'show', 'country', 'tenant', 'stream_type', 'cdn', 'os']) {
          asked.push([name, { ...parameters, group: by }]);
        }
      }
    }
    // A time that begins and ends within days, and one of another time zone.
    const odd = { from: String(FIRST_MS + 5 * HOUR_MS), to: String(NOW_MS - 30 * HOUR_MS) };
    asked.push(['totals', odd], ['trends', { from: String(NOW_MS - 5.5 * DAY_MS), to: String(NOW_MS) }]);
    asked.push(['totals', { ...ALL, timeZone: 'Asia/Tokyo' }], ['report', { period: 'week', tenant: 'tokyo' }]);
    for (const [name, parameters] of asked) {
      const sessions = await ask(store(), name, parameters, { nowMs: NOW_MS });
      expect(rounded(await fromDays(name, parameters)), `${name} ${JSON.stringify(parameters)}`).toEqual(
        rounded(sessions),
      );
    }
  });

  test('are read instead of sessions', async () => {
    await stored(sessionsSince(NOW_MS - 3.5 * DAY_MS, 100));
    await sums.sumUp();
    const before = await fromDays('totals', ALL);
    await store().exec(
      "ALTER TABLE playpath.sessions DELETE WHERE started_at < '2026-11-15' SETTINGS mutations_sync = 2",
    );
    expect(await fromDays('totals', ALL)).toEqual(before);
    expect(await fromDays('totals', { ...ALL, os: 'iOS' })).not.toEqual(before);
  });

  test('are made when a day is over where its tenants are, and again when a row came late', async () => {
    // 22:00 UTC on Saturday is Sunday in Tokyo, which is not over.
    const beginMs = Date.UTC(2026, 10, 14, 22);
    await stored([{ tenant: 'tokyo', traceId: 'a', beginMs }]);
    await sums.sumUp();
    const days = async () => {
      const { rows } = await store().query(
        'SELECT unit, toString(day), sum(sessions) FROM playpath.days WHERE grain = {grain:String} GROUP BY 1, 2',
        { grain: 'viewers' },
        { timeoutMs: 10_000, rows: 100, memoryBytes: 1 << 30 },
      );
      return rows;
    };
    expect(await days()).toEqual([['UTC', '2026-11-14', 1]]);
    expect(await sums.sumUp()).toBe(0);
    await insertRows(store(), [{ tenant: 'acme', traceId: 'b', beginMs }]);
    expect(await sums.sumUp()).toBe(1);
    // Who still reads the sums before finds them; the next time they are gone.
    expect(await days()).toEqual([['UTC', '2026-11-14', 3]]);
    await sums.sumUp();
    const last = (await sums.of(UNITS[0] as (typeof UNITS)[number])).versions.get('2026-11-14');
    expect(
      await scalar(store(), `SELECT sum(sessions) FROM playpath.days WHERE grain = 'viewers' AND version = ${last}`),
    ).toBe(2);
    expect(await scalar(store(), 'SELECT uniqExact(version) FROM playpath.days')).toBeLessThanOrEqual(2);
  });

  test('know nobody who was forgotten', async () => {
    await stored(sessionsSince(NOW_MS - 3.5 * DAY_MS, 100));
    await sums.sumUp();
    const devices = async () => Number((await fromDays('totals', ALL))[0]?.devices);
    const before = await devices();
    await forget(store(), PLACEMENT, { tenant: 'acme', key: 'viewer', value: 'anna' });
    expect(await devices()).toBe(before - 1);
    await sums.sumUp();
    expect(await devices()).toBe(before - 1);
  });

  test('are not of days that go on', async () => {
    await stored([{ traceId: 'a', beginMs: NOW_MS - HOUR_MS }]);
    expect(await sums.sumUp()).toBe(0);
  });
});

test.each([
  ['everybody, where the store is', 'UTC', null, 'UTC'],
  ['one tenant, where the store is', 'UTC', ['tokyo'], 'UTC'],
  ['a tenant where it is', 'Asia/Tokyo', ['tokyo'], 'Asia/Tokyo: tokyo'],
  ['another there', 'Asia/Tokyo', ['acme'], undefined],
  ['everybody there', 'Asia/Tokyo', null, undefined],
  ['anywhere else', 'Europe/Madrid', ['acme'], undefined],
])('the unit of %s', (_, timeZone, tenants, name) => {
  expect(unitFor(UNITS, timeZone, tenants)?.name).toBe(name);
});

/** Sums of fractions depend on their order in the last digits, and so do the rows that are equal. */
function rounded(rows: readonly Row[]): readonly string[] {
  const round = (cell: unknown) => (typeof cell === 'number' ? Number(cell.toPrecision(9)) : cell);
  const text = (row: Row) =>
    JSON.stringify(Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, round(cell)])));
  return rows.map(text).toSorted();
}
