import type { Config } from '../config.ts';
import { systemScheduler } from '../exporters/scheduler.ts';
import { FileReceiver } from '../receivers/file.ts';
import type { Ingest } from '../receivers/ingest.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { WiredSource } from './source-wiring.ts';

/** Follows the files that configured sources name. */
export function fileReceiver(
  config: Config,
  ingest: Ingest,
  sources: readonly WiredSource[],
  log: Logger,
): FileReceiver {
  return new FileReceiver({
    ingest,
    sources: sources.filter(({ patterns }) => patterns.length > 0),
    positionsPath: `${config.dataDir}/positions.json`,
    lineLimitBytes: config.ingest.limits.lineBytes,
    pollMs: config.ingest.filePollMs,
    schedule: (run, afterMs) => systemScheduler.after(afterMs, run),
    onTrouble: (error) => log.warn('cannot follow a file', { code: error.code, reason: error.message }),
  });
}
