import { join } from 'node:path';
import type { Audience } from '../audience/audience.ts';
import type { Config } from '../config.ts';
import type { CdnHosts } from '../correlate/join/cdn-hosts.ts';
import type { Metrics } from '../metrics/index.ts';
import type { Source } from '../model/source.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Logger } from '../telemetry/logger.ts';
import { RateLimitedLog } from '../telemetry/rate-limited-log.ts';
import type { SpanOutlet } from '../wiring/span-outlet.ts';
import type { EventLog } from './event-log.ts';
import { JournalLog } from './journal-log.ts';
import { type LogPosition, LogReader } from './log-reader.ts';
import { MemoryLog } from './memory-log.ts';

/** What reads the log, and what must be safe before a checkpoint. */
export type LogParts = {
  readonly position: LogPosition;
  readonly pipeline: Pipeline;
  readonly metrics: Metrics;
  readonly audience: Audience;
  readonly cdnHosts: CdnHosts;
  readonly sources: readonly Source[];
  readonly outlet: SpanOutlet | null;
  readonly rows: { readonly flush: () => Promise<void> } | null;
  /** Nothing more is taken while what was found cannot leave. */
  readonly isFull: () => boolean;
  readonly log: Logger;
  readonly now: () => number;
};

/** The log of the configured kind. */
export function eventLog(config: Config, parts: LogParts): EventLog {
  const { outlet, rows, position, pipeline, metrics, audience, isFull, log, now } = parts;
  const trouble = new RateLimitedLog(log);
  const reader = new LogReader(position, metrics, pipeline, audience, (error) =>
    trouble.warn('correlation failed on an event', error instanceof Error ? (error.stack ?? '') : String(error), now()),
  );
  if (config.bus === 'memory') return new MemoryLog(reader, pipeline, isFull);
  const { windowMs, sizeBytes, ageMs } = config.journal;
  return new JournalLog({
    ...parts,
    reader,
    folder: journalFolder(config),
    windowMs,
    maxBytes: sizeBytes,
    maxAgeMs: ageMs,
    // A line waits for its session, and the line that names it may itself have come that much before.
    joinMs: 4 * config.correlate.settleMs + 62_000,
    store: () => outlet === null || outlet.store(),
    stored: () => rows?.flush() ?? Promise.resolve(),
    closeMs: config.drainMs / 2,
  });
}

export function journalFolder({ dataDir }: Config): string {
  return join(dataDir, 'journal');
}
