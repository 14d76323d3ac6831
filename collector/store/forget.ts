import { erase, VIEWER_TABLES } from './erase.ts';
import type { Placement } from './migrations.ts';
import type { Store } from './store.ts';

/** Whose data shall be gone. */
export const FORGET_KEYS = ['session', 'viewer', 'device'] as const;
export type ForgetKey = (typeof FORGET_KEYS)[number];

export type Forget = { readonly tenant: string; readonly key: ForgetKey; readonly value: string };

const CONDITIONS: Readonly<Record<ForgetKey, string>> = {
  // Its trace id, or its id as the player sent it.
  session: '(trace_id = {value:String} OR session_id = {value:String})',
  viewer: 'viewer_id = {value:String}',
  device: 'device_id = {value:String}',
};

/** Erases a session, or everything of a viewer or device, from every table; resolves when it is gone. */
export async function forget(
  store: Pick<Store, 'exec'>,
  placement: Placement,
  { tenant, key, value }: Forget,
): Promise<void> {
  if (value === '') return;
  for (const { name } of VIEWER_TABLES) {
    await erase(store, placement, name, `tenant = {tenant:String} AND ${CONDITIONS[key]}`, { tenant, value });
  }
}
