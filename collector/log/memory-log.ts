import type { Bus } from '../bus/bus.ts';
import type { UnixMs } from '../model/time.ts';
import type { Pipeline } from '../pipeline.ts';
import type { EventLog } from './event-log.ts';
import type { LogReader } from './log-reader.ts';

/** A log that keeps nothing: events meet correlation at once, and a stop ends every session. For demos and tests. */
export class MemoryLog implements EventLog {
  readonly bus: Bus;
  readonly isRebuilding = false;
  readonly trouble = '';
  readonly journal = null;
  readonly setBacks = 0;
  readonly #reader: LogReader;
  readonly #pipeline: Pipeline;

  constructor(reader: LogReader, pipeline: Pipeline, isFull: () => boolean) {
    this.#reader = reader;
    this.#pipeline = pipeline;
    this.bus = {
      publish: (event, nowMs) => {
        if (isFull()) return 'full';
        reader.event(event, nowMs, 0);
        return 'stored';
      },
      flush: () => Promise.resolve('stored'),
    };
  }

  async open(): Promise<UnixMs> {
    return Number.NaN;
  }

  async recover(): Promise<void> {}

  tick(nowMs: UnixMs): void {
    this.#reader.tick(nowMs, 0);
  }

  shown(): void {}

  checkpointSoon(): void {}

  async close(nowMs: UnixMs): Promise<void> {
    this.#pipeline.flush('shutdown', nowMs);
  }
}
