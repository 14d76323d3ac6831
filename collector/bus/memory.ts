import { cloneEvent } from '../model/clone-report.ts';
import type { Event } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';
import type { Bus } from './bus.ts';
import { partitionKey, partitionOf } from './partition.ts';

/** Called for one event at a time per partition, in the order of publication. */
export type PartitionConsumer = (partition: number, event: Event, nowMs: UnixMs) => void;

export type MemoryBusOptions = {
  readonly partitions: number;
  readonly consume: PartitionConsumer;
  /**
   * Events that may wait for the next flush. 0 hands every event over inside `publish`: nothing is copied, nothing
   * can be full, and the consumer must not keep a report past its call.
   */
  readonly queueLimit: number;
};

type Queued = { readonly event: Event; readonly nowMs: UnixMs };

/** A bus without a disk: for tests, replay and the embedded mode. What was not flushed is lost with the process. */
export class MemoryBus implements Bus {
  readonly #options: MemoryBusOptions;
  readonly #queues: Queued[][];
  #queued = 0;
  #isClosed = false;

  constructor(options: MemoryBusOptions) {
    this.#options = options;
    this.#queues = Array.from({ length: options.partitions }, () => []);
  }

  /** Events waiting for the next flush. */
  get queued(): number {
    return this.#queued;
  }

  publish(event: Event, nowMs: UnixMs): 'stored' | 'full' {
    if (this.#isClosed) return 'full';
    const { partitions, consume, queueLimit } = this.#options;
    const partition = partitions === 1 ? 0 : partitionOf(partitionKey(event), partitions);
    if (queueLimit === 0) {
      consume(partition, event, nowMs);
      return 'stored';
    }
    if (this.#queued >= queueLimit) return 'full';
    // The decoder fills the same report again for its next line.
    this.#queues[partition]?.push({ event: cloneEvent(event), nowMs });
    this.#queued += 1;
    return 'stored';
  }

  async flush(): Promise<'stored' | 'full'> {
    this.#queues.forEach((queue, partition) => {
      // Taken out before consuming: a consumer may publish again, and that belongs to the next flush.
      const batch = queue.splice(0);
      this.#queued -= batch.length;
      for (const { event, nowMs } of batch) this.#options.consume(partition, event, nowMs);
    });
    return 'stored';
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
  }
}
