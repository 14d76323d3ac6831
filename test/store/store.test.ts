import { beforeAll, beforeEach, expect, test } from 'vitest';
import { DELIVERY_COLUMNS } from '../../collector/store/delivery-columns.ts';
import { forget } from '../../collector/store/forget.ts';
import { migrate } from '../../collector/store/migrations.ts';
import { applyRetention } from '../../collector/store/retention.ts';
import { SESSION_COLUMNS } from '../../collector/store/session-columns.ts';
import { BEGIN_MS, makeIncident, makeSummary } from '../exporters/sessions.ts';
import { ask } from './lab-store.ts';
import { LIMITS, PLACEMENT } from './placement.ts';
import { insertLines, insertRows } from './rows.ts';
import { describeStores, scalar } from './stores.ts';

/** The same suite in this process and against a server: what differs is a defect. */

const DAY_MS = 86_400_000;
const DEVICE = makeSummary().client;

describeStores('the store', (store) => {
  const rowsOf = async (table: string) =>
    (
      await store().query(`SELECT tenant, trace_id FROM playpath.${table} FINAL ORDER BY tenant, trace_id`, {}, LIMITS)
    ).rows.map(([tenant, traceId]) => `${tenant} ${traceId}`);
  const sessions = () => rowsOf('sessions');
  const lines = () => rowsOf('deliveries');

  test.each([
    ['sessions', SESSION_COLUMNS],
    ['deliveries', DELIVERY_COLUMNS],
  ] as const)('%s has exactly the columns that are written', async (table, columns) => {
    const { rows } = await store().query(
      "SELECT name FROM system.columns WHERE database = 'playpath' AND table = {table:String} AND default_kind = ''",
      { table },
      LIMITS,
    );
    expect(rows.map(([name]) => name).toSorted()).toEqual(columns.map(([name]) => name).toSorted());
  });

  beforeAll(async () => {
    await migrate(store(), PLACEMENT, BEGIN_MS);
  });

  beforeEach(async () => {
    await store().exec('TRUNCATE TABLE playpath.sessions');
    await store().exec('TRUNCATE TABLE playpath.deliveries');
  });

  test('gives back what was written, and null for what is absent', async () => {
    const title = 'Tab\t, newline\n, "quote", \\ and ü';
    const qoe = { ...makeSummary().qoe, startupMs: Number.NaN };
    const audience = { streams: Number.NaN, consumptionSeconds: Number.NaN };
    await insertRows(store(), [{ title, qoe, audience, incidents: [makeIncident()] }]);
    const { columns, rows } = await store().query('SELECT * FROM playpath.sessions FINAL', {}, LIMITS);
    const row = Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]?.[index]]));
    expect(row).toMatchObject({
      title,
      startup_seconds: null,
      streams: null,
      consumption_seconds: null,
      starts: 1,
      incident_kinds: ['stall'],
      verdict: 'edge_error',
      cdns: ['edge-a'],
    });
    expect(Number(row.started_at)).toBe(BEGIN_MS / 1000);
  });

  test('keeps the row with the highest version, whichever came last', async () => {
    const traceId = 'a'.repeat(32);
    await insertRows(store(), [{ traceId, bytes: 2, version: 2 }]);
    await insertRows(store(), [{ traceId, bytes: 1, version: 1 }]);
    expect(await scalar(store(), 'SELECT bytes FROM playpath.sessions FINAL')).toBe(2);
  });

  test('takes sessions of any number of days at once', async () => {
    const days = Array.from({ length: 150 }, (_, day) => ({ beginMs: BEGIN_MS - day * DAY_MS }));
    await insertRows(store(), days);
    expect(await scalar(store(), 'SELECT count() FROM playpath.sessions FINAL')).toBe(150);
  });

  test('binds values instead of pasting them', async () => {
    await insertRows(store(), [{}]);
    const value = "x' OR 1 = 1 --";
    const statement = 'SELECT count() FROM playpath.sessions FINAL WHERE content_id IN {contents:Array(String)}';
    expect((await store().query(statement, { contents: [value] }, LIMITS)).rows).toEqual([[0]]);
  });

  test.each([
    ['a statement nobody can read', 'SELEC 1', LIMITS, 'store_refused'],
    ['too many rows', 'SELECT number FROM numbers(100)', { ...LIMITS, rows: 10 }, 'store_limit'],
    [
      'too much memory',
      'SELECT groupArray(number) FROM numbers(100000000)',
      { ...LIMITS, memoryBytes: 10_000_000 },
      'store_limit',
    ],
    ['too much time', 'SELECT sum(sleepEachRow(0.05)) FROM numbers(100)', { ...LIMITS, timeoutMs: 200 }, 'store_limit'],
  ])('ends a query with %s', async (_, statement, limits, code) => {
    await expect(store().query(statement, {}, limits)).rejects.toMatchObject({ code });
  });

  test('deletes what is older than its tenant keeps it', async () => {
    await insertRows(store(), [
      { tenant: 'a', traceId: 'old', beginMs: BEGIN_MS - 11 * DAY_MS },
      { tenant: 'a', traceId: 'new', beginMs: BEGIN_MS - 9 * DAY_MS },
      { tenant: 'short', traceId: 'old', beginMs: BEGIN_MS - 3 * DAY_MS },
      { tenant: 'short', traceId: 'new', beginMs: BEGIN_MS - DAY_MS },
      { tenant: 'as the rest', traceId: 'new', beginMs: BEGIN_MS - 3 * DAY_MS },
    ]);
    await insertLines(store(), [
      { traceId: 'old', beginMs: BEGIN_MS - 3 * DAY_MS },
      { traceId: 'new', beginMs: BEGIN_MS - DAY_MS },
      { tenant: 'long', traceId: 'new', beginMs: BEGIN_MS - 3 * DAY_MS },
    ]);
    const tenants = [
      { name: 'short', retentionMs: 2 * DAY_MS, deliveriesMs: Number.NaN },
      { name: 'as the rest', retentionMs: Number.NaN, deliveriesMs: Number.NaN },
      { name: 'long', retentionMs: Number.NaN, deliveriesMs: 4 * DAY_MS },
    ];
    const rules = { retentionMs: 10 * DAY_MS, deliveries: { retentionMs: 2 * DAY_MS }, tenants };
    await applyRetention(store(), PLACEMENT, rules, BEGIN_MS);
    expect(await sessions()).toEqual(['a new', 'as the rest new', 'short new']);
    expect(await lines()).toEqual(['default new', 'long new']);
  });

  test.each([
    ['a session by its trace id', { key: 'session', value: 'trace-1' }, ['b trace-1', 'a trace-2', 'a trace-3']],
    ['a session by the player’s id', { key: 'session', value: 'sid-1' }, ['b trace-1', 'a trace-2', 'a trace-3']],
    ['a viewer', { key: 'viewer', value: 'anna' }, ['b trace-1', 'a trace-3']],
    ['a device', { key: 'device', value: 'd-2' }, ['b trace-1', 'a trace-1', 'a trace-3']],
    ['nobody without a name', { key: 'viewer', value: '' }, ['b trace-1', 'a trace-1', 'a trace-2', 'a trace-3']],
  ] as const)('forgets %s, of its tenant only', async (_, { key, value }, left) => {
    const client = DEVICE && { ...DEVICE, deviceKey: 'd-2' };
    await insertRows(store(), [
      { tenant: 'a', traceId: 'trace-1', sessionId: 'sid-1', viewerId: 'anna' },
      { tenant: 'a', traceId: 'trace-2', sessionId: 'sid-2', viewerId: 'anna', client },
      { tenant: 'a', traceId: 'trace-3', sessionId: 'sid-3', viewerId: '' },
      { tenant: 'b', traceId: 'trace-1', sessionId: 'sid-1', viewerId: 'anna', client },
    ]);
    await insertLines(store(), [
      { tenant: 'a', traceId: 'trace-1' },
      { tenant: 'a', traceId: 'trace-2', deviceId: 'd-2' },
      { tenant: 'a', traceId: 'trace-3' },
      { tenant: 'b', traceId: 'trace-1', deviceId: 'd-2' },
    ]);
    await forget(store(), PLACEMENT, { tenant: 'a', key, value });
    expect(await sessions()).toEqual([...left].toSorted());
    expect(await lines()).toEqual([...left].toSorted());
  });

  test('forgets the lines of a device that are in no session', async () => {
    await insertLines(store(), [
      { tenant: 'a', traceId: '', deviceId: 'd-2' },
      { tenant: 'a', traceId: '', deviceId: 'd-3' },
    ]);
    await forget(store(), PLACEMENT, { tenant: 'a', key: 'device', value: 'd-2' });
    expect(await scalar(store(), 'SELECT groupArray(device_id) FROM playpath.deliveries FINAL')).toEqual(['d-3']);
  });

  test('a channel has as many streams as it was watched after nobody was there', async () => {
    const minute = 60_000;
    const watched = (traceId: string, beginMinute: number, minutes: number) => ({
      traceId,
      contentId: 'channel',
      beginMs: BEGIN_MS + beginMinute * minute,
      endMs: BEGIN_MS + (beginMinute + minutes) * minute,
    });
    await insertRows(store(), [watched('a', 0, 10), watched('b', 5, 20), watched('c', 54, 1), watched('d', 86, 5)]);
    const day = { from: String(BEGIN_MS), to: String(BEGIN_MS + DAY_MS), content: 'channel' };
    const streams = await ask(store(), 'channel_streams', day);
    expect(
      streams.map(({ began_at, over_at, sessions, peak_sessions }) => [began_at, over_at, sessions, peak_sessions]),
    ).toEqual([
      [BEGIN_MS + 86 * minute, BEGIN_MS + 91 * minute, 1, 1],
      [BEGIN_MS, BEGIN_MS + 55 * minute, 3, 2],
    ]);
  });

  test('a line that is written again is one line, with 64 bits of it', async () => {
    const line = { traceId: 'trace-1', uidHigh: -1, uidLow: -2 };
    await insertLines(store(), [line]);
    await insertLines(store(), [line, { ...line, uidLow: -3 }]);
    const { rows } = await store().query(
      'SELECT toString(uid), toUnixTimestamp64Milli(at), status, ttfb_seconds FROM playpath.deliveries FINAL ORDER BY uid',
      {},
      LIMITS,
    );
    expect(rows).toEqual([
      ['18446744073709551613', BEGIN_MS, 200, null],
      ['18446744073709551614', BEGIN_MS, 200, null],
    ]);
  });
});
