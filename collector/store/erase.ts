import type { Placement } from './migrations.ts';
import type { QueryLimits, Store, StoreParameters } from './store.ts';

const LIMITS: QueryLimits = { timeoutMs: 60_000, rows: 1, memoryBytes: 1 << 30 };

/**
 * Deletes rows of one table and waits until every part that held them is written anew, on every replica. A table without
 * such rows is left alone: ClickHouse would look through every part of it, and hold up what waits behind that.
 */
export async function erase(
  store: Pick<Store, 'exec' | 'query'>,
  { database, cluster }: Placement,
  table: string,
  condition: string,
  parameters: StoreParameters,
): Promise<void> {
  const found = `SELECT 1 FROM ${database}.${table} WHERE ${condition} LIMIT 1`;
  if ((await store.query(found, parameters, LIMITS)).rows.length === 0) return;
  const target = cluster === '' ? `${database}.${table}` : `${database}.${table}_local ON CLUSTER '${cluster}'`;
  await store.exec(`ALTER TABLE ${target} DELETE WHERE ${condition} SETTINGS mutations_sync = 2`, parameters);
}
