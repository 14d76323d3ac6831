import type { Bus } from '../bus/bus.ts';
import type { UnixMs } from '../model/time.ts';

/** What the collector tells of its journal. */
export type JournalState = {
  readonly sizeBytes: number;
  /** The disk took nothing when it was tried last. */
  readonly isTroubled: boolean;
  /** Writes that failed since start. */
  readonly failures: number;
  /** Records that were damaged when they were read at the start. */
  readonly lostRecords: number;
};

/** The bus and all that makes a collector go on where the last one stopped. */
export interface EventLog {
  readonly bus: Bus;
  /** What is read now was dealt with by a former process: spans of it have left already. */
  readonly isRebuilding: boolean;
  readonly journal: JournalState | null;
  /** Why nothing is taken now, '' when it is. */
  readonly trouble: string;
  /** How often the clock was found set back so far that what was open had to be closed. */
  readonly setBacks: number;
  /** Before anything else is called. From here on the bus takes events. Resolves with when it ends; NaN when it is empty. */
  open(): Promise<UnixMs>;
  /** Reads what a former process left, and then what was published since `open`. */
  recover(): Promise<void>;
  /** Time has passed. */
  tick(nowMs: UnixMs): void;
  /** The counters as they are now are about to be seen from outside: they must never be less again. */
  shown(): void;
  /** What was just done to open sessions from outside shall be done after a crash, too. */
  checkpointSoon(): void;
  /** Everything taken is as safe as it gets. May be called twice. */
  close(nowMs: UnixMs): Promise<void>;
}
