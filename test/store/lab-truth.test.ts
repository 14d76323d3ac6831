import { beforeAll, expect, test } from 'vitest';
import { migrate } from '../../collector/store/migrations.ts';
import { QUERIES } from '../../collector/store/queries/index.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import type { SessionTruth } from '../lab/session-truth.ts';
import { type LabResult, sumOf } from '../support/lab-run.ts';
import { voiceOf } from '../support/lab-scores.ts';
import { ask, type Row, storeScenario } from './lab-store.ts';
import { PLACEMENT } from './placement.ts';
import { describeStores } from './stores.ts';

/** The lab knows who watched what; named queries over the store must say the same. */

const DAY = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
const ARRIVALS = { perMinute: 30, atStart: 20, atStartMs: 20_000, dayShape: 0, maxSessions: 0 };
const TIMEOUT_MS = 120_000;

describeStores('queries over a fleet whose truth is known', (store) => {
  let result: LabResult;
  let reported: readonly SessionTruth[];

  beforeAll(async () => {
    const healthy = SCENARIOS.get('healthy') as Scenario;
    const players = { 'hls.js': 0, 'dash.js': 0, shaka: 0, 'cmcd-v1': 15, playpath: 70, plain: 15 };
    // Nobody shuts the page in the middle of a sentence: what is not said cannot be counted.
    const behaviour = { ...healthy.behaviour, tabCloseShare: 0, watchMedianMs: 60_000, downloadShare: 0.5 };
    const scenario = { ...healthy, arrivals: ARRIVALS, players, behaviour };
    await migrate(store(), PLACEMENT, 0);
    result = await storeScenario(store(), scenario, { seed: 12, minutes: 2, drainMinutes: 10 });
    reported = result.truths.filter((truth) => !['ids', 'lines'].includes(voiceOf(truth)));
  }, TIMEOUT_MS);

  const one = async (name: string, parameters: Readonly<Record<string, string>> = {}): Promise<Row> => {
    const [row, ...more] = await ask(store(), name, { ...DAY, ...parameters });
    expect(more).toEqual([]);
    if (row === undefined) throw new Error(`${name} answers nothing`);
    return row;
  };

  test('starts, streams and downloads are exact, consumption within 0.5 %', async () => {
    expect(reported.length).toBeGreaterThan(20);
    const { starts, streams, consumption_seconds, downloads } = await one('totals', { platform_class: 'player_full' });
    expect(starts).toBe(reported.filter((truth) => truth.playRequestedMs !== null).length);
    expect(streams).toBe(reported.filter(({ playingMs }) => playingMs >= 5_000).length);
    const stored = reported.reduce((sum, truth) => sum + truth.downloads, 0);
    expect(stored).toBeGreaterThan(5);
    expect(downloads).toBe(stored);
    const playedSeconds = reported.reduce((sum, { playingMs }) => sum + playingMs / 1_000, 0);
    console.log(
      `lab store: consumption ${(Number(consumption_seconds) / playedSeconds).toFixed(4)} of what was played`,
    );
    expect(Math.abs(Number(consumption_seconds) - playedSeconds)).toBeLessThan(0.005 * playedSeconds);
  });

  test('devices are exactly the pairs of user agent and address that started', async () => {
    const started = result.truths.filter((truth) => truth.playRequestedMs !== null);
    const pairs = new Set(started.map(({ key }) => key.split('\t').slice(0, 2).join('\t')));
    expect((await one('totals')).devices).toBe(pairs.size);
  });

  test('what a television played is unknown, not nothing', async () => {
    const row = await one('totals', { platform_class: 'external_video' });
    expect(row).toMatchObject({ streams: null, consumption_seconds: null, unknown_starts: row.starts });
    expect(Number(row.starts)).toBeGreaterThan(5);
  });

  test('rows add up to the counters', async () => {
    for (const platformClass of ['player_full', 'external_video']) {
      const row = await one('totals', { platform_class: platformClass });
      const counted = (name: string) =>
        sumOf(result.metrics, `playpath_audience_${name}_total`, { platform_class: platformClass });
      expect(row.starts).toBe(counted('starts'));
      expect(Number(row.consumption_seconds ?? 0)).toBeCloseTo(counted('consumption_seconds'), 3);
    }
  });

  test('every group adds up to the whole', async () => {
    const { sessions, starts } = await one('totals');
    for (const group of ['title', 'country', 'device', 'software', 'property', 'cdn', 'platform_class', 'outcome']) {
      const rows = await ask(store(), 'audience_by', { ...DAY, group, limit: '1000' });
      const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
      expect([group, sum('sessions'), sum('starts')]).toEqual([group, sessions, starts]);
    }
    const steps = await ask(store(), 'audience', { ...DAY, interval: 'minute' });
    expect(steps.reduce((total, row) => total + Number(row.starts), 0)).toBe(starts);
  });

  test('the most popular title is the one most asked for', async () => {
    const asked = new Map<string, number>();
    for (const { content, playRequestedMs } of reported) {
      if (playRequestedMs !== null) asked.set(content, (asked.get(content) ?? 0) + 1);
    }
    const rows = await ask(store(), 'popularity', { ...DAY, group: 'content', platform_class: 'player_full' });
    expect(new Map(rows.map(({ content, starts }) => [content, starts]))).toEqual(
      new Map([...asked].map(([content, starts]) => [content, starts])),
    );
  });

  test('a content without a title is shown by its id', async () => {
    const day = { period: 'day', date: '2026-11-21' };
    for (const [name, time] of [
      ['popularity', DAY],
      ['trends', DAY],
      ['report_by', day],
    ] as const) {
      const rows = await ask(store(), name, { ...time, group: 'content' });
      for (const { content, title } of rows) if (content !== '') expect(title, name).not.toBe('');
    }
  });

  test('the most at once is what the census saw', async () => {
    const rows = await ask(store(), 'concurrency', { ...DAY, interval: 'hour' });
    const peak = Math.max(...rows.map((row) => Number(row.peak_sessions)));
    const census = Math.max(...result.fleet.concurrency.map(({ sessions }) => sessions));
    console.log(`lab store: ${peak} sessions at once, the census saw ${census}`);
    expect(Math.abs(peak - census)).toBeLessThanOrEqual(0.1 * census);
  });

  test('the unified log has every line of every server once, and says whose it is', async () => {
    const tiers = await ask(store(), 'deliveries_by', { ...DAY, group: 'tier' });
    for (const { tier, requests } of tiers) {
      expect([tier, requests]).toEqual([
        tier,
        sumOf(result.metrics, 'playpath_requests_total', { tier: String(tier) }),
      ]);
    }
    expect(tiers.map(({ tier }) => tier)).toContain('edge');
    const [longest] = await ask(store(), 'deliveries_by', { ...DAY, group: 'trace_id', order: 'requests', limit: '2' });
    const traceId = String(longest?.trace_id);
    const lines = await ask(store(), 'session_requests', { id: traceId, limit: '10000' });
    expect(lines).toHaveLength(Number(longest?.requests));
    const [session] = await ask(store(), 'session', { id: traceId });
    expect(lines.filter(({ tier }) => tier === 'edge').length).toBeGreaterThanOrEqual(Number(session?.requests) * 0.9);
    expect(await ask(store(), 'session_requests', { id: String(session?.session_id), limit: '10000' })).toEqual(lines);
    expect(lines.every((line, at) => at === 0 || Number(line.at) >= Number(lines[at - 1]?.at))).toBe(true);
  });

  test('a day beside the day before it', async () => {
    const rows = await ask(store(), 'report', { period: 'day', date: '2026-11-21' });
    const { starts, devices } = await one('totals');
    expect(rows.find(({ metric }) => metric === 'starts')).toMatchObject({ value: starts, value_before: null });
    expect(rows.find(({ metric }) => metric === 'devices')).toMatchObject({ value: devices });
    const next = await ask(store(), 'report', { period: 'day', date: '2026-11-22' });
    expect(next.find(({ metric }) => metric === 'starts')).toMatchObject({ value: null, value_before: starts });
  });

  test('the day of a report is that of its time zone', async () => {
    // The evening of the run, 20:00 UTC, is the next morning in Auckland.
    const starts = async (date: string, timeZone: string) => {
      const rows = await ask(store(), 'report', { period: 'day', date, timeZone });
      return rows.find(({ metric }) => metric === 'starts')?.value ?? null;
    };
    expect(await starts('2026-11-21', 'Pacific/Auckland')).toBeNull();
    expect(await starts('2026-11-22', 'Pacific/Auckland')).toBe((await one('totals')).starts);
  });

  test('a week begins on Monday, a month on its first', async () => {
    const value = async (period: string, date: string) =>
      (await ask(store(), 'report', { period, date })).find(({ metric }) => metric === 'sessions')?.value ?? null;
    const { sessions } = await one('totals');
    expect(await value('week', '2026-11-16')).toBe(sessions);
    expect(await value('week', '2026-11-23')).toBeNull();
    expect(await value('month', '2026-11-30')).toBe(sessions);
    expect(await value('month', '2026-10-31')).toBeNull();
  });

  test('an explorer finds a session by the beginning of its id, and by its title', async () => {
    const [first] = await ask(store(), 'sessions', { ...DAY, limit: '1', visibility: 'both' });
    const traceId = String(first?.trace_id);
    const found = await ask(store(), 'sessions', { ...DAY, search: traceId.slice(0, 12).toUpperCase() });
    expect(found.map((row) => row.trace_id)).toEqual([traceId]);
    const title = String(first?.title);
    const titled = await ask(store(), 'sessions', { ...DAY, search: title.toLowerCase(), limit: '1000' });
    expect(titled.map((row) => row.trace_id)).toContain(traceId);
    expect((await ask(store(), 'session', { id: traceId })).map((row) => row.trace_id)).toEqual([traceId]);
  });

  test.each([...QUERIES.values()].map((query) => [query.name, query] as const))('%s answers', async (name, query) => {
    const given: Readonly<Record<string, string>> = {
      id: String((await ask(store(), 'sessions', { ...DAY, limit: '1' }))[0]?.trace_id),
      content: 'news-1',
      group: query.group ?? 'country',
      period: 'day',
    };
    const needed = Object.fromEntries(query.needs.map((option) => [option, given[option] ?? '']));
    const rows = await ask(store(), name, { ...DAY, ...needed });
    if (name !== 'excluded') expect(rows.length).toBeGreaterThan(0);
    for (const order of query.orders ?? []) await ask(store(), name, { ...DAY, ...needed, order });
  });

  test.each([...QUERIES.values()].map(({ name, needs }) => [name, needs] as const))(
    '%s tells one tenant nothing of another',
    async (name, needs) => {
      const given: Readonly<Record<string, string>> = { id: 'x', content: 'news-1', group: 'country', period: 'day' };
      const needed = Object.fromEntries(needs.map((option) => [option, given[option] ?? '']));
      const rows = await ask(store(), name, { ...DAY, ...needed, tenant: 'default' }, { tenant: 'somebody-else' });
      const numbers = rows.flatMap((row) => Object.values(row)).filter((cell) => typeof cell === 'number' && cell > 0);
      expect(numbers).toEqual([]);
    },
  );
});
