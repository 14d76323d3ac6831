import { afterEach, expect, test } from 'vitest';
import { MemoryQueue } from '../../collector/exporters/queue.ts';
import { addAll, endAll, spanId, spanIds, startExporter, startSink, withTimePassing } from './exporter-under-test.ts';
import { until } from './manual-scheduler.ts';
import { makeSpan } from './spans.ts';

afterEach(endAll);

test('answers full when the queue is, and has room again when the backend recovers', async () => {
  let isStuck = true;
  const { sink, port } = await startSink(() => ({ status: isStuck ? 503 : 200 }));
  const { exporter, scheduler } = startExporter(port, { queue: new MemoryQueue({ maxSpans: 50, maxBytes: 1e6 }) });
  let added = 0;
  while (exporter.add(makeSpan({ spanId: spanId(added) })) === 'queued') added += 1;
  // The queue's 50, and the batch that found no place in it.
  expect(added).toBe(60);
  expect(exporter.counters.waitingSpans).toBe(60);
  expect(exporter.add(makeSpan())).toBe('full');
  isStuck = false;
  await withTimePassing(scheduler, exporter.room());
  await withTimePassing(
    scheduler,
    addAll(exporter, added, 100).then(() => exporter.flush()),
  );
  expect(sink.spanIds).toEqual(spanIds(100));
});

test('has room again as soon as one batch is delivered', async () => {
  const { sink, port } = await startSink((index) => (index === 0 ? { status: 200 } : 'hang'));
  const { exporter } = startExporter(port, { queue: new MemoryQueue({ maxSpans: 20, maxBytes: 1e6 }) });
  let added = 0;
  while (exporter.add(makeSpan({ spanId: spanId(added) })) === 'queued') added += 1;
  await exporter.room();
  expect(exporter.add(makeSpan({ spanId: spanId(added) }))).toBe('queued');
  expect(sink.spanIds).toEqual(spanIds(10));
});

test('flush resolves when the backend has the spans, not before', async () => {
  let isStuck = true;
  const { sink, port } = await startSink(() => (isStuck ? { status: 503 } : { status: 200 }));
  const { exporter, scheduler } = startExporter(port);
  await addAll(exporter, 0, 4);
  let isFlushed = false;
  const flushed = exporter.flush().then(() => {
    isFlushed = true;
  });
  await until(() => exporter.counters.retries === 1);
  expect(isFlushed).toBe(false);
  isStuck = false;
  await withTimePassing(scheduler, flushed);
  expect(sink.spanIds).toEqual(spanIds(4));
});

test('close delivers what waits, and may be called twice', async () => {
  const { sink, port } = await startSink();
  const { exporter, scheduler } = startExporter(port);
  await addAll(exporter, 0, 25);
  const closed = exporter.close();
  expect(exporter.close()).toBe(closed);
  await closed;
  expect(sink.spanIds).toEqual(spanIds(25));
  expect(exporter.add(makeSpan())).toBe('full');
  await exporter.room();
  expect(scheduler.timers).toBe(0);
});

test('close gives up after its limit and counts what it leaves', async () => {
  const { sink, port } = await startSink(() => 'hang');
  const { exporter, scheduler, lines } = startExporter(port);
  await addAll(exporter, 0, 25);
  const flushed = exporter.flush();
  await until(() => sink.requests === 1);
  const closed = exporter.close();
  scheduler.advance(5000);
  await closed;
  await flushed;
  expect(exporter.counters).toMatchObject({ sentSpans: 0, abandonedSpans: 25, waitingSpans: 0 });
  expect(lines).toEqual(['warn closed with spans undelivered {"spans":25}']);
  expect(scheduler.timers).toBe(0);
});
