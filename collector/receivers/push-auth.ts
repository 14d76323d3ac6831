import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { PushAuth } from './sources.ts';

/**
 * Whether a sender showed the secret of its source. A missing secret is a wrong one. Compared as digests, so that
 * neither content nor length of a guess changes how long it takes.
 */
export function isAuthorized(auth: PushAuth | null, headers: IncomingHttpHeaders, query: URLSearchParams): boolean {
  if (auth === null) return true;
  switch (auth.kind) {
    case 'bearer':
      return equals(tokenOf(headers.authorization ?? '', query), auth.token);
    case 'basic':
      return equals(basicOf(headers.authorization ?? ''), `${auth.user}:${auth.password}`);
    case 'header':
      return equals(single(headers[auth.header.toLowerCase()]), auth.value);
    case 'firehose':
      return equals(single(headers['x-amz-firehose-access-key']), auth.accessKey);
    default:
      return unknownKind(auth);
  }
}

/** `Bearer` and Splunk's own scheme; Pub/Sub and SRS can set no header and carry the token in the URL. */
function tokenOf(authorization: string, query: URLSearchParams): string {
  const match = /^(?:Bearer|Splunk) +(\S+)$/i.exec(authorization);
  return match?.[1] ?? query.get('token') ?? '';
}

function basicOf(authorization: string): string {
  const match = /^Basic +([\w+/=-]+)$/i.exec(authorization);
  return match === null ? '' : Buffer.from(match[1] ?? '', 'base64').toString('utf8');
}

function single(value: string | string[] | undefined): string {
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
}

function equals(given: string, expected: string): boolean {
  if (expected === '') return false;
  return timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(expected).digest());
}

function unknownKind(auth: never): false {
  return auth;
}
