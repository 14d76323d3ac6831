import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SessionJson } from '../../collector/exporters/session-json.ts';
import { CounterWatch } from './counter-watch.ts';
import { KNOWN_CONFIG, until } from './crash-run.ts';
import { KillableCollector } from './killable-collector.ts';
import { KnownLoad } from './known-load.ts';
import { SpanLedger } from './span-ledger.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const SETTABLE = new URL('./settable-clock.ts', import.meta.url).href;
const JOURNAL_KIB = 1_024;
const SEGMENTS = 100;
/** Longer than lines may come once more. */
const LATER_MS = 180_000;

test('a session outlives a journal that others filled since it began, and its collector twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-long-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const ledger = await SpanLedger.listen();
  undo.push(() => ledger.close());
  const config = {
    ...KNOWN_CONFIG,
    journal: { size: `${JOURNAL_KIB}KiB` },
    store: { kind: 'off' },
    export: { otlp: { endpoint: ledger.endpoint, batch: { age: '100ms' } } },
  };
  const collector = await KillableCollector.at(folder, config, ['--import', SETTABLE]);
  undo.push(() => collector.kill());
  const setClock = (offMs: number) => writeFileSync(join(folder, 'clock'), String(offMs));
  setClock(0);
  await collector.start();
  const watch = new CounterWatch(collector.metricsUrl);
  watch.start(500);
  const long = new KnownLoad(collector.ingestUrl, 41);
  const playing = long.play(1, SEGMENTS, 1, 500);
  await until(async () => long.acknowledged.events >= 2, 10_000);
  const others: KnownLoad[] = [];
  /** Sessions that begin and end, until so much of theirs was written. */
  const fill = async (kib: number): Promise<void> => {
    for (let written = 0; written < kib; ) {
      const before = journalKib(folder);
      const load = new KnownLoad(collector.ingestUrl, 100 + others.length);
      others.push(load);
      await load.play(6, 10, 6, 0);
      written += Math.max(0, journalKib(folder) - before);
    }
  };
  await fill(600);
  await collector.kill();
  setClock(LATER_MS);
  await collector.start();
  for (const kib of [150, 200, 300]) {
    await until(async () => journalKib(folder) < (JOURNAL_KIB * 9) / 16, 15_000);
    await fill(kib);
  }
  await collector.kill();
  // Otherwise nothing was asked.
  expect(long.acknowledged.lines).toBeLessThan(SEGMENTS * 3);
  expect(journalKib(folder)).toBeLessThan(JOURNAL_KIB);
  await collector.start();
  await playing;
  const loads = [long, ...others];
  const sids = loads.flatMap((load) => load.sids);
  const ended = () => watch.total('playpath_sessions_ended_total');
  await until(async () => (await ended()) >= sids.length, 25_000);
  await watch.stop();
  const answer = await fetch(`${collector.apiUrl}/api/sessions/${long.sids[0]}`);
  const told = (await answer.json()) as Partial<SessionJson>;
  expect({
    requests: told.requests,
    playingMs: told.qoe?.playingMs,
    startupMs: told.qoe?.startupMs,
    ended: await ended(),
    started: await watch.total('playpath_sessions_started_total'),
    lines: await watch.total('playpath_requests_total'),
    playingSeconds: Math.round(await watch.total('playpath_playing_seconds_total')),
    doubled: ledger.doubled,
    resets: [...watch.resets],
  }).toEqual({
    requests: SEGMENTS * 3,
    playingMs: KnownLoad.playingSeconds(1, SEGMENTS) * 1_000,
    startupMs: 500,
    ended: sids.length,
    started: sids.length,
    lines: loads.reduce((sum, load) => sum + load.acknowledged.lines, 0),
    playingSeconds: KnownLoad.playingSeconds(sids.length - 1, 10) + KnownLoad.playingSeconds(1, SEGMENTS),
    doubled: [],
    resets: [],
  });
}, 240_000);

function journalKib(folder: string): number {
  const journal = join(folder, 'data', 'journal', '0');
  return readdirSync(journal).reduce((sum, name) => sum + statSync(join(journal, name)).size, 0) / 1_024;
}
