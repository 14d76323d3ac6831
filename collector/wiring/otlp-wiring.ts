import { writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { DiskQueue } from '../exporters/disk-queue.ts';
import { OtlpExporter } from '../exporters/otlp.ts';
import { type BatchQueue, MemoryQueue } from '../exporters/queue.ts';
import type { Send } from '../exporters/retry.ts';
import { systemScheduler } from '../exporters/scheduler.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Spans that wait in memory; on disk it may be as much as configured. */
const MEMORY_BYTES = 64 << 20;

/** The exporter of the configured OTLP endpoint, null when there is none. `around` is put around every request. */
export function otlpExporter(
  config: Config,
  version: string,
  log: Logger,
  around: (send: Send) => Send,
): OtlpExporter | null {
  const { endpoint, headers, compression, timeoutMs, batch, retry } = config.export.otlp;
  if (endpoint === '') return null;
  return new OtlpExporter({
    endpoint,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()])),
    compression,
    timeoutMs,
    batchSpans: batch.spans,
    batchBytes: batch.sizeBytes,
    batchAgeMs: batch.ageMs,
    retryFirstMs: retry.firstMs,
    retryMaxMs: retry.maxMs,
    closeMs: config.drainMs,
    version,
    around,
    queue: queueOf(config, log),
    scheduler: systemScheduler,
    random: Math.random,
    log,
  });
}

function queueOf({ bus, dataDir, export: { otlp } }: Config, log: Logger): BatchQueue {
  const maxBytes = otlp.queueBytes;
  if (bus === 'memory')
    return new MemoryQueue({ maxSpans: Number.POSITIVE_INFINITY, maxBytes: Math.min(maxBytes, MEMORY_BYTES) });
  return new DiskQueue({
    folder: join(dataDir, 'spans'),
    maxBytes,
    write: (file, bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
    },
    onTrouble: (cause) => log.error('spans cannot be written to disk: senders are told to come again', { cause }),
    onRecovered: () => log.info('spans are written to disk again', {}),
  });
}
