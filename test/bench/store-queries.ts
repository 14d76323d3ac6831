import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaySums } from '../../collector/store/day-sums.ts';
import { dayUnits, unitFor } from '../../collector/store/day-units.ts';
import { openEmbedded } from '../../collector/store/embedded.ts';
import { migrate } from '../../collector/store/migrations.ts';
import type { QueryRunnerOptions } from '../../collector/store/query-runner.ts';
import { ask } from '../store/lab-store.ts';
import { LIMITS, PLACEMENT } from '../store/placement.ts';
import { machine, machineLine } from './load/machine.ts';
import { fillMonth } from './load/session-rows.ts';

// Question: how long do the named queries take over ten million sessions of a month, in process? `store-queries ROWS`.

const ROWS = Number(process.argv[2] ?? 10_000_000);
const END_MS = Date.UTC(2026, 10, 21);
const DAY_MS = 86_400_000;
const TRIES = 4;

const MONTH = { from: String(END_MS - 30 * DAY_MS), to: String(END_MS) };
const DAY = { from: String(END_MS - DAY_MS), to: String(END_MS) };
const ASKED: readonly (readonly [what: string, name: string, parameters: Readonly<Record<string, string>>])[] = [
  [
    'explorer: 24 h, four filters',
    'sessions',
    { ...DAY, country: 'DE', cdn: 'fastly', device: 'tv', outcome: 'played' },
  ],
  ['explorer: 24 h, a text', 'sessions', { ...DAY, search: 'title-42' }],
  ['one session by its id', 'session', { id: 'c4ca4238a0b923820dcc509a6f75849b' }],
  ['who fails, 24 h, by PoP', 'failures_by', { ...DAY, group: 'pop' }],
  ['report of a day', 'report', { period: 'day', date: '2026-11-20' }],
  ['report of a day by title', 'report_by', { period: 'day', date: '2026-11-20' }],
  ['report of a month, one tenant', 'report', { period: 'month', date: '2026-11-01', tenant: 'acme' }],
  ['report of a month', 'report', { period: 'month', date: '2026-11-01' }],
  ['report of a month by country', 'report_by', { period: 'month', date: '2026-11-01', group: 'country' }],
  ['report of a month by content', 'report_by', { period: 'month', date: '2026-11-01' }],
  ['popularity, 30 d', 'popularity', MONTH],
  ['popularity of one country, 30 d', 'popularity', { ...MONTH, country: 'DE' }],
  ['audience by day, 30 d', 'audience', { ...MONTH, interval: 'day' }],
  ['quality by CDN, 30 d', 'quality_by', MONTH],
  ['concurrency, 24 h', 'concurrency', DAY],
];

const folder = mkdtempSync(join(tmpdir(), 'playpath-bench-'));
const store = await openEmbedded(folder, 8 * 2 ** 30);
await migrate(store, PLACEMENT, END_MS);
const beginMs = performance.now();
await fillMonth(store, ROWS, END_MS);
console.log(
  `${machineLine(machine())}\n${ROWS} sessions made in ${((performance.now() - beginMs) / 1000).toFixed(0)} s\n`,
);
const units = dayUnits('UTC', []);
const sums = new DaySums({ store, placement: PLACEMENT, units, log: console, now: () => END_MS });
const sumsBeginMs = performance.now();
const days = await sums.sumUp();
console.log(`${days} closed days summed up in ${((performance.now() - sumsBeginMs) / 1000).toFixed(0)} s\n`);
const closedDays: QueryRunnerOptions['closedDays'] = (timeZone, tenants) => {
  const unit = unitFor(units, timeZone, tenants);
  return unit ? sums.of(unit) : Promise.resolve(null);
};
const limits = { ...LIMITS, timeoutMs: 60_000, memoryBytes: 4 * 2 ** 30 };
console.log('| query | first, ms | best, ms | rows |\n|---|---|---|---|');
for (const [what, name, parameters] of ASKED) {
  const times: number[] = [];
  let rows = 0;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const startMs = performance.now();
    rows = (await ask(store, name, parameters, { limits, closedDays })).length;
    times.push(performance.now() - startMs);
  }
  console.log(`| ${what} | ${times[0]?.toFixed(0)} | ${Math.min(...times).toFixed(0)} | ${rows} |`);
}
await store.close();
rmSync(folder, { recursive: true, force: true });
