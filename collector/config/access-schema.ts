import type { z } from 'zod';
import { ALL_TENANTS, PURPOSES } from '../model/grant.ts';
import { checkName } from './check.ts';
import type { SchemaContext } from './schema.ts';
import { choice, entries, flag, secret, section, text } from './setting.ts';

/** What can be guessed within a day is no token. */
const LEAST_CHARACTERS = 16;

/** Who may do what; docs/security.md explains it. */
export function accessSchema(context: SchemaContext) {
  return section('Who may post, read and erase (docs/security.md).', {
    open: flag(
      false,
      'Ports beyond loopback may go without tokens, because something in front of them decides who gets in.',
    ),
    tokens: entries('Tokens, shown as `Authorization: Bearer …` or as the password of Basic.', tokenSchema(context)),
  });
}

export type TokenConfig = z.output<ReturnType<typeof tokenSchema>>;

function tokenSchema({ resolveSecret }: SchemaContext) {
  return section('One token.', {
    name: text('Its name, for people.', { fallback: undefined, check: checkName }),
    tenant: text('Whose data it is for; `*` is everybody’s.', { fallback: undefined, check: checkTenant }),
    purpose: choice(PURPOSES, undefined, 'ingest: post events and logs. query: read. admin: erase.'),
    token: secret('The token itself: at least 16 characters that nobody can guess.', resolveSecret, LEAST_CHARACTERS),
  });
}

function checkTenant(text: string): string {
  return text === ALL_TENANTS ? '' : checkName(text);
}
