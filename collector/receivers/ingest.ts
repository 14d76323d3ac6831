import type { Bus } from '../bus/bus.ts';
import type { Event, ReceiverReason, RejectReason } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';
import { isTimely } from '../model/timely.ts';
import type { DeadLetters, Sample } from './dead-letter.ts';

export type IngestReason = RejectReason | ReceiverReason;

/** Counts of one source since start. */
export type SourceCounts = {
  /** Events the bus stored. */
  stored: number;
  /** Of those: time more than a day ahead of ours or more than 30 days behind. */
  clockSuspect: number;
  readonly rejected: Map<IngestReason, number>;
};

export type IngestOptions = {
  readonly bus: Bus;
  readonly deadLetters: DeadLetters;
  /** Our clock; in replay the clock of the records. */
  readonly now: () => UnixMs;
  /** Source names that get counts of their own; others count under the last one allowed, `other`. */
  readonly sourceLimit?: number;
};

/**
 * The only thing receivers hand events to. Stores, counts, and keeps samples of what was refused.
 * A receiver publishes a whole delivery, awaits `flush`, and only then answers its sender.
 */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #counts = new Map<string, SourceCounts>();
  readonly #sourceLimit: number;
  // Deliveries come in runs of one source: the last one saves the look-up.
  #lastName = '';
  #last: SourceCounts | null = null;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#sourceLimit = options.sourceLimit ?? 10_000;
  }

  /** Counts by source name, for telemetry. */
  get counts(): ReadonlyMap<string, SourceCounts> {
    return this.#counts;
  }

  now(): UnixMs {
    return this.#options.now();
  }

  /** `full` is an answer: stop, and tell the sender to come back. */
  accept(event: Event, nowMs: UnixMs): 'stored' | 'full' {
    const outcome = this.#options.bus.publish(event, nowMs);
    if (outcome === 'full') return outcome;
    const counts = this.#of(event.source.name);
    counts.stored += 1;
    if (!isTimely(event, nowMs)) counts.clockSuspect += 1;
    return outcome;
  }

  /** Counts one refused record and offers the dead-letter file a sample of it. */
  reject(sourceName: string, reason: IngestReason, sample: Sample): void {
    this.count(sourceName, reason);
    this.#options.deadLetters.add(sourceName, reason, sample, this.#options.now());
  }

  /** Counts without a sample: the record is fine, or there is nothing to show. */
  count(sourceName: string, reason: IngestReason, times = 1): void {
    const { rejected } = this.#of(sourceName);
    rejected.set(reason, (rejected.get(reason) ?? 0) + times);
  }

  /** `full`: what was accepted since may not be safe, and its sender must come again. */
  flush(): Promise<'stored' | 'full'> {
    return this.#options.bus.flush();
  }

  #of(name: string): SourceCounts {
    if (this.#last !== null && name === this.#lastName) return this.#last;
    const key = this.#counts.has(name) || this.#counts.size < this.#sourceLimit ? name : 'other';
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      counts = { stored: 0, clockSuspect: 0, rejected: new Map() };
      this.#counts.set(key, counts);
    }
    this.#lastName = name;
    this.#last = counts;
    return counts;
  }
}
