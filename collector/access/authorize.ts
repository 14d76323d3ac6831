import type { IncomingHttpHeaders } from 'node:http';
import { ALL_TENANTS, type Grant, type Purpose } from '../model/grant.ts';
import { shownToken } from './shown-token.ts';
import type { AccessTokens } from './tokens.ts';

/** Why somebody may not, as the answer that says so. */
export type Refusal = {
  readonly status: 401 | 403;
  readonly message: string;
  /** Makes a browser ask for the token. */
  readonly headers: Readonly<Record<string, string>>;
};

export type Access = { readonly grant: Grant } | { readonly refusal: Refusal };

const CHALLENGE = { 'www-authenticate': 'Basic realm="Playpath, the token is the password", charset="UTF-8"' };

/**
 * Turns a request into what it may do. Where no token is configured for a purpose, everybody who reaches the port may:
 * then it is a loopback port, or one whose operator has said so. Only erasing always needs a token.
 */
export function authorize(headers: IncomingHttpHeaders, purpose: Purpose, tokens: AccessTokens): Access {
  if (!tokens.guards(purpose)) {
    return purpose === 'admin'
      ? refuse(403, 'no token of purpose admin is configured, and without one nobody may do this', {})
      : { grant: { name: '', tenant: ALL_TENANTS, purpose } };
  }
  const shown = shownToken(headers);
  if (shown === '') return refuse(401, `a token of purpose ${purpose} is needed`, CHALLENGE);
  const grants = tokens.grantsOf(shown);
  const grant = grants.find((one) => one.purpose === purpose);
  if (grant !== undefined) return { grant };
  return grants.length === 0
    ? refuse(401, 'the token is not known here', CHALLENGE)
    : refuse(403, `the token is for ${grants.map((one) => one.purpose).join(', ')}, not for ${purpose}`, {});
}

function refuse(status: 401 | 403, message: string, headers: Readonly<Record<string, string>>): Access {
  return { refusal: { status, message, headers } };
}
