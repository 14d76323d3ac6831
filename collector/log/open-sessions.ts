import { SessionKey } from '../correlate/sessions/session-key.ts';
import type { Client } from '../model/client.ts';
import type { SessionGate } from '../pipeline.ts';
import type { LogPosition } from './log-reader.ts';

/** The sessions that were open at a place in the log, and where each began. */
export type OpenSessionList = { readonly keys: readonly string[]; readonly openedAt: Float64Array };

/** Lists open sessions for a checkpoint. */
export function listOpenSessions(
  sessions: Iterable<{ readonly session: { tenant: string; traceId: string; openedAt: number } }>,
): OpenSessionList {
  const keys: string[] = [];
  const openedAt: number[] = [];
  for (const { session } of sessions) {
    keys.push(`${session.tenant}\n${session.traceId}`);
    openedAt.push(session.openedAt);
  }
  return { keys, openedAt: Float64Array.from(openedAt) };
}

/** Tenant and device of those who have one open. */
export function devicesOf(
  sessions: Iterable<{ readonly session: { tenant: string; client: Client | null } }>,
): ReadonlySet<string> {
  const devices = new Set<string>();
  for (const { session } of sessions) {
    if (session.client !== null) devices.add(deviceOf(session.tenant, session.client));
  }
  return devices;
}

export function deviceOf(tenant: string, { deviceKey }: Client): string {
  return `${tenant} ${deviceKey}`;
}

/** Lets only those through, each from its own beginning on: what came before under the same id is over. */
export class OpenSessions implements SessionGate {
  readonly #openedAt = new Map<string, number>();
  readonly #over = new Set<string>();
  readonly #position: LogPosition;
  readonly #key = new SessionKey();

  constructor(list: OpenSessionList, position: LogPosition) {
    for (const [i, key] of list.keys.entries()) this.#openedAt.set(key, list.openedAt[i] ?? 0);
    this.#position = position;
  }

  admits(tenant: string, sid: string): boolean {
    const key = this.#keyOf(tenant, sid);
    const openedAt = this.#openedAt.get(key);
    if (openedAt !== undefined && this.#position.offset >= openedAt) return true;
    this.#over.add(key);
    return false;
  }

  knew(tenant: string, sid: string): boolean {
    return this.#over.has(this.#keyOf(tenant, sid));
  }

  #keyOf(tenant: string, sid: string): string {
    this.#key.set(tenant, sid);
    return `${tenant}\n${this.#key.hex()}`;
  }
}
