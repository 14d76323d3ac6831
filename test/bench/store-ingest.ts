import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { systemScheduler } from '../../collector/exporters/scheduler.ts';
import { openEmbedded } from '../../collector/store/embedded.ts';
import { migrate } from '../../collector/store/migrations.ts';
import { RowExporter } from '../../collector/store/row-exporter.ts';
import { SESSION_COLUMNS } from '../../collector/store/session-columns.ts';
import { makeIncident, makeSummary } from '../exporters/sessions.ts';
import { ask } from '../store/lab-store.ts';
import { PLACEMENT } from '../store/placement.ts';
import { rowLine } from '../store/rows.ts';
import { machine, machineLine } from './load/machine.ts';

// Question: how many session rows a second does the embedded store take, and does the event loop stall meanwhile?

const ROWS = Number(process.argv[2] ?? 1_000_000);
/** Rows made between two turns of the event loop. */
const SLICE = 100;

const folder = mkdtempSync(join(tmpdir(), 'playpath-bench-'));
const store = await openEmbedded(folder, 8 * 2 ** 30);
await migrate(store, PLACEMENT, Date.now());
const silent = { info: () => {}, warn: () => {}, error: console.error };
const exporter = new RowExporter({
  store,
  table: 'playpath.sessions',
  columns: SESSION_COLUMNS.map(([name]) => name),
  batchRows: 5_000,
  batchAgeMs: 5_000,
  queueBytes: 64 << 20,
  retryFirstMs: 500,
  retryMaxMs: 30_000,
  closeMs: 10_000,
  scheduler: systemScheduler,
  random: Math.random,
  log: silent,
});

const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();
const cpu = process.cpuUsage();
const beginMs = performance.now();
const nowMs = Date.UTC(2026, 10, 21);
for (let row = 0; row < ROWS; row++) {
  const beginMs = nowMs - (row % 86_400) * 1_000;
  const traceId = row.toString(16).padStart(32, '0');
  const incidents = row % 10 === 0 ? [makeIncident()] : [];
  exporter.add(rowLine({ ...makeSummary(), traceId, sessionId: traceId, beginMs, endMs: beginMs + 60_000, incidents }));
  if (row % SLICE === 0) await new Promise(setImmediate);
  while (exporter.isFull) await delay(1);
}
await exporter.flush();
const seconds = (performance.now() - beginMs) / 1000;
const { user, system } = process.cpuUsage(cpu);
loop.disable();
const { storedRows, droppedRows, refusedRows } = exporter.counters;
const [stored] = await ask(store, 'totals', { from: String(nowMs - 86_400_000), to: String(nowMs + 1_000) });
console.log(machineLine(machine()));
console.log(
  `${storedRows} rows stored (${String(stored?.sessions)} found), ${droppedRows} dropped, ${refusedRows} refused`,
);
console.log(
  `${Math.round(ROWS / seconds)} rows/s, ${(1e-6 * (user + system)).toFixed(1)} s of processor time in ${seconds.toFixed(1)} s`,
);
console.log(`event loop: p99 ${(loop.percentile(99) / 1e6).toFixed(1)} ms, longest ${(loop.max / 1e6).toFixed(1)} ms`);
console.log(`resident memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`);
await exporter.close();
await store.close();
rmSync(folder, { recursive: true, force: true });
