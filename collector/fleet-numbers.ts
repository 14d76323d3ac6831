import type { Concurrency } from './correlate/concurrency.ts';
import type { Metrics } from './metrics/index.ts';
import type { SessionSummary } from './model/session.ts';
import type { Ingest } from './receivers/ingest.ts';

/** The few live numbers a person sees first, for `/api/fleet`. */
export class FleetNumbers {
  readonly #metrics: Metrics;
  readonly #outcomes = new Map<string, number>();
  readonly #rejected = new Map<string, number>();
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

  /** Takes over what the sweep counted, and moves what receivers refused into the metrics. */
  sweep(concurrency: Concurrency, ingest: Ingest): void {
    this.#concurrent = { player: 0, server: 0 };
    for (const { source, count } of concurrency.sessions) this.#concurrent[source] += count;
    this.#viewers = concurrency.viewers.reduce((sum, { count }) => sum + count, 0);
    this.#received = 0;
    this.#refused = 0;
    for (const [name, { stored, rejected }] of ingest.counts) {
      this.#received += stored;
      for (const [reason, count] of rejected) {
        this.#refused += count;
        const key = `${name}\n${reason}`;
        const told = this.#rejected.get(key) ?? 0;
        if (count > told) this.#metrics.reject(name, reason, count - told);
        this.#rejected.set(key, count);
      }
    }
  }

  read(): object {
    return {
      concurrentSessions: this.#concurrent,
      concurrentViewers: this.#viewers,
      sessionsEnded: Object.fromEntries(this.#outcomes),
      recordsReceived: this.#received,
      recordsRefused: this.#refused,
    };
  }
}
