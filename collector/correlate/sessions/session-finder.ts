import { SessionKey } from './session-key.ts';
import { SessionTable } from './session-table.ts';

const NONE = -1;
/** Hints that are told apart: as many ids as decoders remember. */
const HINTS = 65_536;

/**
 * Which slot the session of an id lives in. Ids are compared by the trace id they stand for; a decoder's hint leads
 * to the slot without that, when the session found there has just this id.
 * HOT PATH: `find` runs once per log line. Bench: test/bench/intake.ts.
 */
export class SessionFinder {
  /** Of the id that `find` did not know last; free for other use after that. */
  readonly key = new SessionKey();
  readonly #table: SessionTable;
  /** Ids and tenants of the open sessions by slot; '' where there is none. */
  readonly #sids: string[] = [];
  readonly #tenantOf: number[] = [];
  readonly #guesses = new Int32Array(HINTS);
  readonly #tenants = new Map<string, number>();
  #lastTenant = '';
  #lastTenantCode = NONE;

  /** `limit` bounds the sessions open at once. */
  constructor(limit: number) {
    this.#table = new SessionTable(limit);
  }

  /** Sessions open now. */
  get size(): number {
    return this.#table.size;
  }

  /** Highest slot ever used plus one. */
  get slots(): number {
    return this.#table.slots;
  }

  /** The slot of an open session, or -1. `hint`: as in `Cmcd`. */
  find(tenant: string, sid: string, hint: number): number {
    const tenantCode = this.#tenantCode(tenant);
    const isHinted = hint >= 0 && hint < HINTS;
    const guess = isHinted ? (this.#guesses[hint] as number) : NONE;
    if (guess !== NONE && this.#sids[guess] === sid && this.#tenantOf[guess] === tenantCode) return guess;
    this.key.set(tenant, sid);
    const slot = this.#table.find(this.key, tenantCode);
    if (isHinted && slot !== NONE) this.#guesses[hint] = slot;
    return slot;
  }

  /** A slot for the session that `find` did not know last. */
  add(tenant: string, sid: string): number {
    const tenantCode = this.#tenantCode(tenant);
    const slot = this.#table.add(this.key, tenantCode);
    this.#sids[slot] = sid;
    this.#tenantOf[slot] = tenantCode;
    return slot;
  }

  remove(slot: number): void {
    this.#table.remove(slot);
    this.#sids[slot] = '';
  }

  #tenantCode(tenant: string): number {
    if (tenant === this.#lastTenant && this.#lastTenantCode !== NONE) return this.#lastTenantCode;
    let code = this.#tenants.get(tenant);
    if (code === undefined) {
      code = this.#tenants.size;
      this.#tenants.set(tenant, code);
    }
    this.#lastTenant = tenant;
    this.#lastTenantCode = code;
    return code;
  }
}
