import type { Event } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';

/**
 * The append-only log between receivers and correlation.
 * A receiver publishes a whole delivery, awaits `flush`, and only then answers its sender.
 */
export interface Bus {
  /** `full` is an answer, not an error: the receiver stops and tells its sender 503 + Retry-After. */
  publish(event: Event, nowMs: UnixMs): 'stored' | 'full';
  /**
   * Resolves when everything published so far is as safe as this bus makes it, or with `full` when it could not be
   * made safe: the sender must come again. It may be stored all the same; correlation knows what comes twice.
   */
  flush(): Promise<'stored' | 'full'>;
}

/** Who reads a log: one call at a time, in the order of the log. */
export type LogConsumer = {
  /** A report is valid during the call only. */
  event(event: Event, nowMs: UnixMs, offset: number): void;
  /** Time has passed. Part of the log, so that reading it again makes the same of it. */
  tick(nowMs: UnixMs, offset: number): void;
};
