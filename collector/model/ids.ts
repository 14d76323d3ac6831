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

/**
 * Span id from the trace it is in and whatever identifies the span there; 16 hex digits, never zero. Two lanes of
 * MurmurHash3's mixing: ids must differ within one trace, not resist an attacker, and every recorded span needs one.
 */
export function spanIdOf(traceId: string, identity: string): string {
  let high = 0x9747b28c;
  let low = 0x3c6ef372;
  for (const text of [traceId, identity]) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      high = mix(high, code);
      low = mix(low, code + 0x9e37);
    }
  }
  high = finish(high ^ low);
  low = finish(low ^ Math.imul(high, 0x85ebca6b));
  return hex8(high) + hex8((high | low) === 0 ? 1 : low);
}

function mix(hash: number, code: number): number {
  const word = Math.imul(code, 0xcc9e2d51);
  const mixed = hash ^ Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hex8(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

function digest(text: string, hexDigits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, hexDigits);
}
