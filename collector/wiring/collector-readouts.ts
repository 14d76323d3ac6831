import type { Config } from '../config.ts';
import type { OtlpExporter } from '../exporters/otlp.ts';
import { unknownCacheWords } from '../formats/cache-status.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Ingest } from '../receivers/ingest.ts';
import type { RowExporter } from '../store/row-exporter.ts';
import type { CollectorReadouts } from '../telemetry/self-metrics.ts';
import type { SpanOutlet } from './span-outlet.ts';

export type ReadoutParts = {
  readonly config: Config;
  readonly ingest: Ingest;
  readonly pipeline: Pipeline;
  readonly exporter: OtlpExporter | null;
  readonly outlet: SpanOutlet | null;
  readonly eventLog: EventLog;
  /** What writes into the analytics store, by table. */
  readonly rows: readonly { readonly table: string; readonly exporter: RowExporter }[];
};

/** What the collector's own metrics ask its parts. */
export function readoutsOf({
  config,
  ingest,
  pipeline,
  exporter,
  outlet,
  eventLog,
  rows,
}: ReadoutParts): CollectorReadouts {
  const { correlate } = config;
  const { journal } = eventLog;
  return {
    receivedRecords: () => sum(ingest.counts, ({ stored }) => stored),
    rejectedRecords: () => sum(ingest.counts, ({ rejected }) => sum(rejected, (count) => count)),
    liveSessions: () => pipeline.liveSessions,
    unknownCacheWords: () => unknownCacheWords.counts(),
    queues: () => [
      { queue: 'waiting_requests', length: pipeline.waitingRows, capacity: correlate.maxRequests },
      { queue: 'sessionless_lines', length: pipeline.rekeyer.waiting, capacity: correlate.maxSessions },
      { queue: 'journal_bytes', length: journal?.sizeBytes ?? 0, capacity: config.journal.sizeBytes },
      { queue: 'otlp_bytes', length: exporter?.counters.waitingBytes ?? 0, capacity: config.export.otlp.queueBytes },
      ...rows.map(({ table, exporter: { counters } }) => ({
        queue: `${rowName(table)}_bytes`,
        length: counters.waitingBytes,
        capacity: config.store.queueBytes,
      })),
    ],
    disks: () => [
      ...(journal ? [{ disk: 'journal', isRefusing: journal.isTroubled, failures: journal.failures }] : []),
      ...(exporter?.disk ? [{ disk: 'spans', ...exporter.disk }] : []),
    ],
    journalLostRecords: () => journal?.lostRecords ?? 0,
    clockSetBacks: () => eventLog.setBacks,
    exporters: () => [...spanReadouts(exporter, outlet), ...rows.map(rowReadout)],
  };
}

function spanReadouts(exporter: OtlpExporter | null, outlet: SpanOutlet | null) {
  if (exporter === null) return [];
  const { sentSpans, retries, refusedSpans, rejectedSpans, abandonedSpans } = exporter.counters;
  const dropped = refusedSpans + rejectedSpans + abandonedSpans + (outlet?.dropped ?? 0);
  return [{ exporter: 'otlp', sent: sentSpans, dropped, retries }];
}

function rowReadout({ table, exporter }: ReadoutParts['rows'][number]) {
  const { storedRows, refusedRows, droppedRows, retries } = exporter.counters;
  return { exporter: rowName(table), sent: storedRows, dropped: refusedRows + droppedRows, retries };
}

/** The rows of sessions are what the store is for. */
function rowName(table: string): string {
  return table === 'sessions' ? 'store' : `store_${table}`;
}

function sum<V>(counts: ReadonlyMap<string, V>, of: (value: V) => number): number {
  let total = 0;
  for (const value of counts.values()) total += of(value);
  return total;
}
