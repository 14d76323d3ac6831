import type { Concurrency } from './correlate/concurrency.ts';
import type { Metrics } from './metrics/index.ts';
import type { SessionSummary } from './model/session.ts';
import type { Ingest } from './receivers/ingest.ts';

/** The few live numbers a person sees first, for `/api/fleet`. */
export class FleetNumbers {
  readonly #metrics: Metrics;
  readonly #outcomes = new Map<string, number>();
  /** Counts of receivers that are in the metrics already. */
  readonly #told = new Map<string, number>();
  #concurrent = { player: 0, server: 0 };
  #viewers = 0;
  #received = 0;
  #refused = 0;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  closed(summary: SessionSummary): void {
    this.#outcomes.set(summary.outcome, (this.#outcomes.get(summary.outcome) ?? 0) + 1);
  }

  /** Takes over who the sweep counted. */
  sweep(concurrency: Concurrency): void {
    this.#concurrent = { player: 0, server: 0 };
    for (const { source, count } of concurrency.sessions) this.#concurrent[source] += count;
    this.#viewers = concurrency.viewers.reduce((sum, { count }) => sum + count, 0);
  }

  /** The metrics, with what receivers have counted meanwhile in them. */
  metrics(ingest: Ingest): Metrics {
    this.#received = 0;
    this.#refused = 0;
    for (const [name, { stored, clockSuspect, rejected }] of ingest.counts) {
      this.#received += stored;
      this.#tell(`${name}\n`, clockSuspect, (more) => this.#metrics.suspectClock(name, more));
      for (const [reason, count] of rejected) {
        this.#refused += count;
        this.#tell(`${name}\n${reason}`, count, (more) => this.#metrics.reject(name, reason, more));
      }
    }
    return this.#metrics;
  }

  #tell(key: string, count: number, tell: (more: number) => void): void {
    const told = this.#told.get(key) ?? 0;
    if (count > told) tell(count - told);
    this.#told.set(key, count);
  }

  read(ingest: Ingest): object {
    this.metrics(ingest);
    return {
      concurrentSessions: this.#concurrent,
      concurrentViewers: this.#viewers,
      sessionsEnded: Object.fromEntries(this.#outcomes),
      recordsReceived: this.#received,
      recordsRefused: this.#refused,
    };
  }
}
