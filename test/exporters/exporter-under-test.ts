import { OtlpExporter, type OtlpExporterOptions } from '../../collector/exporters/otlp.ts';
import { MemoryQueue } from '../../collector/exporters/queue.ts';
import { ManualScheduler, until } from './manual-scheduler.ts';
import { OtlpSink, type SinkBehaviour } from './otlp-sink.ts';
import { makeSpan, VERSION } from './spans.ts';

const cleanups: (() => Promise<void>)[] = [];

/** Ends what the test started, last first; for `afterEach`. */
export async function endAll(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** Has something ended by `endAll`. */
export function endLater(cleanup: () => Promise<void>): void {
  cleanups.push(cleanup);
}

export const spanId = (index: number): string => index.toString(16).padStart(16, '0');
export const spanIds = (count: number): string[] => Array.from({ length: count }, (_, index) => spanId(index));

export async function startSink(
  behave?: (requestIndex: number) => SinkBehaviour,
): Promise<{ sink: OtlpSink; port: number }> {
  const sink = new OtlpSink(behave);
  const port = await sink.listen();
  cleanups.push(() => sink.close());
  return { sink, port };
}

export function startExporter(port: number, options: Partial<OtlpExporterOptions> = {}) {
  const scheduler = new ManualScheduler();
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>>): void => {
      lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
    };
  const exporter = new OtlpExporter({
    endpoint: `http://127.0.0.1:${port}`,
    headers: {},
    compression: 'gzip',
    timeoutMs: 1e9,
    batchSpans: 10,
    batchBytes: 1e6,
    batchAgeMs: 1000,
    retryFirstMs: 1000,
    retryMaxMs: 30_000,
    closeMs: 5000,
    version: VERSION,
    around: (send) => send,
    queue: new MemoryQueue({ maxSpans: 1000, maxBytes: 1e7 }),
    scheduler,
    random: () => 0.5,
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    ...options,
  });
  cleanups.push(async () => {
    const closed = exporter.close();
    scheduler.advance(1e10);
    await closed;
  });
  return { exporter, scheduler, lines };
}

/** Adds numbered spans, waiting for room like a partition does. */
export async function addAll(exporter: OtlpExporter, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index += 1) {
    while (exporter.add(makeSpan({ spanId: spanId(index) })) === 'full') await exporter.room();
  }
}

/** Moves time along until the promise settles, so that back-offs end. */
export async function withTimePassing(scheduler: ManualScheduler, work: Promise<void>): Promise<void> {
  let isDone = false;
  const done = work.then(() => {
    isDone = true;
  });
  await until(() => {
    scheduler.advance(500);
    return isDone;
  });
  await done;
}
