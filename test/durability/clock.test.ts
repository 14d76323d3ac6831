import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CounterWatch } from './counter-watch.ts';
import { KNOWN_CONFIG, until } from './crash-run.ts';
import { KillableCollector } from './killable-collector.ts';
import { KnownLoad } from './known-load.ts';
import { SpanLedger } from './span-ledger.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SETTABLE = new URL('./settable-clock.ts', import.meta.url).href;

/** A collector whose clock can be set, its traces in a ledger, its counters watched. */
async function withSettableClock(offMs: number) {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-clock-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const ledger = await SpanLedger.listen();
  undo.push(() => ledger.close());
  const config = {
    ...KNOWN_CONFIG,
    store: { kind: 'off' },
    export: { otlp: { endpoint: ledger.endpoint, batch: { age: '100ms' } } },
  };
  const collector = await KillableCollector.at(folder, config, ['--import', SETTABLE]);
  undo.push(() => collector.kill());
  const set = (ms: number) => {
    writeFileSync(join(folder, 'clock'), String(ms));
    if (collector.pid > 0) process.kill(collector.pid, 'SIGUSR2');
  };
  set(offMs);
  await collector.start();
  const watch = new CounterWatch(collector.metricsUrl);
  watch.start(250);
  return { collector, ledger, watch, set };
}

test('a clock that is set forward, back, and back between two lives changes no number', async () => {
  const { collector, ledger, watch, set } = await withSettableClock(0);
  const load = new KnownLoad(collector.ingestUrl, 21);
  const playing = load.play(24, 6, 6, 40);
  const posts = async (count: number) => until(async () => load.acknowledged.posts >= count, 20_000);
  await posts(60);
  set(2 * HOUR_MS);
  await posts(120);
  set(-3 * HOUR_MS);
  await posts(180);
  await collector.kill();
  set(-5 * HOUR_MS);
  await collector.start();
  await playing;
  const ended = () => watch.total('playpath_sessions_ended_total');
  await until(async () => (await ended()) >= load.sids.length, 25_000);
  await watch.stop();
  const figures = {
    ended: await ended(),
    started: await watch.total('playpath_sessions_started_total'),
    lines: await watch.total('playpath_requests_total'),
    playingSeconds: Math.round(await watch.total('playpath_playing_seconds_total')),
    suspect: await watch.total('playpath_suspect_clock_records_total'),
    doubled: ledger.doubled,
    resets: [...watch.resets],
  };
  expect(figures).toEqual({
    ended: 24,
    started: 24,
    lines: load.acknowledged.lines,
    playingSeconds: KnownLoad.playingSeconds(24, 6),
    suspect: 0,
    doubled: [],
    resets: [],
  });
}, 90_000);

test('a clock set back by days between two lives closes what was open, and what comes after is whole', async () => {
  const { collector, ledger, watch, set } = await withSettableClock(3 * DAY_MS);
  const before = new KnownLoad(collector.ingestUrl, 31);
  const playing = before.play(6, 6, 6, 40);
  await until(async () => before.acknowledged.posts >= 30, 20_000);
  await collector.kill();
  set(0);
  await collector.start();
  await playing;
  const after = new KnownLoad(collector.ingestUrl, 32);
  await after.play(12, 6, 6, 0);
  const sids = [...before.sids, ...after.sids];
  const ended = () => watch.total('playpath_sessions_ended_total');
  await until(async () => (await ended()) >= sids.length, 25_000);
  await watch.stop();
  const own = await (await fetch(`${collector.metricsUrl}/metrics/collector`)).text();
  const figures = {
    ended: await ended(),
    started: await watch.total('playpath_sessions_started_total'),
    cut: await watch.total('playpath_session_cuts_total', { reason: 'shutdown' }),
    lines: await watch.total('playpath_requests_total'),
    linesInSpans: [...before.requestIds, ...after.requestIds].filter((id) => ledger.edges.has(id)).length,
    sessionsInSpans: sids.filter((sid) => ledger.sessions.has(sid)).length,
    doubled: ledger.doubled,
    resets: [...watch.resets],
    setBacks: /^playpath_collector_clock_set_back_total (\d+)/m.exec(own)?.[1],
  };
  const lines = before.acknowledged.lines + after.acknowledged.lines;
  expect(figures).toEqual({
    ended: 18,
    started: 18,
    cut: 6,
    lines,
    linesInSpans: lines,
    sessionsInSpans: 18,
    doubled: [],
    resets: [],
    setBacks: '1',
  });
  expect(await watch.total('playpath_playing_seconds_total')).toBeGreaterThanOrEqual(KnownLoad.playingSeconds(12, 6));
  expect(collector.output).toContain('the clock was set back since the journal was written');
}, 90_000);
