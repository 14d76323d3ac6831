import type { Event } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';

/**
 * The append-only log between receivers and correlation, in partitions by session.
 * A receiver publishes a whole delivery, awaits `flush`, and only then answers its sender.
 */
export interface Bus {
  /** `full` is an answer, not an error: the receiver stops and tells its sender 503 + Retry-After. */
  publish(event: Event, nowMs: UnixMs): 'stored' | 'full';
  /** Resolves when everything published so far is as safe as this bus makes it. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
