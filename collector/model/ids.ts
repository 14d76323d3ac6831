import { createHash } from 'node:crypto';

/**
 * Derived ids (semantics.md section 8): the same facts give the same ids on every run and every replica, so replay,
 * redelivery and late lines land in the same place.
 */

const HEX32 = /^[0-9a-f]{32}$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ZERO_TRACE = '0'.repeat(32);

/** Trace id of a session: a UUID or 32 hex digits as they are, anything else hashed with its tenant. */
export function traceIdOf(tenant: string, sid: string): string {
  if (UUID.test(sid) || HEX32.test(sid)) {
    const hex = sid.replaceAll('-', '').toLowerCase();
    if (hex !== ZERO_TRACE) return hex;
  }
  return digest(`${tenant}\n${sid}`, 32);
}

/** Trace id of a later playback under a reused sid: `ordinal` counts playbacks of the same content. */
export function continuedTraceId(tenant: string, sid: string, contentId: string, ordinal: number): string {
  return digest(`${tenant}\n${sid}\n${contentId}\n${ordinal}`, 32);
}

/** Span id from the trace it is in and whatever identifies the span there; 16 hex digits, never zero. */
export function spanIdOf(traceId: string, identity: string): string {
  return digest(`${traceId}/${identity}`, 16);
}

function digest(text: string, hexDigits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, hexDigits);
}
