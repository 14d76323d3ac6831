import { NGINX } from '../nginx-record.ts';
import type { Columns } from './columns.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;

/**
 * The head of a combined line, `addr - user [time] "request" status bytes "referer" "agent"`, into columns. A virtual
 * host before the address is skipped; the address is the last word before the dash. Returns the position behind it,
 * -1 when the line is something else.
 */
export function readCombined(columns: Columns, start: number, end: number): number {
  const { bytes } = columns.line;
  const open = bytes.indexOf(OPEN, start);
  const close = bytes.indexOf(CLOSE, open);
  if (open < 0 || close < 0 || close >= end) return -1;
  readAddress(columns, start, open);
  columns.set(NGINX.time, open + 1, close);
  let at = quoted(columns, NGINX.request, skipSpaces(bytes, close + 1, end), end);
  if (at < 0) return -1;
  at = word(columns, NGINX.status, at, end);
  at = word(columns, NGINX.bodyBytes, at, end);
  if (at < 0) return -1;
  // The common log format ends here.
  const referer = skipSpaces(bytes, at, end);
  if (bytes[referer] !== QUOTE || referer >= end) return at;
  at = quoted(columns, columns.unused, referer, end);
  const agent = skipSpaces(bytes, at, end);
  return at < 0 || bytes[agent] !== QUOTE || agent >= end ? at : quoted(columns, NGINX.userAgent, agent, end);
}

/** `host addr - user`: words before the first dash that stands alone; the last of them is the address. */
function readAddress(columns: Columns, start: number, end: number): void {
  const { bytes } = columns.line;
  let wordStart = start;
  let addressStart = start;
  let addressEnd = start;
  for (let i = start; i <= end; i++) {
    if (i < end && bytes[i] !== SPACE) continue;
    if (i - wordStart === 1 && bytes[wordStart] === 0x2d && addressEnd > start) break;
    if (i > wordStart) {
      addressStart = wordStart;
      addressEnd = i;
    }
    wordStart = i + 1;
  }
  columns.set(NGINX.address, addressStart, addressEnd);
}

/** A quoted field whose quote is at `at`; backslash escapes are undone. -1 when there is none. */
export function quoted(columns: Columns, column: number, at: number, end: number): number {
  const { bytes } = columns.line;
  if (at < 0 || at >= end || bytes[at] !== QUOTE) return -1;
  let isEscaped = false;
  for (let i = at + 1; i < end; i++) {
    if (bytes[i] === BACKSLASH) {
      isEscaped = true;
      i++;
    } else if (bytes[i] === QUOTE) {
      if (isEscaped) columns.setEscaped(column, at + 1, i);
      else columns.set(column, at + 1, i);
      return i + 1;
    }
  }
  return -1;
}

/** A field that ends at a space. -1 when there is none. */
export function word(columns: Columns, column: number, at: number, end: number): number {
  if (at < 0) return -1;
  const { bytes } = columns.line;
  const start = skipSpaces(bytes, at, end);
  let i = start;
  while (i < end && bytes[i] !== SPACE) i++;
  if (i === start) return -1;
  columns.set(column, start, i);
  return i;
}

export function skipSpaces(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i >= 0 && i < end && bytes[i] === SPACE) i++;
  return i;
}
