import type { Columns } from './columns.ts';
import { quotedEnd } from './quoted-end.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const DASH = 0x2d;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** Where the parts of a combined line go, and the extra fields that an operator appended to it. */
export type CombinedLayout = {
  readonly address: number;
  readonly time: number;
  readonly request: number;
  readonly status: number;
  readonly bodyBytes: number;
  readonly referrer: number;
  readonly userAgent: number;
  readonly extras: readonly CombinedExtra[];
};

/** `rt=$request_time`: found by its label; without a label by its position behind the user agent. */
export type CombinedExtra = { readonly label: string; readonly column: number };

/**
 * Reads `addr - user [time] "request" status bytes "referer" "agent" extras…` into columns. Tolerates what real logs
 * hold: a virtual host in front, user names with spaces, escaped quotes, fewer fields at the end.
 * https://httpd.apache.org/docs/current/logs.html#combined
 * HOT PATH: runs for every line. Bench: test/bench/decode.ts.
 */
export function readCombined(columns: Columns, start: number, end: number, layout: CombinedLayout): boolean {
  const { bytes, view } = columns.line;
  let open = start;
  while (open < end && bytes[open] !== OPEN) open++;
  let close = open;
  while (close < end && bytes[close] !== CLOSE) close++;
  if (close >= end || open === start) return false;
  columns.set(layout.time, open + 1, close);

  let addressStart = start;
  let addressEnd = nextSpace(bytes, start, open);
  // `vhost:443 addr - user`: the dash of the identity shows which of the two came first.
  if (!isDash(bytes, addressEnd + 1, open)) {
    const secondEnd = nextSpace(bytes, addressEnd + 1, open);
    if (isDash(bytes, secondEnd + 1, open)) {
      addressStart = addressEnd + 1;
      addressEnd = secondEnd;
    }
  }
  // `addr, addr - user`: a list written where one address belongs.
  while (bytes[addressEnd - 1] === COMMA && addressEnd < open) addressEnd = nextSpace(bytes, addressEnd + 1, open);
  columns.set(layout.address, addressStart, addressEnd);

  let i = close + 1;
  for (let field = 0; i < end; field++) {
    while (i < end && bytes[i] === SPACE) i++;
    if (i >= end) break;
    const fieldStart = i;
    let valueStart = i;
    while (i < end && bytes[i] !== SPACE && bytes[i] !== QUOTE && !(field > 4 && bytes[i] === EQUALS)) i++;
    const labelEnd = bytes[i] === EQUALS && i < end ? i++ : fieldStart;
    if (labelEnd > fieldStart) valueStart = i;
    let isEscaped = false;
    let valueEnd = i;
    if (i < end && bytes[i] === QUOTE) {
      valueStart = ++i;
      for (i = quotedEnd(bytes, view, i, end); i < end && bytes[i] !== QUOTE; i = quotedEnd(bytes, view, i + 2, end)) {
        isEscaped = true;
      }
      // A line that was cut ends inside its quotes.
      valueEnd = Math.min(i, end);
      i = valueEnd + 1;
    } else {
      while (i < end && bytes[i] !== SPACE) i++;
      valueEnd = i;
    }
    const column = columnOf(columns, layout, field, fieldStart, labelEnd);
    if (column < 0) continue;
    if (isEscaped) columns.setEscaped(column, valueStart, valueEnd);
    else columns.set(column, valueStart, valueEnd);
  }
  return true;
}

function columnOf(columns: Columns, layout: CombinedLayout, field: number, start: number, labelEnd: number): number {
  switch (field) {
    case 0:
      return layout.request;
    case 1:
      return layout.status;
    case 2:
      return layout.bodyBytes;
    case 3:
      return layout.referrer;
    case 4:
      return layout.userAgent;
    default: {
      const { extras } = layout;
      if (labelEnd === start) {
        const extra = extras[field - 5];
        return extra !== undefined && extra.label === '' ? extra.column : -1;
      }
      for (const extra of extras) {
        if (isText(columns.line.bytes, start, labelEnd, extra.label)) return extra.column;
      }
      return -1;
    }
  }
}

function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

function nextSpace(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && bytes[i] !== SPACE) i++;
  return i;
}

function isDash(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 1 < end && bytes[at] === DASH && bytes[at + 1] === SPACE;
}
