import { SessionKey } from '../correlate/sessions/session-key.ts';
import type { Event } from '../model/event.ts';
import { deviceOf, type OpenSessionList } from './open-sessions.ts';

/**
 * Which records of a log the sessions that are open at a checkpoint are made of. Lines that name no session are kept when
 * in doubt: those of a device that has one open, and those that another line may say the session of.
 */
export class StillNeeded {
  readonly #openedAt = new Map<string, number>();
  readonly #devices: ReadonlySet<string>;
  readonly #key = new SessionKey();

  /** `devices`: of the open sessions. */
  constructor(list: OpenSessionList, devices: ReadonlySet<string>) {
    for (const [i, key] of list.keys.entries()) this.#openedAt.set(key, list.openedAt[i] ?? 0);
    this.#devices = devices;
  }

  isNeeded(event: Event, offset: number): boolean {
    const { tenant, tier } = event.source;
    if (event.kind === 'player') return offset >= this.#openedAtOf(tenant, event.sid);
    const named = event.cmcd.sid || event.sessionId;
    if (named !== '') return offset >= this.#openedAtOf(tenant, named);
    if (tier !== 'edge' || event.rid !== '') return true;
    if (event.traceId !== '' && this.#openedAtOf(tenant, event.traceId) < Number.POSITIVE_INFINITY) return true;
    return event.client !== null && this.#devices.has(deviceOf(tenant, event.client));
  }

  /** Never, for a session that is not open. */
  #openedAtOf(tenant: string, sid: string): number {
    this.#key.set(tenant, sid);
    return this.#openedAt.get(`${tenant}\n${this.#key.hex()}`) ?? Number.POSITIVE_INFINITY;
  }
}
