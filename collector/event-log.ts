import type { Bus } from './bus/bus.ts';
import type { UnixMs } from './model/time.ts';

/** The bus and all that makes a collector go on where the last one stopped. */
export interface EventLog {
  readonly bus: Bus;
  /** What is read now was dealt with by a former process: spans of it have left already. */
  readonly isRebuilding: boolean;
  /** Why nothing is taken now, '' when it is. */
  readonly trouble: string;
  /** Reads what a former process left; before anything else is called. */
  recover(): Promise<void>;
  /** Time has passed. */
  tick(nowMs: UnixMs): void;
  /** The counters as they are now are about to be seen from outside: they must never be less again. */
  shown(): void;
  /** Everything taken is as safe as it gets. May be called twice. */
  close(nowMs: UnixMs): Promise<void>;
}
