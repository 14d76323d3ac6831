import { hostName } from '../privacy/scrub.ts';
import { type Fields, textField } from './fields.ts';
import type { PlayerUrls } from './player-delivery.ts';

/** Read beyond what is kept: an address or a secret that is cut in half does not look like one any more. */
const READ_CHARACTERS = 2_048;

/** Text that a player, or whoever pretends to be one, has written: without secrets and addresses, cut to a length. */
export function freeText(fields: Fields, limit: number, urls: PlayerUrls, ...names: readonly string[]): string {
  return urls.scrub(textField(fields, READ_CHARACTERS, ...names)).slice(0, limit);
}

/** The same for the name of a CDN or a host, which may be the address of a server. */
export function nameText(fields: Fields, limit: number, ...names: readonly string[]): string {
  return hostName(textField(fields, READ_CHARACTERS, ...names)).slice(0, limit);
}
