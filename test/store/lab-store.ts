import { rowObjects } from '../../collector/api/data-frame.ts';
import { Catalogue } from '../../collector/store/catalogue.ts';
import { DELIVERY_COLUMNS } from '../../collector/store/delivery-columns.ts';
import { DeliveryFeed } from '../../collector/store/delivery-feed.ts';
import { QUERIES } from '../../collector/store/queries/index.ts';
import { QueryRunner, type QueryRunnerOptions } from '../../collector/store/query-runner.ts';
import { RowExporter } from '../../collector/store/row-exporter.ts';
import { SESSION_COLUMNS } from '../../collector/store/session-columns.ts';
import { SessionFeed } from '../../collector/store/session-feed.ts';
import type { QueryLimits, Store } from '../../collector/store/store.ts';
import { ManualScheduler } from '../exporters/manual-scheduler.ts';
import type { Scenario } from '../lab/scenario.ts';
import { type LabResult, type LabResultOptions, runScenario } from '../support/lab-run.ts';
import { LIMITS, PLACEMENT } from './placement.ts';

export type Row = Readonly<Record<string, unknown>>;

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** Runs a scenario through the whole pipeline and writes its sessions as a collector does. */
export async function storeScenario(
  store: Store,
  scenario: Scenario,
  options: LabResultOptions & { readonly catalogue?: Catalogue },
): Promise<LabResult> {
  const exporterOf = (table: string, columns: readonly (readonly [name: string, ...unknown[]])[]) =>
    new RowExporter({
      store,
      table: `${PLACEMENT.database}.${table}`,
      columns: columns.map(([name]) => name),
      batchRows: 1_000,
      batchAgeMs: 1_000,
      queueBytes: 1 << 30,
      retryFirstMs: 1,
      retryMaxMs: 1,
      closeMs: 1,
      scheduler: new ManualScheduler(),
      random: () => 0,
      log: SILENT,
    });
  const sessions = exporterOf('sessions', SESSION_COLUMNS);
  const lines = exporterOf('deliveries', DELIVERY_COLUMNS);
  const feed = new SessionFeed({
    add: (line) => sessions.add(line),
    window: 'rolling',
    maxSessions: 1_000_000,
    liveMs: 15_000,
    catalogue: options.catalogue ?? new Catalogue(),
  });
  const deliveries = new DeliveryFeed((line) => lines.add(line));
  const result = await runScenario(scenario, { ...options, feed, deliveries });
  await sessions.flush();
  await lines.flush();
  return result;
}

export type AskOptions = {
  readonly tenant?: string;
  readonly nowMs?: number;
  readonly limits?: QueryLimits;
  readonly closedDays?: QueryRunnerOptions['closedDays'];
};

/** Asks a named query as its caller would; `tenant` is the caller's. */
export async function ask(
  store: Store,
  name: string,
  parameters: Readonly<Record<string, string>>,
  { tenant = '*', nowMs = Date.UTC(2026, 10, 22), limits = LIMITS, closedDays }: AskOptions = {},
): Promise<readonly Row[]> {
  const query = QUERIES.get(name);
  if (query === undefined) throw new Error(`no query ${name}`);
  const runner = new QueryRunner({
    store,
    limits,
    concurrent: 2,
    waiting: 10,
    ...(closedDays ? { closedDays } : {}),
  });
  const context = { database: PLACEMENT.database, tenant, nowMs, maxRows: limits.rows, timeZoneOf: () => 'UTC' };
  const result = await runner.run(query, new URLSearchParams(parameters), context);
  if (result.outcome !== 'answered') throw new Error('problem' in result ? result.problem : result.outcome);
  return rowObjects(result.answer);
}
