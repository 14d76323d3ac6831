import { createHash } from 'node:crypto';

/**
 * Derived ids (semantics.md section 8): the same facts give the same ids on every run and every replica, so replay,
 * redelivery and late lines land in the same place.
 */

const HEX32 = /^[0-9a-f]{32}$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ZERO_TRACE = '0'.repeat(32);

/** Character code of every hexadecimal digit. */
const DIGITS = new Uint8Array(16).map((_, value) => '0123456789abcdef'.charCodeAt(value));

const HIGH_SEED = 0x9747b28c | 0;
const LOW_SEED = 0x3c6ef372;
const SLASH = 0x2f;
const ZERO = 0x30;

// Spans are made session by session: how far the hash had come after the trace id of the last one.
let lastTraceId = '';
let lastHigh = HIGH_SEED;
let lastLow = LOW_SEED;
// How far the hash of the id being made has come.
let high = 0;
let low = 0;

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
  begin(traceId);
  addText(identity);
  return end();
}

/** The same of `name/first/second`, without making that text. HOT PATH: the span id of every exported log line. */
export function spanIdOfNumbers(traceId: string, name: string, first: number, second: number): string {
  begin(traceId);
  addText(name);
  add(SLASH);
  addDecimal(first);
  add(SLASH);
  addDecimal(second);
  return end();
}

function begin(traceId: string): void {
  if (traceId !== lastTraceId) {
    high = HIGH_SEED;
    low = LOW_SEED;
    addText(traceId);
    lastTraceId = traceId;
    lastHigh = high;
    lastLow = low;
  }
  high = lastHigh;
  low = lastLow;
}

function addText(text: string): void {
  for (let i = 0; i < text.length; i++) add(text.charCodeAt(i));
}

/** A number as `String` writes it. */
function addDecimal(number: number): void {
  if (!(number >= 0 && number <= 0xffffffff && Number.isInteger(number))) {
    addText(String(number));
    return;
  }
  let unit = 1;
  while (number / unit >= 10) unit *= 10;
  for (; unit >= 1; unit /= 10) add(ZERO + (Math.floor(number / unit) % 10));
}

function add(code: number): void {
  high = mix(high, code);
  low = mix(low, code + 0x9e37);
}

function end(): string {
  const first = finish(high ^ low);
  const second = finish(low ^ Math.imul(first, 0x85ebca6b));
  return hexOf(first, (first | second) === 0 ? 1 : second);
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

/** Sixteen digits at once: a table of parts, or a text grown piece by piece, takes five times as long. */
function hexOf(first: number, second: number): string {
  return String.fromCharCode(
    digit(first, 28),
    digit(first, 24),
    digit(first, 20),
    digit(first, 16),
    digit(first, 12),
    digit(first, 8),
    digit(first, 4),
    digit(first, 0),
    digit(second, 28),
    digit(second, 24),
    digit(second, 20),
    digit(second, 16),
    digit(second, 12),
    digit(second, 8),
    digit(second, 4),
    digit(second, 0),
  );
}

function digit(word: number, shift: number): number {
  return DIGITS[(word >>> shift) & 15] as number;
}

function digest(text: string, hexDigits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, hexDigits);
}
