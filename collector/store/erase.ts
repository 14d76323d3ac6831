import type { Placement } from './migrations.ts';
import type { Store, StoreParameters } from './store.ts';

/** Deletes rows of one table and waits until every part that held them is written anew, on every replica. */
export function erase(
  store: Pick<Store, 'exec'>,
  { database, cluster }: Placement,
  table: string,
  condition: string,
  parameters: StoreParameters,
): Promise<void> {
  const target = cluster === '' ? `${database}.${table}` : `${database}.${table}_local ON CLUSTER '${cluster}'`;
  return store.exec(`ALTER TABLE ${target} DELETE WHERE ${condition} SETTINGS mutations_sync = 2`, parameters);
}
