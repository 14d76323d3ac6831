import { performance } from 'node:perf_hooks';
import { Counter, Histogram, Registry } from 'prom-client';
import { renderText } from '../../collector/exporters/prometheus.ts';
import { HistogramCells, ValueCells } from '../../collector/metrics/cells.ts';
import { definitionOf } from '../../collector/metrics/contract.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { report, source } from '../metrics/facts.ts';

// Questions: what does one log line cost in metrics, and how long does a scrape of 10,000 series block? Both against
// plain prom-client with the same labels, in the same run: ratios compare, absolute numbers belong to the machine.

/** Short rounds and many: some of them run undisturbed even on a busy machine. */
const ROUNDS = 600;
const LINES = 2_048;
const SERIES = 10_000;
const SCRAPES = 60;

/** Best of the rounds: on a shared machine the minimum is the program, the rest is the neighbours. */
function best(run: () => void): number {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    run();
    bestMs = Math.min(bestMs, performance.now() - begin);
  }
  return bestMs;
}

async function bestAsync(run: () => Promise<unknown>): Promise<number> {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < SCRAPES; round++) {
    const begin = performance.now();
    await run();
    bestMs = Math.min(bestMs, performance.now() - begin);
  }
  return bestMs;
}

/** What an hour of edge logs looks like: 4 CDNs, 40 sites each, hits and misses, a few errors, lines interleaved. */
function lines(): RequestReport[] {
  const cdns = ['edge-a', 'edge-b', 'edge-c', 'edge-d'].map((emitter) => source({ emitter }));
  return Array.from({ length: 512 }, (_, i) =>
    report({
      source: cdns[i % 4]!,
      pop: `P${(i * 7) % 40}`,
      status: i % 97 === 0 ? 503 : i % 31 === 0 ? 404 : 200,
      cacheStatus: i % 5 === 0 ? 'miss' : 'hit',
      objectType: (['video', 'video', 'audio', 'manifest'] as const)[i % 4]!,
      ttfbMs: (i * 13) % 400,
      durationMs: 400 + ((i * 17) % 900),
      bodyBytes: 20_000 + ((i * 7_919) % 2_000_000),
    }),
  );
}

function perLine(deliver: (line: RequestReport) => void): number {
  const reports = lines();
  const ms = best(() => {
    for (let i = 0; i < LINES; i++) deliver(reports[i % reports.length]!);
  });
  return (ms * 1e6) / LINES;
}

/** The same six metrics kept the ordinary way: label objects into prom-client. */
function plainDelivery(): (line: RequestReport) => void {
  const registers = [new Registry()];
  const counter = (name: Parameters<typeof definitionOf>[0]) =>
    new Counter({ name, help: name, labelNames: definitionOf(name).labels.map((label) => label.name), registers });
  const histogram = (name: Parameters<typeof definitionOf>[0]) => {
    const { labels, buckets } = definitionOf(name);
    return new Histogram({
      name,
      help: name,
      labelNames: labels.map((label) => label.name),
      buckets: [...buckets],
      registers,
    });
  };
  const requests = counter('playpath_requests_total');
  const errors = counter('playpath_request_errors_total');
  const bytes = counter('playpath_response_bytes_total');
  const ttfb = histogram('playpath_ttfb_seconds');
  const throughput = histogram('playpath_throughput_bits_per_second');
  const lag = histogram('playpath_event_lag_seconds');
  return (line) => {
    const { emitter: cdn, tier } = line.source;
    const { pop, cacheStatus: cache, objectType } = line;
    const statusClass = `${Math.trunc(line.status / 100)}xx`;
    requests.inc({ cdn, tier, pop, object_type: objectType, status_class: statusClass, cache });
    if (line.status >= 500)
      errors.inc({ cdn, tier, pop, object_type: objectType, status: line.status, generated_by: tier });
    bytes.inc({ cdn, tier, pop, status_class: statusClass, cache }, line.bodyBytes);
    ttfb.observe({ cdn, tier, object_type: objectType, cache }, line.ttfbMs / 1000);
    const transferMs = line.durationMs - line.ttfbMs;
    if (line.bodyBytes >= 65_536 && transferMs >= 50)
      throughput.observe({ cdn, tier, object_type: objectType }, (line.bodyBytes * 8_000) / transferMs);
    lag.observe({ source: line.source.name }, (line.receivedMs - line.startMs - line.durationMs) / 1000);
  };
}

function row(name: string, ours: number, plain: number, unit: string): void {
  const ratio = plain / ours;
  console.log(
    `${name.padEnd(44)} ${ours.toFixed(1).padStart(8)} ${unit}   prom-client ${plain.toFixed(1).padStart(8)} ${unit}   ${ratio.toFixed(1)}x`,
  );
}

function oneIncrement(): void {
  const keys = Int32Array.from({ length: 512 }, (_, i) => i * 7_919);
  const cells = new ValueCells(10_000);
  const counter = new Counter({ name: 'c', help: 'c', labelNames: ['a', 'b', 'c'], registers: [new Registry()] });
  const labels = Array.from(keys, (key) => ({ a: 'edge', b: 'video', c: `P${key}` }));
  const ours = best(() => {
    for (let i = 0; i < LINES; i++) cells.add(cells.cell(keys[i & 511]!), 1);
  });
  const plain = best(() => {
    for (let i = 0; i < LINES; i++) counter.inc(labels[i & 511]!);
  });
  row('one counter, 512 series', (ours * 1e6) / LINES, (plain * 1e6) / LINES, 'ns');
}

function oneObservation(): void {
  const { buckets } = definitionOf('playpath_ttfb_seconds');
  const keys = Int32Array.from({ length: 512 }, (_, i) => i * 7_919);
  const cells = new HistogramCells(10_000, buckets);
  const labelNames = ['a', 'b', 'c'];
  const histogram = new Histogram({
    name: 'h',
    help: 'h',
    labelNames,
    buckets: [...buckets],
    registers: [new Registry()],
  });
  const labels = Array.from(keys, (key) => ({ a: 'edge', b: 'video', c: `P${key}` }));
  const ours = best(() => {
    for (let i = 0; i < LINES; i++) cells.observe(cells.cell(keys[i & 511]!), (i & 1_023) / 1_000, 1);
  });
  const plain = best(() => {
    for (let i = 0; i < LINES; i++) histogram.observe(labels[i & 511]!, (i & 1_023) / 1_000);
  });
  row('one histogram of 13 buckets, 512 series', (ours * 1e6) / LINES, (plain * 1e6) / LINES, 'ns');
}

async function scrape(): Promise<void> {
  const metrics = createMetrics({ budgets: { pop: 4_095 } });
  const registry = new Registry();
  const definition = definitionOf('playpath_requests_total');
  const plain = new Counter({
    name: definition.name,
    help: definition.help,
    labelNames: definition.labels.map((label) => label.name),
    registers: [registry],
  });
  const { buckets } = definitionOf('playpath_ttfb_seconds');
  const histogram = new Histogram({
    name: 'playpath_ttfb_seconds',
    help: 'x',
    labelNames: ['cdn', 'tier', 'object_type', 'cache'],
    buckets: [...buckets],
    registers: [registry],
  });
  // Half the series are counters of the widest label set, half are buckets: what a busy collector has.
  const cells = Math.floor(SERIES / 2 / (buckets.length + 3));
  for (let i = 0; i < SERIES / 2; i++) {
    const pop = `P${i % 2_500}`;
    const cacheStatus = i < 2_500 ? 'hit' : 'miss';
    const line = report({ pop, cacheStatus, ttfbMs: Number.NaN, bodyBytes: Number.NaN });
    metrics.delivery(line);
    const place = { cdn: 'edge-a', tier: 'edge', pop };
    plain.inc({ ...place, object_type: 'video', status_class: '2xx', cache: cacheStatus });
  }
  for (let i = 0; i < cells; i++) {
    const from = source({
      emitter: `cdn-${i % 60}`,
      tier: (['edge', 'shield', 'origin'] as const)[Math.floor(i / 60) % 3]!,
    });
    const objectType = (['video', 'audio', 'muxed'] as const)[Math.floor(i / 180)]!;
    metrics.delivery(report({ source: from, pop: '', objectType, durationMs: Number.NaN, bodyBytes: Number.NaN }));
    histogram.observe({ cdn: from.emitter, tier: from.tier, object_type: objectType, cache: 'hit' }, 0.02);
  }
  const text = await renderText(metrics.families());
  const count = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  const plainCount = (await registry.metrics())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')).length;
  const ours = await bestAsync(() => renderText(metrics.families()));
  const theirs = await bestAsync(() => registry.metrics());
  row(
    `scrape of 10,000 series (of ${count} and ${plainCount})`,
    (ours * SERIES) / count,
    (theirs * SERIES) / plainCount,
    'ms',
  );
}

const metrics = createMetrics();
row(
  'delivery() of one line',
  perLine((line) => metrics.delivery(line)),
  perLine(plainDelivery()),
  'ns',
);
oneIncrement();
oneObservation();
await scrape();
