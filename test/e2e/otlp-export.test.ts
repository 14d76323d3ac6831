import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Collector } from '../../collector/collector.ts';
import { createLogger } from '../../collector/telemetry/logger.ts';
import type { LabDelivery } from '../lab/delivery.ts';
import { runLab } from '../lab/lab.ts';
import { LabFiles } from '../lab/lab-files.ts';
import { LivePoster } from '../lab/live-poster.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { labSources } from '../lab/sources.ts';
import { configOf, labConfigTree } from '../support/lab-feed.ts';
import { postRecording, RECORDING_SOURCES, recordedTime } from '../support/live-recording.ts';
import { OtlpSink, type ReceivedExport } from '../support/otlp-sink.ts';
import { recordingSources, replayOutput } from '../support/replay-output.ts';
import { type StoredSpan, storedSpans, traceProblems } from '../support/trace-rules.ts';

/**
 * A collector exports to a real socket, and everything that arrives there is read with the official OTLP definitions
 * and judged as a trace store would: ids, parents, times, emitters, links. What leaves live is what `replay` writes.
 */

const VERSION = '1.2.3';
const MINUTE_MS = 60_000;
/** The lab's deliveries are posted one step after the other, thousands of them, on whatever machine this is. */
const LAB_TIMEOUT_MS = 120_000;
/** The same for both, so that they name devices alike. */
const privacy = { salt: 'one salt for the collector and for replay' };
/** As `replay` has them, so that both wait alike. */
const AS_REPLAY = { privacy, correlate: { detail: 'full', settle: '5m' } };

const FEW = { perMinute: 15, atStart: 12, atStartMs: 5_000, dayShape: 0, maxSessions: 0 };

const folder = mkdtempSync(join(tmpdir(), 'playpath-otlp-'));
const replayConfig = join(folder, 'replay.yaml');
writeFileSync(replayConfig, JSON.stringify({ privacy }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runs = readdirSync(new URL('../fixtures/recordings/', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(runs)('recorded run %s', (run) => {
  let exports: readonly ReceivedExport[];
  let spans: readonly StoredSpan[];
  beforeAll(async () => {
    const tree = {
      ...AS_REPLAY,
      ingest: { port: 0 },
      metrics: { port: 0 },
      api: { port: 0 },
      sources: RECORDING_SOURCES,
    };
    exports = await exported(tree, (url, clock) => postRecording(run, url, clock));
    spans = storedSpans(exports.map(({ request }) => request));
  });

  test('every export is an OTLP/HTTP request with the resource of each emitter', () => {
    judgeRequests(exports);
    expect(new Set(spans.map(({ service }) => service))).toContain('player');
  });

  test('every trace is sound', () => {
    const [firstMs, lastMs] = recordedTime(run);
    expect(traceProblems(spans, firstMs - MINUTE_MS, lastMs + MINUTE_MS)).toEqual([]);
  });

  test('no span leaves twice, and the spans are those of replay', async () => {
    const replayed = await replayOutput(recordingSources(run), 'full', replayConfig);
    expect(namesOf(spans).length).toBe(spans.length);
    expect(namesOf(spans)).toEqual(namesOf(replayed.spans));
  });
});

describe.each(['mixed', 'silent-reroute'])('lab scenario %s', (name) => {
  const scenario: Scenario = { ...(SCENARIOS.get(name) as Scenario), arrivals: FEW };
  const startMs = Date.UTC(2026, 10, 21, 20);
  const deliveries: LabDelivery[] = [];
  const files = join(folder, name);
  beforeAll(() => {
    const disk = new LabFiles(files, labSources(scenario));
    const fleet = runLab(scenario, {
      seed: 7,
      startMs,
      durationMs: 1.5 * MINUTE_MS,
      sink: {
        delivery: (delivery) => {
          deliveries.push(delivery);
          disk.delivery(delivery);
        },
      },
    });
    disk.close(fleet);
  });

  test(
    'every trace is sound, and the spans are those of replay',
    async () => {
      const exports = await exported(labConfigTree(scenario, AS_REPLAY), (url, clock) =>
        postLab(deliveries, url, clock),
      );
      judgeRequests(exports);
      const spans = storedSpans(exports.map(({ request }) => request));
      expect(traceProblems(spans, startMs - MINUTE_MS, startMs + 10 * MINUTE_MS)).toEqual([]);
      const sources = labSources(scenario).map(
        (source) => `${join(files, source.file)}=${source.format}:${source.tier}:${source.name}`,
      );
      const replayed = await replayOutput(sources, 'full', replayConfig);
      expect(namesOf(spans)).toEqual(namesOf(replayed.spans));
    },
    LAB_TIMEOUT_MS,
  );

  test(
    'what the flight recorder leaves out leaves no gap: parents and evidence are there',
    async () => {
      const correlate = { detail: 'recorder', healthySample: 0 };
      const exports = await exported(labConfigTree(scenario, { ...AS_REPLAY, correlate }), (url, clock) =>
        postLab(deliveries, url, clock),
      );
      const spans = storedSpans(exports.map(({ request }) => request));
      expect(spans.some((span) => span.name === 'requests')).toBe(true);
      expect(traceProblems(spans, startMs - MINUTE_MS, startMs + 10 * MINUTE_MS)).toEqual([]);
    },
    LAB_TIMEOUT_MS,
  );
});

/** Runs a collector on a clock that `feed` moves, and returns what had arrived at its backend when it had closed. */
async function exported(
  tree: Readonly<Record<string, unknown>>,
  feed: (ingestUrl: string, clock: { nowMs: number }) => Promise<void>,
): Promise<readonly ReceivedExport[]> {
  const sink = await OtlpSink.listen();
  const config = configOf({ ...tree, export: { otlp: { endpoint: sink.endpoint } } }, folder);
  const clock = { nowMs: 0 };
  const log = createLogger({ level: 'warn', format: 'text', stream: process.stderr, now: Date.now });
  const collector = new Collector({ config, version: VERSION, log, now: () => clock.nowMs });
  const { ingest } = await collector.start();
  await feed(`http://127.0.0.1:${ingest}`, clock);
  await collector.close();
  await sink.close();
  expect(sink.problems).toEqual([]);
  expect(sink.exports.length).toBeGreaterThan(0);
  return sink.exports;
}

/** Half a second of deliveries at a time, each step answered before the clock goes on. */
async function postLab(deliveries: readonly LabDelivery[], url: string, clock: { nowMs: number }): Promise<void> {
  const poster = new LivePoster(url);
  const stepMs = 500;
  let step: LabDelivery[] = [];
  for (const delivery of deliveries) {
    if (step[0] !== undefined && delivery.deliveredMs - step[0].deliveredMs >= stepMs) {
      clock.nowMs = step.at(-1)?.deliveredMs ?? clock.nowMs;
      await poster.send(step);
      await poster.close();
      step = [];
    }
    step.push(delivery);
  }
  clock.nowMs = step.at(-1)?.deliveredMs ?? clock.nowMs;
  await poster.send(step);
  await poster.close();
  expect(poster.counts).toMatchObject({ refused: 0, failed: 0 });
}

function judgeRequests(exports: readonly ReceivedExport[]): void {
  for (const { path, headers, request, isCanonical } of exports) {
    expect(path).toBe('/v1/traces');
    expect(headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' });
    expect(isCanonical).toBe(true);
    for (const { resource, scopeSpans } of request.resourceSpans) {
      const said = Object.fromEntries(resource.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
      expect(said).toEqual({
        'service.name': expect.stringMatching(/./),
        'service.namespace': 'playpath',
        'playpath.tenant': 'default',
        'telemetry.sdk.name': 'playpath',
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.version': VERSION,
      });
      expect(scopeSpans[0].scope).toEqual({ name: 'playpath', version: VERSION });
    }
  }
}

function namesOf(spans: readonly { traceId: string; spanId: string; name: string }[]): string[] {
  return [...new Set(spans.map(({ traceId, spanId, name }) => `${traceId}/${spanId} ${name}`))].sort();
}
