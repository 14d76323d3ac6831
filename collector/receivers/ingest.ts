import type { Bus } from '../bus/bus.ts';
import type { Event, RejectReason } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';
import type { DeadLetters, Sample } from './dead-letter.ts';

/** What receivers count besides decoded lines. Constants double as the `reason` label of playpath_rejected_total. */
export const RECEIVER_REASONS = [
  /** A body could not be read as what it claims to be: gzip, JSON, protobuf, an envelope. */
  'bad_body',
  /** Over a limit of bytes or records, as sent or after decompression. */
  'too_large',
  /** The sender is gone before its body was whole. */
  'aborted',
  'unauthorized',
  /** A page whose origin is not on the list. */
  'foreign_origin',
  'unknown_source',
  'unsupported_type',
  'unsupported_encoding',
  /** The bus was full and the sender will not repeat: players. */
  'dropped_full',
  /** A delivery whose id was stored before. */
  'duplicate_delivery',
  /** Not playback: traces of other requests, notes of a test rig, test uploads. */
  'not_playback',
] as const;
export type ReceiverReason = (typeof RECEIVER_REASONS)[number];
export type IngestReason = RejectReason | ReceiverReason;

/** Counts of one source since start. */
export type SourceCounts = {
  /** Events the bus stored. */
  stored: number;
  /** Of those: time more than a day ahead of ours or more than 30 days behind. */
  clockSuspect: number;
  readonly rejected: Map<IngestReason, number>;
};

/** A player's clock may be hours off and a log a day late; beyond this the time itself is doubtful. */
const MAX_AHEAD_MS = 24 * 3_600_000;
const MAX_BEHIND_MS = 30 * 24 * 3_600_000;

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
  #last: SourceCounts;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#sourceLimit = options.sourceLimit ?? 10_000;
    this.#last = this.#of('');
  }

  /** Counts by source name, for telemetry. */
  get counts(): ReadonlyMap<string, SourceCounts> {
    return this.#counts;
  }

  now(): UnixMs {
    return this.#options.now();
  }

  /** `full` is an answer: stop, tell the sender to come back, or drop with `count(…, 'dropped_full')`. */
  accept(event: Event, nowMs: UnixMs): 'stored' | 'full' {
    const outcome = this.#options.bus.publish(event, nowMs);
    if (outcome === 'full') return outcome;
    const counts = this.#of(event.source.name);
    counts.stored += 1;
    const atMs = event.kind === 'request' ? event.startMs : event.tsMs;
    if (atMs > nowMs + MAX_AHEAD_MS || atMs < nowMs - MAX_BEHIND_MS) counts.clockSuspect += 1;
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

  flush(): Promise<void> {
    return this.#options.bus.flush();
  }

  #of(name: string): SourceCounts {
    if (name === this.#lastName && this.#last !== undefined) return this.#last;
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
