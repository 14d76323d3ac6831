import type { Audience } from '../audience/audience.ts';
import type { JournalDisk } from '../bus/journal-disk.ts';
import type { CdnHosts } from '../correlate/join/cdn-hosts.ts';
import type { Metrics } from '../metrics/index.ts';
import type { Source } from '../model/source.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { LogPosition, LogReader } from './log-reader.ts';

/** What a journal log reads into, and what must be safe before it says so. */
export type JournalLogOptions = {
  readonly folder: string;
  readonly windowMs: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** How far back lines look for the session they belong to. */
  readonly joinMs: number;
  readonly position: LogPosition;
  readonly reader: LogReader;
  readonly pipeline: Pipeline;
  readonly metrics: Metrics;
  readonly audience: Audience;
  readonly cdnHosts: CdnHosts;
  readonly sources: readonly Source[];
  /** Nothing more is taken while what was found cannot leave. */
  readonly isFull: () => boolean;
  /** Puts the spans found so far where they are safe; false when that cannot be now. */
  readonly store: () => boolean;
  /** Resolves when the rows found so far are stored. While the store is away no checkpoint says they are. */
  readonly stored: () => Promise<void>;
  /** How long the last checkpoint may wait for that. */
  readonly closeMs: number;
  readonly log: Logger;
  readonly disk?: JournalDisk;
};
