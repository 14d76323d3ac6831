import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderText } from '../../collector/exporters/prometheus.ts';
import { createMetrics, type Metrics } from '../../collector/metrics/index.ts';
import { driveEverything } from './everything.ts';
import { parseExposition, series } from './exposition.ts';
import { delta, incident, playerError, report, SESSION, source, T0, VIEWER } from './facts.ts';

const SOURCES = ['edge-a', 'edge-b', 'edge-c'].map((emitter) => source({ emitter }));

/** Things that happen; amounts are whole, so that adding in another order gives the same sum. */
const happening: fc.Arbitrary<(metrics: Metrics) => void> = fc.oneof(
  fc.tuple(fc.constantFrom(...SOURCES), fc.constantFrom('A', 'B', 'C', ''), fc.constantFrom(200, 404, 503)).map(
    ([from, pop, status]) =>
      (metrics: Metrics) =>
        metrics.delivery(report({ source: from, pop, status, ttfbMs: 1_000, durationMs: 9_000 })),
  ),
  fc.tuple(fc.constantFrom('CL', 'AR', ''), fc.nat({ max: 50 })).map(
    ([country, seconds]) =>
      (metrics: Metrics) =>
        metrics.playback(SESSION, { ...VIEWER, country }, delta({ playingMs: seconds * 1_000 })),
  ),
  fc
    .constantFrom(1_000, 4_000)
    .map((stalledMs) => (metrics: Metrics) => metrics.incident(SESSION, VIEWER, incident({ stalledMs }))),
);

test('shards added up are one undivided instance', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(happening, fc.nat({ max: 3 })), { maxLength: 60 }), async (happenings) => {
      const whole = createMetrics();
      const shards = Array.from({ length: 4 }, () => createMetrics());
      for (const [happen, shard] of happenings) {
        happen(whole);
        happen(shards[shard] as Metrics);
      }
      const sum = createMetrics();
      for (const shard of shards) sum.merge(structuredClone(shard.snapshot()));
      expect(await samplesOf(sum)).toEqual(await samplesOf(whole));
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('every metric survives the way through a snapshot', async () => {
  const metrics = createMetrics({ budgets: { pop: 15 }, seriesBudget: 16 });
  driveEverything(metrics);
  const copy = createMetrics();
  copy.merge(structuredClone(metrics.snapshot()));
  expect(await samplesOf(copy)).toEqual(await samplesOf(metrics));
});

test('gauges of shards add up, and overflows are counted once', () => {
  const sum = createMetrics();
  for (const viewers of [2, 3]) {
    const shard = createMetrics({ budgets: { pop: 1 } });
    shard.delivery(report({ pop: 'A' }));
    shard.concurrency({
      sessions: [],
      viewers: [{ dimensions: VIEWER, count: viewers }],
      contents: [{ contentId: 'match-1', viewers }],
      cdns: [{ cdn: 'edge-a', sessions: viewers }],
    });
    shard.families();
    sum.merge(shard.snapshot());
  }
  expect(series(sum, 'playpath_concurrent_viewers')).toEqual({ '': 5 });
  expect(series(sum, 'playpath_content_concurrent_viewers', 'content')).toEqual({ 'match-1': 5 });
  expect(series(sum, 'playpath_cdn_concurrent_sessions', 'cdn')).toEqual({ 'edge-a': 5 });
  expect(series(sum, 'playpath_label_overflow_total', 'label')).toEqual({ pop: 2 });
});

test('of the exemplars of all shards the latest stays', async () => {
  const sum = createMetrics();
  for (const [traceId, atMs] of [
    ['aa', T0 + 5_000],
    ['bb', T0 + 9_000],
    ['cc', T0 + 7_000],
  ] as const) {
    const shard = createMetrics();
    shard.tick(atMs);
    shard.startup({ ...SESSION, traceId }, VIEWER, 800);
    shard.playbackError({ ...SESSION, traceId }, VIEWER, playerError({ receivedMs: atMs }));
    sum.merge(structuredClone(shard.snapshot()));
  }
  const marked = parseExposition(await renderText(sum.families(), 'openmetrics')).filter(({ exemplar }) => exemplar);
  expect(marked.map(({ name, exemplar }) => `${name} ${exemplar}`)).toEqual([
    `playpath_startup_seconds_bucket {trace_id="bb"} 0.8 ${(T0 + 9_000) / 1000}`,
    `playpath_playback_errors_total {trace_id="bb"} 1 ${(T0 + 9_000) / 1000}`,
  ]);
});

test('a snapshot of another version leaves out what is not known here', () => {
  const metrics = createMetrics();
  metrics.sessionStarted(SESSION, VIEWER, T0);
  metrics.merge([{ name: 'playpath_gone_total', labels: ['x'], values: Float64Array.of(1), exemplars: [] }]);
  const [ttfb] = createMetrics()
    .snapshot()
    .filter(({ name }) => name === 'playpath_ttfb_seconds');
  metrics.merge([{ ...ttfb!, values: new Float64Array(3) }]);
  expect(series(metrics, 'playpath_sessions_started_total')).toEqual({ '': 1 });
  expect(series(metrics, 'playpath_ttfb_seconds')).toEqual({});
});

/** Without series at 0: a shard that never saw a series does not have it. */
async function samplesOf(metrics: Metrics): Promise<string[]> {
  const samples = parseExposition(await renderText(metrics.families()));
  return samples
    .filter(({ value }) => value !== 0)
    .map(({ name, labels, value }) => `${name} ${JSON.stringify(Object.entries(labels).toSorted())} ${value}`)
    .toSorted();
}
