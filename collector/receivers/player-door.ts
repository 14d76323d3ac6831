import type { AccessTokens } from '../access/tokens.ts';
import { covers } from '../model/grant.ts';
import type { PlayerGuest } from './player-guest.ts';
import { grantsOf, isAuthorized, type Proof } from './push-auth.ts';
import type { LineSource } from './sources.ts';

export type PlayerDoorOptions = {
  /** Who comes without anything. Only let in while there are neither keys nor tokens of purpose ingest. */
  readonly open: PlayerGuest;
  /** By public key. Keys are public, so a plain look-up gives nothing away. */
  readonly keys: ReadonlyMap<string, PlayerGuest>;
  readonly tokens: AccessTokens;
  /** By name of the token. */
  readonly relays: ReadonlyMap<string, PlayerGuest>;
};

/** Tells who posts players' events: by the key of a page (`?key=`, `x-playpath-key`), or by a token. */
export class PlayerDoor {
  readonly #options: PlayerDoorOptions;
  readonly #isOpen: boolean;

  constructor(options: PlayerDoorOptions) {
    this.#options = options;
    this.#isOpen = options.keys.size === 0 && !options.tokens.guards('ingest');
  }

  /** Whose name refused strangers count under. */
  get stranger(): PlayerGuest {
    return this.#options.open;
  }

  /** Null for whoever has shown nothing that is known. */
  guestOf(request: Pick<Proof, 'headers' | 'query'>): PlayerGuest | null {
    if (this.#isOpen) return this.#options.open;
    const { headers, query } = request;
    const key = query.get('key') ?? single(headers['x-playpath-key']);
    if (key !== '') return this.#options.keys.get(key) ?? null;
    const [grant] = grantsOf(request, this.#options.tokens);
    return grant === undefined ? null : (this.#options.relays.get(grant.name) ?? null);
  }

  /**
   * Which configured logs the records of this request may be lines of: none by a public key; by a token those of its
   * tenant; and while no token is asked for, those whose own proof is shown. Asked per record, decided once per log.
   */
  feeds(request: Proof): (log: LineSource) => boolean {
    const { tokens } = this.#options;
    const grants = grantsOf(request, tokens);
    const isPublic = this.guestOf(request)?.kind === 'public';
    const decided = new Map<LineSource, boolean>();
    const may = ({ auth, source }: LineSource): boolean =>
      tokens.guards('ingest')
        ? grants.some((grant) => covers(grant, source.tenant))
        : !isPublic && (auth === null || isAuthorized(auth, request));
    return (log) => {
      const known = decided.get(log) ?? may(log);
      decided.set(log, known);
      return known;
    };
  }
}

function single(value: string | string[] | undefined): string {
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
}
