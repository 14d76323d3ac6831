import { afterEach, expect, test } from 'vitest';
import { MemoryQueue } from '../../collector/exporters/queue.ts';
import {
  addAll,
  endAll,
  endLater,
  spanId,
  spanIds,
  startExporter,
  startSink,
  withTimePassing,
} from './exporter-under-test.ts';
import { until } from './manual-scheduler.ts';
import { ExportResponse } from './otlp-proto.ts';
import { OtlpSink, type SinkBehaviour } from './otlp-sink.ts';
import { makeSpan } from './spans.ts';

afterEach(endAll);

test('delivers every span once, in order, compressed, with the headers it was given', async () => {
  const { sink, port } = await startSink();
  const { exporter } = startExporter(port, { headers: { 'X-Scope-OrgID': 'acme' } });
  await addAll(exporter, 0, 95);
  await exporter.flush();
  expect(sink.spanIds).toEqual(spanIds(95));
  expect(sink.requests).toBe(10);
  expect(sink.connections).toBe(1);
  expect(sink.paths[0]).toBe('/v1/traces');
  expect(sink.headers[0]).toMatchObject({
    'x-scope-orgid': 'acme',
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
    'user-agent': 'Playpath-OTLP-Exporter/0.1.0',
  });
  expect(exporter.counters).toMatchObject({
    sentSpans: 95,
    sentBatches: 10,
    retries: 0,
    waitingSpans: 0,
    waitingBytes: 0,
  });
});

test('leaves a path alone and does not compress when told so', async () => {
  const { sink, port } = await startSink();
  const { exporter } = startExporter(port, { endpoint: `http://127.0.0.1:${port}/otlp/x?a=b`, compression: 'none' });
  await addAll(exporter, 0, 3);
  await exporter.flush();
  expect(sink.paths).toEqual(['/otlp/x?a=b']);
  expect(sink.headers[0]).not.toHaveProperty('content-encoding');
  expect(sink.spanIds).toEqual(spanIds(3));
});

test('sends a batch when it is full, large or old', async () => {
  const { sink, port } = await startSink();
  const { exporter, scheduler } = startExporter(port, { batchBytes: 5000 });
  exporter.add(makeSpan({ spanId: spanId(0) }));
  scheduler.advance(999);
  expect(exporter.counters.waitingSpans).toBe(1);
  scheduler.advance(1);
  await until(() => sink.spanIds.length === 1);
  exporter.add(makeSpan({ spanId: spanId(1), attributes: [['url.full', 'x'.repeat(5000)]] }));
  await until(() => sink.spanIds.length === 2);
  await addAll(exporter, 2, 12);
  await until(() => sink.spanIds.length === 12);
  expect(sink.requests).toBe(3);
});

test('loses nothing and doubles nothing while the backend flaps', async () => {
  const moods: SinkBehaviour[] = [
    { status: 503 },
    'reset',
    { status: 200 },
    { status: 429, headers: { 'retry-after': '2' } },
    { status: 502, body: 'bad gateway', headers: { 'content-type': 'text/html' } },
    { status: 200 },
    { status: 504 },
    { status: 408 },
    'reset',
  ];
  const { sink, port } = await startSink((index) => moods[index % moods.length] ?? 'reset');
  const { exporter, scheduler } = startExporter(port, { queue: new MemoryQueue({ maxSpans: 40, maxBytes: 1e6 }) });
  await withTimePassing(
    scheduler,
    addAll(exporter, 0, 500).then(() => exporter.flush()),
  );
  expect(sink.spanIds).toEqual(spanIds(500));
  expect(exporter.counters).toMatchObject({ sentSpans: 500, sentBatches: 50, refusedSpans: 0, waitingSpans: 0 });
  expect(exporter.counters.retries).toBe(sink.requests - 50);
});

test('outlives a backend that is not there yet, and says so once', async () => {
  const gone = new OtlpSink();
  const port = await gone.listen();
  await gone.close();
  const { exporter, scheduler, lines } = startExporter(port);
  await addAll(exporter, 0, 25);
  const flushed = exporter.flush();
  for (let retry = 1; retry <= 4; retry += 1) {
    await until(() => exporter.counters.retries === retry);
    scheduler.advance(30_000);
  }
  const sink = new OtlpSink();
  await sink.listen(port);
  endLater(() => sink.close());
  await withTimePassing(scheduler, flushed);
  expect(sink.spanIds).toEqual(spanIds(25));
  expect(lines).toEqual([
    `warn trace backend does not take spans, retrying ${JSON.stringify({
      endpoint: `127.0.0.1:${port}`,
      reason: 'ECONNREFUSED',
      delayMs: 1000,
    })}`,
    'info trace backend answers again {}',
  ]);
});

test('waits as long as Retry-After says', async () => {
  const { sink, port } = await startSink((index) =>
    index === 0 ? { status: 429, headers: { 'retry-after': '7' } } : { status: 200 },
  );
  const { exporter, scheduler } = startExporter(port, { random: () => 0 });
  await addAll(exporter, 0, 10);
  await until(() => exporter.counters.retries === 1);
  scheduler.advance(6999);
  expect(sink.requests).toBe(1);
  const flushed = exporter.flush();
  scheduler.advance(1);
  await flushed;
  expect(sink.spanIds).toEqual(spanIds(10));
});

test('drops what the backend will never take, with one line per minute', async () => {
  const { sink, port } = await startSink((index) =>
    index < 5 ? { status: 400, headers: { 'content-type': 'text/plain' }, body: 'no\r\nsuch tenant' } : { status: 200 },
  );
  const { exporter, scheduler, lines } = startExporter(port);
  await addAll(exporter, 0, 50);
  await exporter.flush();
  scheduler.advance(60_000);
  await addAll(exporter, 50, 60);
  await exporter.flush();
  expect(sink.spanIds).toEqual(spanIds(60).slice(50));
  expect(exporter.counters).toMatchObject({ sentSpans: 10, refusedSpans: 50, retries: 0 });
  const endpoint = `127.0.0.1:${port}`;
  expect(lines).toEqual(
    [10, 40].map(
      (spans) =>
        `error trace backend refused spans ${JSON.stringify({ endpoint, spans, reason: 'HTTP 400: no such tenant' })}`,
    ),
  );
});

for (const [name, headers, body, rejectedSpans] of [
  [
    'protobuf',
    { 'content-type': 'application/x-protobuf' },
    ExportResponse.encode({ partialSuccess: { rejectedSpans: 3, errorMessage: 'too old' } }).finish(),
    3,
  ],
  [
    'JSON',
    { 'content-type': 'application/json' },
    '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}',
    3,
  ],
  ['more than there were', { 'content-type': 'application/json' }, '{"partialSuccess":{"rejectedSpans":"9000"}}', 10],
  ['garbage', { 'content-type': 'application/x-protobuf' }, Buffer.from('ffffffffffffffffff0a', 'hex'), 0],
  ['garbage JSON', { 'content-type': 'application/json' }, '{"partialSuccess":', 0],
  ['a page', { 'content-type': 'text/html' }, '<html>', 0],
  ['endless', { 'content-type': 'text/html' }, 'x'.repeat(300_000), 0],
] as const) {
  test(`counts a partial success once: ${name}`, async () => {
    const { sink, port } = await startSink(() => ({ status: 200, headers, body }));
    const { exporter } = startExporter(port);
    await addAll(exporter, 0, 10);
    await exporter.flush();
    await addAll(exporter, 10, 20);
    await exporter.flush();
    expect(sink.requests).toBe(2);
    expect(exporter.counters).toMatchObject({
      sentSpans: 2 * (10 - rejectedSpans),
      rejectedSpans: 2 * rejectedSpans,
      retries: 0,
      waitingSpans: 0,
    });
  });
}

test('gives up on an answer after the timeout and sends again', async () => {
  const { sink, port } = await startSink((index) => (index === 0 ? 'hang' : { status: 200 }));
  const { exporter, scheduler } = startExporter(port, { timeoutMs: 10_000 });
  await addAll(exporter, 0, 10);
  await until(() => sink.requests === 1);
  scheduler.advance(10_000);
  await until(() => exporter.counters.retries === 1);
  scheduler.advance(500);
  await exporter.flush();
  expect(sink.spanIds).toEqual(spanIds(10));
});

for (const [name, options] of [
  ['no URL', { endpoint: 'collector:4318/x y', headers: {} }],
  ['another protocol', { endpoint: 'ftp://collector', headers: {} }],
  ['a header that cannot be sent', { endpoint: 'http://collector:4318', headers: { authorization: 'secret\nx' } }],
] as const) {
  test(`refuses ${name} at the start, without repeating secrets`, () => {
    expect(() => startExporter(0, options)).toThrow(expect.objectContaining({ code: 'config_invalid' }));
    expect(() => startExporter(0, options)).not.toThrow(/secret/);
  });
}
