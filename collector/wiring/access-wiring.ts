import { AccessTokens } from '../access/tokens.ts';
import type { PlayerKeyConfig } from '../config/access-schema.ts';
import type { Config } from '../config.ts';
import { ALL_TENANTS } from '../model/grant.ts';
import type { Source } from '../model/source.ts';
import { PlayerDoor } from '../receivers/player-door.ts';
import { keyedGuest, type PlayerGuest, type PlayerKeySettings, trustedGuest } from '../receivers/player-guest.ts';

/** Who may do what, as the configuration says. */
export type AccessWiring = {
  readonly tokens: AccessTokens;
  readonly door: PlayerDoor;
  /** One per key and per token that posts: each files its events under its own name and tenant. */
  readonly sources: readonly Source[];
};

/** `player` is the source of events that came without a key. */
export function accessOf({ access, player: settings }: Config, player: Source): AccessWiring {
  const tokens = new AccessTokens(access.tokens.map((one) => ({ ...one, token: one.token.reveal() })));
  const sources: Source[] = [];
  const sourceOf = (name: string, tenant: string): Source => {
    const source = { ...player, index: player.index + 1 + sources.length, name, tenant };
    sources.push(source);
    return source;
  };
  const keys = new Map<string, PlayerGuest>();
  for (const one of access.players) keys.set(one.key, keyedGuest(sourceOf(one.name, one.tenant), keySettings(one)));
  const relays = new Map<string, PlayerGuest>();
  for (const { name, tenant, purpose } of access.tokens) {
    if (purpose !== 'ingest') continue;
    const source = sourceOf(name, tenant === ALL_TENANTS ? player.tenant : tenant);
    relays.set(name, trustedGuest(source, settings.origins, 'relay'));
  }
  const open = trustedGuest(player, settings.origins, 'open');
  return { tokens, door: new PlayerDoor({ open, keys, tokens, relays }), sources };
}

function keySettings(one: PlayerKeyConfig): PlayerKeySettings {
  const { key, origins, property, posts, postsPerAddress, sessions, values } = one;
  return { key, origins, property, postsPerSecond: posts, postsPerAddress, sessions, values };
}
