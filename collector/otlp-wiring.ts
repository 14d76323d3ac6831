import type { Config } from './config.ts';
import { OtlpExporter } from './exporters/otlp.ts';
import { MemoryQueue } from './exporters/queue.ts';
import type { Send } from './exporters/retry.ts';
import { systemScheduler } from './exporters/scheduler.ts';
import type { Logger } from './telemetry/logger.ts';

/** The exporter of the configured OTLP endpoint, null when there is none. `around` is put around every request. */
export function otlpExporter(
  config: Config,
  version: string,
  log: Logger,
  around: (send: Send) => Send,
): OtlpExporter | null {
  const { endpoint, headers, compression, timeoutMs, batch, retry, queueBytes } = config.export.otlp;
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
    queue: new MemoryQueue({ maxSpans: Number.POSITIVE_INFINITY, maxBytes: queueBytes }),
    scheduler: systemScheduler,
    random: Math.random,
    log,
  });
}
