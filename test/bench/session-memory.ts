// Question: how much memory does an open session hold, and how long are the pauses of the garbage collector?

import { spawnSync } from 'node:child_process';
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Audience } from '../../collector/audience/audience.ts';
import { loadConfig } from '../../collector/config.ts';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import { RequestReport } from '../../collector/model/request.ts';
import type { Source } from '../../collector/model/source.ts';
import { Pipeline } from '../../collector/pipeline.ts';
import { SessionSpans } from '../../collector/traces/session-spans.ts';
import { correlateSettings } from '../../collector/wiring/correlate-settings.ts';
import { FanOut } from '../../collector/wiring/fan-out.ts';
import { keepResult } from './load/result-page.ts';

// Viewers known from edge lines with CMCD, each fetching a segment of six seconds every six seconds. All sessions begin
// in the first round and none ends: after two minutes each holds as much of its past as it ever will.

const SEGMENT_MS = 6_000;
const TITLES = 5_000;
/** The past that a session holds, and a little more. */
const ROUNDS = 24;
/** In these the sessions begin, and the compiler is at work. */
const FIRST_ROUNDS = 4;
const TURN_LINES = 10_000;
const BEGIN_MS = Date.UTC(2026, 10, 21, 18);

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', multiple: true, default: ['10000', '100000'] },
    /** Measures one count here and prints it. */
    alone: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

type Row = {
  readonly sessions: number;
  readonly bytesPerSession: number;
  readonly pauses: number;
  readonly p99PauseMs: number;
  readonly longestPauseMs: number;
};

/** More than Node allows by itself: a hundred thousand hold gigabytes. */
const HEAP_MIB = 20_000;

const source: Source = {
  index: 0,
  name: 'edge',
  format: 'bench',
  tier: 'edge',
  emitter: 'cdn',
  tenant: 'default',
  latenessMs: 10_000,
  sampleRate: 1,
  timeZone: 'UTC',
};

function pipelineFor(sessions: number): Pipeline {
  const config = loadConfig({ formats: FORMATS, environment: {} });
  const metrics = createMetrics({ budgets: config.metrics.labelBudget, contentTop: 10, sources: [source] });
  const audience = new Audience(metrics);
  const settings = correlateSettings(config);
  return new Pipeline([source], {
    settings: { ...settings, maxSessions: Math.max(settings.maxSessions, sessions) },
    output: new FanOut(metrics, { started: () => {}, incident: () => {}, audience, closed: () => {} }),
    spans: new SessionSpans(() => {}),
    cdnHosts: new CdnHosts(),
    contents: new ContentMemory(),
  });
}

/** Fills `report` as a decoder would: the n-th segment of one viewer, asked for at `startMs`. */
function fill(report: RequestReport, viewer: number, n: number, startMs: number): void {
  const { cmcd } = report;
  const title = `title-${viewer % TITLES}`;
  report.startMs = startMs;
  report.receivedMs = startMs;
  report.path = `/vod/${title}/video/seg_${n}.m4s`;
  report.requestId = `${n}-${viewer}`;
  report.uidHigh = n;
  report.uidLow = viewer;
  cmcd.sid = `00000000-0000-4000-8000-${String(viewer).padStart(12, '0')}`;
  cmcd.cid = title;
}

/** What all lines have in common. */
function blank(): RequestReport {
  const report = new RequestReport();
  const { cmcd } = report;
  report.source = source;
  report.durationMs = 120;
  report.ttfbMs = 20;
  report.precisionMs = 1;
  report.method = 'GET';
  report.scheme = 'https';
  report.host = 'vod.test';
  report.status = 200;
  report.bodyBytes = 2_250_000;
  report.contentType = 'video/mp4';
  report.objectType = 'video';
  report.cacheStatus = 'hit';
  report.cacheStatusRaw = 'Hit';
  report.pop = 'FRA1';
  cmcd.version = 1;
  cmcd.objectType = 'video';
  cmcd.streamType = 'vod';
  cmcd.bitrateKbps = 3_000;
  cmcd.topBitrateKbps = 6_000;
  cmcd.objectDurationMs = SEGMENT_MS;
  cmcd.bufferMs = 18_000;
  return report;
}

async function measure(sessions: number): Promise<Row> {
  global.gc?.();
  const before = heldBytes();
  const pauses: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pauses.push(duration);
  });
  const pipeline = pipelineFor(sessions);
  const report = blank();
  let tickedMs = BEGIN_MS;
  for (let n = 0; n < ROUNDS; n++) {
    if (n === FIRST_ROUNDS) observer.observe({ entryTypes: ['gc'] });
    for (let viewer = 0; viewer < sessions; viewer++) {
      const nowMs = BEGIN_MS + (n + viewer / sessions) * SEGMENT_MS;
      fill(report, viewer, n, Math.floor(nowMs));
      pipeline.accept(report, nowMs);
      if (nowMs - tickedMs >= 1_000) {
        tickedMs = nowMs;
        pipeline.tick(nowMs);
      }
      // Pauses are told between two turns.
      if (viewer % TURN_LINES === 0) await nextTurn();
    }
  }
  await nextTurn();
  observer.disconnect();
  if (pipeline.liveSessions !== sessions)
    throw new Error(`${pipeline.liveSessions} sessions are open, not ${sessions}`);
  global.gc?.();
  const bytesPerSession = (heldBytes() - before) / pipeline.liveSessions;
  pauses.sort((a, b) => a - b);
  return {
    sessions,
    bytesPerSession,
    pauses: pauses.length,
    p99PauseMs: pauses[Math.floor(pauses.length * 0.99)] ?? 0,
    longestPauseMs: pauses.at(-1) ?? 0,
  };
}

function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** In a process of its own: nobody inherits the heap of another. */
function measured(sessions: string): Row {
  const flags = ['--expose-gc', `--max-old-space-size=${HEAP_MIB}`];
  const options = ['--alone', '--sessions', sessions];
  const child = spawnSync(process.execPath, [...flags, fileURLToPath(import.meta.url), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) throw new Error(`${sessions} sessions: ended with ${child.status}`);
  return JSON.parse(child.stdout.toString()) as Row;
}

function compare(): void {
  const rows = values.sessions.map(measured);
  const table = [
    '| sessions open | bytes a session | GC pauses | p99 ms | longest ms |',
    '|---:|---:|---:|---:|---:|',
    ...rows.map(({ sessions, bytesPerSession, pauses, p99PauseMs, longestPauseMs }) => {
      const counts = [sessions, bytesPerSession, pauses].map((n) => Math.round(n).toLocaleString('en'));
      return `| ${[...counts, p99PauseMs.toFixed(1), longestPauseMs.toFixed(1)].join(' | ')} |`;
    }),
  ];
  console.log(table.join('\n'));
  const ageSeconds = (ROUNDS * SEGMENT_MS) / 1000;
  const note = `Heap and external memory after a collection, when all sessions are ${ageSeconds} s old.`;
  if (values.keep) keepResult('session-memory', 'Memory of open sessions', note, table, { rows });
}

if (values.alone) console.log(JSON.stringify(await measure(Number(values.sessions[0]))));
else compare();
