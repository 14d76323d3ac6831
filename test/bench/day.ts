// Question: does a collector with its journal on need more memory or disk after a day than after an hour?
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Collector } from '../../collector/collector.ts';
import { createLogger } from '../../collector/telemetry/logger.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { configOf, labConfigTree } from '../support/lab-feed.ts';
import { Fleet } from './load/fleet.ts';
import { OtlpSink } from './load/otlp-sink.ts';
import { keepResult } from './load/result-page.ts';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '24' },
    /** Sessions that begin in a minute. */
    arrivals: { type: 'string', default: '2' },
    /** Minutes that the run takes. */
    minutes: { type: 'string', default: '6' },
    keep: { type: 'boolean', default: false },
  },
});
const HOUR_MS = 3_600_000;
const hours = Number(values.hours);
const arrivals = { perMinute: Number(values.arrivals), atStart: 0, atStartMs: 0, dayShape: 0, maxSessions: 0 };
const scenario: Scenario = { ...(SCENARIOS.get('mixed') as Scenario), arrivals };
const speed = (hours * 60) / Number(values.minutes);

const folder = mkdtempSync(join(tmpdir(), 'playpath-day-'));
const beginMs = Date.now() - hours * HOUR_MS;
let nowMs = beginMs;
const sink = await OtlpSink.start();
const config = configOf(
  {
    ...labConfigTree(scenario),
    bus: 'journal',
    // Finished sessions are kept up to this many: it is reached within the first hours.
    api: { port: 0, recentSessions: 100 },
    // One post after the other: none waits for company.
    journal: { window: '0ms' },
    store: { kind: 'off' },
    export: { otlp: { endpoint: sink.endpoint } },
  },
  folder,
);
const log = createLogger({ level: 'warn', format: 'text', stream: process.stderr, now: Date.now });
const collector = new Collector({ config, version: '0.0.0', log, now: () => nowMs });
const ports = await collector.start();
const fleet = new Fleet({ ingestUrl: `http://127.0.0.1:${ports.ingest}`, scenario, beginMs });
let posts = {};
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Of every hour. */
const heaps: number[] = [];

const lines = [
  '| lab hour | sessions open | records taken | heap MiB | resident MiB | journal MiB |',
  '|---|---|---|---|---|---|',
];
console.log(lines.join('\n'));
for (let hour = 1; hour <= hours; hour++) {
  const untilMs = beginMs + hour * HOUR_MS;
  while (nowMs < untilMs) {
    const stepBeganMs = performance.now();
    nowMs = Math.min(untilMs, nowMs + 250 * speed);
    posts = await fleet.advance(nowMs);
    await delay(Math.max(0, 250 - (performance.now() - stepBeganMs)));
  }
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  heaps.push(heapUsed / 2 ** 20);
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  const own = await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics/collector`)).text();
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(own)?.[1] ?? Number.NaN);
  const journal = join(folder, 'journal', '0');
  const journalBytes = readdirSync(journal).reduce((sum, name) => sum + statSync(join(journal, name)).size, 0);
  const line = [
    hour,
    read('playpath_collector_live_sessions'),
    read('playpath_collector_received_records_total'),
    (heapUsed / 2 ** 20).toFixed(1),
    mib(rss),
    mib(journalBytes),
  ];
  lines.push(`| ${line.join(' | ')} |`);
  console.log(lines.at(-1));
}
console.log(JSON.stringify(posts));
if (values.keep) {
  const note = `${hours} hours in ${values.minutes} minutes, ${values.arrivals} sessions begun a minute, journal on. Fleet and trace backend are processes of their own: memory is the collector's, its heap after a collection of garbage.`;
  const days = Array.from({ length: Math.floor(hours / 24) }, (_, day) => {
    const ofDay = heaps.slice(day * 24, day * 24 + 24);
    return { least: Math.min(...ofDay), mean: ofDay.reduce((sum, mib) => sum + mib, 0) / 24, most: Math.max(...ofDay) };
  });
  const summary = days.map(
    ({ least, mean, most }, day) =>
      `Heap on day ${day + 1}: ${mean.toFixed(1)} MiB in the mean, ${least.toFixed(1)} to ${most.toFixed(1)}.`,
  );
  keepResult('day', 'Days in one run', note, [...summary.join('\n\n').split('\n'), '', ...lines], {
    hours,
    arrivals: Number(values.arrivals),
    posts,
    days,
  });
}
fleet.close();
await collector.close();
sink.close();
rmSync(folder, { recursive: true, force: true });
