import type { Concurrency } from '../correlate/concurrency.ts';
import type { Metrics } from '../metrics/index.ts';
import { ALL_TENANTS, covers } from '../model/grant.ts';
import type { SessionSummary } from '../model/session.ts';
import type { Source } from '../model/source.ts';
import type { Ingest } from '../receivers/ingest.ts';

type TenantNumbers = { readonly outcomes: Map<string, number>; player: number; server: number; viewers: number };

/** The few live numbers a person sees first, for `/api/fleet`; one tenant's, or everybody's. */
export class FleetNumbers {
  readonly #metrics: Metrics;
  /** Whose records a source brings. */
  readonly #tenantOf: ReadonlyMap<string, string>;
  /** By tenant, which are those of the configuration. */
  readonly #tenants = new Map<string, TenantNumbers>();
  /** Counts of receivers that are in the metrics already. */
  readonly #told = new Map<string, number>();

  constructor(metrics: Metrics, sources: readonly Pick<Source, 'name' | 'tenant'>[]) {
    this.#metrics = metrics;
    this.#tenantOf = new Map(sources.map(({ name, tenant }) => [name, tenant]));
  }

  closed({ tenant, outcome }: SessionSummary): void {
    const { outcomes } = this.#of(tenant);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }

  /** Takes over who the sweep counted. */
  sweep(concurrency: Concurrency): void {
    for (const numbers of this.#tenants.values()) Object.assign(numbers, { player: 0, server: 0, viewers: 0 });
    for (const { source, dimensions, count } of concurrency.sessions) this.#of(dimensions.tenant)[source] += count;
    for (const { dimensions, count } of concurrency.viewers) this.#of(dimensions.tenant).viewers += count;
  }

  /** The metrics, with what receivers have counted meanwhile in them. */
  metrics(ingest: Ingest): Metrics {
    for (const [name, { clockSuspect, rejected }] of ingest.counts) {
      this.#tell(`${name}\n`, clockSuspect, (more) => this.#metrics.suspectClock(name, more));
      for (const [reason, count] of rejected) {
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

  read(ingest: Ingest, tenant: string): object {
    const concurrentSessions = { player: 0, server: 0 };
    const sessionsEnded: Record<string, number> = {};
    let concurrentViewers = 0;
    for (const [name, { outcomes, player, server, viewers }] of this.#tenants) {
      if (!covers({ tenant }, name)) continue;
      concurrentSessions.player += player;
      concurrentSessions.server += server;
      concurrentViewers += viewers;
      for (const [outcome, count] of outcomes) sessionsEnded[outcome] = (sessionsEnded[outcome] ?? 0) + count;
    }
    let recordsReceived = 0;
    let recordsRefused = 0;
    for (const [name, { stored, rejected }] of ingest.counts) {
      // What came to no known source is nobody's but the operator's.
      if (!covers({ tenant }, this.#tenantOf.get(name) ?? ALL_TENANTS)) continue;
      recordsReceived += stored;
      for (const count of rejected.values()) recordsRefused += count;
    }
    return { concurrentSessions, concurrentViewers, sessionsEnded, recordsReceived, recordsRefused };
  }

  #of(tenant: string): TenantNumbers {
    let numbers = this.#tenants.get(tenant);
    if (numbers === undefined) {
      numbers = { outcomes: new Map(), player: 0, server: 0, viewers: 0 };
      this.#tenants.set(tenant, numbers);
    }
    return numbers;
  }
}
