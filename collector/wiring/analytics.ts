import type { AnalyticsApi } from '../api/analytics.ts';
import type { Config } from '../config.ts';
import type { Log } from '../exporters/exporter.ts';
import { systemScheduler } from '../exporters/scheduler.ts';
import type { UnixMs } from '../model/time.ts';
import { Catalogue } from '../store/catalogue.ts';
import { CatalogueReader } from '../store/catalogue-reader.ts';
import { storeCatalogue } from '../store/catalogue-table.ts';
import type { Chore } from '../store/chore.ts';
import { DaySums } from '../store/day-sums.ts';
import { dayUnits, unitFor } from '../store/day-units.ts';
import { DELIVERY_COLUMNS } from '../store/delivery-columns.ts';
import { DeliveryFeed } from '../store/delivery-feed.ts';
import { forget } from '../store/forget.ts';
import { checkMigrated, migrate, type Placement } from '../store/migrations.ts';
import { openStore } from '../store/open-store.ts';
import { QueryRunner } from '../store/query-runner.ts';
import { retentionChore } from '../store/retention.ts';
import { RowExporter } from '../store/row-exporter.ts';
import { SESSION_COLUMNS } from '../store/session-columns.ts';
import { SessionFeed } from '../store/session-feed.ts';
import type { Store } from '../store/store.ts';

/** Rows are written again after half a second at first, and never less often than this. */
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 30_000;

/** The analytics store with everything that writes into it. */
export class Analytics {
  readonly store: Store;
  readonly placement: Placement;
  readonly feed: SessionFeed;
  /** Writes the unified log; null when it is turned off. */
  readonly deliveries: DeliveryFeed | null;
  /** What writes rows, with the table it writes. */
  readonly writers: readonly { readonly table: string; readonly exporter: RowExporter }[];
  readonly runner: QueryRunner;
  readonly #retention: Chore;
  readonly #days: DaySums;
  readonly #catalogue = new Catalogue();
  readonly #catalogueReader: CatalogueReader;

  constructor(store: Store, config: Config, log: Log, now: () => UnixMs) {
    this.store = store;
    this.placement = placementOf(config);
    const write = (table: string, columns: readonly (readonly [name: string, ...unknown[]])[]) =>
      new RowExporter({
        store,
        table: `${this.placement.database}.${table}`,
        columns: columns.map(([name]) => name),
        batchRows: config.store.batch.rows,
        batchAgeMs: config.store.batch.ageMs,
        queueBytes: config.store.queueBytes,
        retryFirstMs: RETRY_FIRST_MS,
        retryMaxMs: RETRY_MAX_MS,
        closeMs: config.drainMs,
        scheduler: systemScheduler,
        random: Math.random,
        log,
      });
    const sessions = write('sessions', SESSION_COLUMNS);
    const lines = config.store.deliveries.enabled ? write('deliveries', DELIVERY_COLUMNS) : null;
    this.deliveries = lines && new DeliveryFeed((line) => lines.add(line));
    this.writers = [
      { table: 'sessions', exporter: sessions },
      ...(lines ? [{ table: 'deliveries', exporter: lines }] : []),
    ];
    this.feed = new SessionFeed({
      add: (line) => sessions.add(line),
      window: config.audience.window,
      maxSessions: config.correlate.maxSessions,
      liveMs: config.store.liveMs,
      catalogue: this.#catalogue,
    });
    const units = dayUnits(config.store.timeZone, config.store.tenants);
    this.#days = new DaySums({ store, placement: this.placement, units, log, now });
    const { query } = config.store;
    this.runner = new QueryRunner({
      store,
      limits: { timeoutMs: query.timeoutMs, rows: query.rows, memoryBytes: query.memoryBytes },
      closedDays: async (timeZone, tenants) => {
        const unit = unitFor(units, timeZone, tenants);
        return unit ? this.#days.of(unit) : null;
      },
      concurrent: query.concurrent,
      waiting: query.waiting,
    });
    this.#catalogueReader = new CatalogueReader(
      config.store.catalogues,
      this.#catalogue,
      (tenant, entries) => storeCatalogue(store, this.placement, tenant, entries, now()),
      log,
    );
    this.#retention = retentionChore({ store, placement: this.placement, rules: config.store, log, now });
  }

  /** What the query API asks. */
  api({ store, audience, privacy }: Config): AnalyticsApi {
    const zones = new Map(store.tenants.map(({ name, timeZone }) => [name, timeZone]));
    return {
      runner: this.runner,
      database: this.placement.database,
      rules: { window: audience.window, deviceMs: privacy.rotateMs },
      timeZoneOf: (tenant) => zones.get(tenant) || store.timeZone,
      forget: async (what) => {
        // What waits would be stored after it was erased.
        await this.flush();
        await forget(this.store, this.placement, what);
      },
    };
  }

  get isFull(): boolean {
    return this.writers.some(({ exporter }) => exporter.isFull);
  }

  /** Resolves when every row so far is stored, refused for good or given up. */
  async flush(): Promise<void> {
    await Promise.all(this.writers.map(({ exporter }) => exporter.flush()));
  }

  /** Reads catalogues, deletes what is older than it may be, and sums up days that are over, now and again. */
  start(): void {
    void this.#catalogueReader.start();
    this.#retention.start();
    this.#days.start();
  }

  /** Stores what waits, within the time a collector has to stop, and leaves the store open. May be called twice. */
  async closeWriters(): Promise<void> {
    this.#catalogueReader.close();
    await Promise.all([this.#retention.close(), this.#days.close()]);
    await Promise.all(this.writers.map(({ exporter }) => exporter.close()));
  }

  /** The same, and the store with it. */
  async close(): Promise<void> {
    await this.closeWriters();
    await this.store.close();
  }
}

/**
 * Opens the store that the configuration asks for and brings its tables up to date.
 * Without one Playpath has traces and metrics only: null, and said once.
 * @throws PlaypathError `store_…` when a store that was asked for by name cannot be had
 */
export async function openAnalytics(config: Config, log: Log, now: () => UnixMs): Promise<Analytics | null> {
  const store = await openStore(config.store, log);
  if (store === null) return null;
  try {
    const placement = placementOf(config);
    if (config.store.migrate) await migrate(store, placement, now());
    else await checkMigrated(store, placement);
  } catch (error) {
    await store.close();
    throw error;
  }
  return new Analytics(store, config, log, now);
}

export function placementOf({ store }: Config): Placement {
  return { database: store.database, cluster: store.cluster };
}
