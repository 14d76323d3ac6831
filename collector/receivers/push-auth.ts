import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { shownToken } from '../access/shown-token.ts';
import { type AccessTokens, digestOf } from '../access/tokens.ts';
import type { Grant } from '../model/grant.ts';
import type { HttpRequest } from './route.ts';
import type { PushAuth } from './sources.ts';

/** What a sender can prove itself with. */
export type Proof = Pick<HttpRequest, 'headers' | 'query' | 'certificateNames'>;

/**
 * Whether a sender showed the secret of its source. A missing secret is a wrong one. Compared as digests, so that
 * neither content nor length of a guess changes how long it takes.
 */
export function isAuthorized(auth: PushAuth, { headers, query, certificateNames }: Proof): boolean {
  switch (auth.kind) {
    case 'bearer':
      return equals(tokenOf(headers, query), auth.token);
    case 'basic':
      return equals(basicOf(headers.authorization ?? ''), `${auth.user}:${auth.password}`);
    case 'header':
      return equals(single(headers[auth.header.toLowerCase()]), auth.value);
    case 'firehose':
      return equals(single(headers['x-amz-firehose-access-key']), auth.accessKey);
    case 'certificate':
      return certificateNames.includes(auth.name);
    case 'oidc':
      // Takes a look at the issuer's keys: see identity-tokens.ts. Nobody shows one inside OTLP.
      return false;
    default:
      return unknownKind(auth);
  }
}

/** What the token of a sender lets it do besides: a token of purpose ingest goes for every source of its tenant. */
export function grantsOf({ headers, query }: Pick<Proof, 'headers' | 'query'>, tokens: AccessTokens): readonly Grant[] {
  const shown = shownToken(headers) || single(headers['x-amz-firehose-access-key']) || (query.get('token') ?? '');
  return shown === '' ? [] : tokens.grantsOf(shown).filter(({ purpose }) => purpose === 'ingest');
}

/** `Bearer` and Splunk's own scheme; Pub/Sub and SRS can set no header and carry the token in the URL. */
function tokenOf(headers: IncomingHttpHeaders, query: URLSearchParams): string {
  return /^Basic /i.test(headers.authorization ?? '') ? '' : shownToken(headers) || (query.get('token') ?? '');
}

function basicOf(authorization: string): string {
  const match = /^Basic +([\w+/=-]+)$/i.exec(authorization);
  return match === null ? '' : Buffer.from(match[1] ?? '', 'base64').toString('utf8');
}

function single(value: string | string[] | undefined): string {
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
}

function equals(given: string, expected: string): boolean {
  return expected !== '' && timingSafeEqual(digestOf(given), digestOf(expected));
}

function unknownKind(auth: never): false {
  return auth;
}
