import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { DiskQueue } from '../../collector/exporters/disk-queue.ts';
import { endAll, endLater, spanId, spanIds, startExporter } from './exporter-under-test.ts';
import { OtlpSink, type SinkBehaviour } from './otlp-sink.ts';
import { makeSpan } from './spans.ts';

afterEach(endAll);

const MINUTES = 60;
const SPANS_A_MINUTE = 20;
const TOTAL = MINUTES * SPANS_A_MINUTE;

/** An hour in which spans come at every minute, and what the backend has in the end. */
async function hour(sink: OtlpSink, port: number, end: () => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-outage-'));
  endLater(async () => rmSync(folder, { recursive: true, force: true }));
  const queue = new DiskQueue({
    folder,
    maxBytes: 1e8,
    write: (file, bytes) => void writeSync(file, bytes),
    onTrouble: () => {},
    onRecovered: () => {},
  });
  const { exporter, scheduler } = startExporter(port, { queue, timeoutMs: 10_000 });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      scheduler.advance(1_000);
      await setImmediate();
    }
  };
  for (let index = 0; index < TOTAL; index++) {
    expect(exporter.add(makeSpan({ spanId: spanId(index) }))).toBe('queued');
    if (index % SPANS_A_MINUTE === SPANS_A_MINUTE - 1) await pass(60_000);
  }
  await end();
  while (sink.spanIds.length < TOTAL) await pass(1_000);
  // Long enough for anything to come a second time.
  await pass(120_000);
  return exporter.counters;
}

const away = 'nobody listens';
for (const [name, behave] of [
  ['is not there', away],
  ['answers 500', () => ({ status: 500, body: 'too many unhealthy instances in the ring' })],
  ['answers 503 and asks for patience', () => ({ status: 503, headers: { 'retry-after': '120' } })],
  ['answers 429', () => ({ status: 429 })],
  ['answers what a proxy says', () => ({ status: 502, body: '<html>bad gateway</html>' })],
  ['never answers', () => 'hang'],
  ['drops connections', () => 'reset'],
  [
    'is there one time in seven',
    (request: number) =>
      (['hang', 'reset', { status: 500 }, { status: 429 }, { status: 504 }, { status: 503 }][
        request % 7
      ] as SinkBehaviour) ?? { status: 200 },
  ],
] as const) {
  test(`a backend that ${name} for an hour has every span once and in order when it is back`, async () => {
    let isOver = false;
    const sink = new OtlpSink((request) =>
      isOver || behave === away ? { status: 200 } : (behave(request) as SinkBehaviour),
    );
    const port = await sink.listen();
    endLater(() => sink.close());
    if (behave === away) await sink.close();
    const counters = await hour(sink, port, async () => {
      isOver = true;
      if (behave === away) await sink.listen(port);
    });
    expect(sink.spanIds).toEqual(spanIds(TOTAL));
    expect(counters).toMatchObject({ sentSpans: TOTAL, refusedSpans: 0, waitingSpans: 0, abandonedSpans: 0 });
  });
}
