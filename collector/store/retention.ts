import type { Log } from '../exporters/exporter.ts';
import type { UnixMs } from '../model/time.ts';
import { Chore } from './chore.ts';
import { erase } from './erase.ts';
import type { Placement } from './migrations.ts';
import type { Store } from './store.ts';

/** How long one table is kept. */
type TableRule = {
  readonly retentionMs: number;
  /** Tenants that differ. */
  readonly tenants: readonly { readonly name: string; readonly retentionMs: number }[];
};

export type RetentionRules = {
  readonly retentionMs: number;
  readonly deliveries: { readonly retentionMs: number };
  /** Tenants that differ; NaN is the rule of the rest. */
  readonly tenants: readonly {
    readonly name: string;
    readonly retentionMs: number;
    readonly deliveriesMs: number;
  }[];
};

export type RetentionOptions = {
  readonly store: Pick<Store, 'exec' | 'query'>;
  readonly placement: Placement;
  readonly rules: RetentionRules;
  readonly log: Log;
  readonly now: () => UnixMs;
};

const BEFORE = 'fromUnixTimestamp64Milli({before:Int64})';
const EVERY_MS = 6 * 3_600_000;

/** Really deletes what is older than its tenant keeps it. */
export function retentionChore({ store, placement, rules, log, now }: RetentionOptions): Chore {
  const failed = 'old rows are not deleted yet, trying again later';
  return new Chore({ everyMs: EVERY_MS, work: () => applyRetention(store, placement, rules, now()), failed, log });
}

/** Deletes everything that is too old at `nowMs`; resolves when it is gone. */
export async function applyRetention(
  store: Pick<Store, 'exec' | 'query'>,
  placement: Placement,
  { retentionMs, deliveries, tenants }: RetentionRules,
  nowMs: UnixMs,
): Promise<void> {
  const rows = { retentionMs, tenants };
  const lines = {
    retentionMs: deliveries.retentionMs,
    tenants: tenants.map(({ name, deliveriesMs }) => ({ name, retentionMs: deliveriesMs })),
  };
  await eraseOld(store, placement, 'sessions', `started_at < ${BEFORE}`, rows, nowMs);
  await eraseOld(store, placement, 'days', `day <= toDate(${BEFORE})`, rows, nowMs);
  await eraseOld(store, placement, 'deliveries', `at < ${BEFORE}`, lines, nowMs);
}

async function eraseOld(
  store: Pick<Store, 'exec' | 'query'>,
  placement: Placement,
  table: string,
  isOld: string,
  { retentionMs, tenants }: TableRule,
  nowMs: UnixMs,
): Promise<void> {
  const apart = tenants.filter((tenant) => !Number.isNaN(tenant.retentionMs));
  const others = { before: nowMs - retentionMs, tenants: apart.map(({ name }) => name) };
  await erase(store, placement, table, `${isOld} AND tenant NOT IN {tenants:Array(String)}`, others);
  for (const tenant of apart) {
    const parameters = { before: nowMs - tenant.retentionMs, tenant: tenant.name };
    await erase(store, placement, table, `${isOld} AND tenant = {tenant:String}`, parameters);
  }
}
