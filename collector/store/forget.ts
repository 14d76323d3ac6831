import { dayAfter } from './calendar.ts';
import { erase } from './erase.ts';
import type { Placement } from './migrations.ts';
import type { QueryLimits, Store } from './store.ts';

/** Whose data shall be gone. */
export const FORGET_KEYS = ['session', 'viewer', 'device'] as const;
export type ForgetKey = (typeof FORGET_KEYS)[number];

export type Forget = { readonly tenant: string; readonly key: ForgetKey; readonly value: string };

const SESSIONS: Readonly<Record<ForgetKey, string>> = {
  // Its trace id, or its id as the player sent it.
  session: '(trace_id = {value:String} OR session_id = {value:String})',
  viewer: 'viewer_id = {value:String}',
  device: 'device_id = {value:String}',
};

/** Lines know the session and the device, not the viewer: their sessions are looked up before they are gone. */
const LIMITS: QueryLimits = { timeoutMs: 60_000, rows: 1_000_000, memoryBytes: 1 << 30 };
const SESSIONS_AT_ONCE = 1_000;

/** Erases a session, or everything of a viewer or device, from every table; resolves when it is gone. */
export async function forget(
  store: Pick<Store, 'exec' | 'query'>,
  placement: Placement,
  { tenant, key, value }: Forget,
): Promise<void> {
  if (value === '') return;
  const isMeant = `tenant = {tenant:String} AND ${SESSIONS[key]}`;
  const { rows } = await store.query(
    `SELECT DISTINCT trace_id, toString(toDate(started_at)) FROM ${placement.database}.sessions WHERE ${isMeant}`,
    { tenant, value },
    LIMITS,
  );
  const traceIds = [...new Set(rows.map(([traceId]) => String(traceId))), ...(key === 'session' ? [value] : [])];
  for (let at = 0; at < traceIds.length; at += SESSIONS_AT_ONCE) {
    const parameters = { tenant, traceIds: traceIds.slice(at, at + SESSIONS_AT_ONCE) };
    const isOfThem = 'tenant = {tenant:String} AND trace_id IN {traceIds:Array(String)}';
    await erase(store, placement, 'deliveries', isOfThem, parameters);
  }
  if (key === 'device') await erase(store, placement, 'deliveries', isMeant, { tenant, value });
  await erase(store, placement, 'sessions', isMeant, { tenant, value });
  // Sums of a day hold hashes of its devices: they are made again without these.
  const days = [...new Set(rows.map(([, day]) => String(day)))].flatMap((day) =>
    [-1, 0, 1].map((by) => dayAfter(day, by)),
  );
  if (days.length === 0) return;
  for (const table of ['closed_days', 'days']) {
    await erase(store, placement, table, 'day IN {days:Array(Date)}', { days });
  }
}
