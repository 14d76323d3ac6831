import type { z } from 'zod';
import { ALL_TENANTS, PURPOSES } from '../model/grant.ts';
import { checkName, checkOrigin } from './check.ts';
import type { SchemaContext } from './schema.ts';
import { choice, entries, flag, integer, list, secret, section, text } from './setting.ts';

/** What can be guessed within a day is no token. */
const LEAST_CHARACTERS = 16;

/** Who may do what; docs/security.md explains it. */
export function accessSchema(context: SchemaContext) {
  return section('Who may post, read and erase (docs/security.md).', {
    open: flag(
      false,
      'Ports beyond loopback may go without tokens, because something in front of them decides who gets in.',
    ),
    players: entries(
      'Public keys of players, shown as `?key=…` or `x-playpath-key`. With one, or a token of purpose ingest, players ' +
        'without either are not heard.',
      playerKeySchema(),
    ),
    tokens: entries('Tokens, shown as `Authorization: Bearer …` or as the password of Basic.', tokenSchema(context)),
  });
}

export type PlayerKeyConfig = z.output<ReturnType<typeof playerKeySchema>>;

function playerKeySchema() {
  return section('One key. Every page shows it, so it says who is meant and keeps nobody out; its limits do.', {
    name: text('Its name, and that of the source its events count under.', { fallback: undefined, check: checkName }),
    key: text('The key: 8 to 64 letters, digits, dashes and underscores.', { fallback: undefined, check: checkKey }),
    tenant: text('Tenant of its events.', { fallback: undefined, check: checkName }),
    property: text('Property of its events, whatever they say. Empty: what they say.', {
      fallback: '',
      check: (name) => (name === '' ? '' : checkName(name)),
    }),
    origins: list(['*'], 'Pages that may use it; posts of others are dropped (`foreign_origin`).', checkOrigin),
    posts: integer(10_000, 'Posts a second, all together; more are dropped (`rate_limited`).', 1),
    postsPerAddress: integer(100, 'Posts a second of one address, or one IPv6 /64.', 1),
    sessions: integer(200_000, 'Sessions that report within a minute; further ones are dropped (`session_limit`).', 1),
    values: integer(50, 'Players, and properties, that its events may name; further ones are `other`.', 1),
  });
}

function tokenSchema({ resolveSecret }: SchemaContext) {
  return section('One token.', {
    name: text('Its name, for people.', { fallback: undefined, check: checkName }),
    tenant: text('Whose data it is for; `*` is everybody’s.', { fallback: undefined, check: checkTenant }),
    purpose: choice(
      PURPOSES,
      undefined,
      'ingest: post events and logs. query: read. analytics: read the answers of named queries only. admin: erase.',
    ),
    token: secret('The token itself: at least 16 characters that nobody can guess.', resolveSecret, LEAST_CHARACTERS),
  });
}

function checkKey(text: string): string {
  return /^[\w-]{8,64}$/.test(text) ? '' : 'must be 8 to 64 letters, digits, dashes and underscores';
}

function checkTenant(text: string): string {
  return text === ALL_TENANTS ? '' : checkName(text);
}
