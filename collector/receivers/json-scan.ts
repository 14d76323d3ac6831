/**
 * Finds where JSON values begin and end without building them (RFC 8259), so that a batch of records is cut into
 * slices of the body. It judges structure only: what is inside a slice is for the decoder's JSON.parse to accept.
 */

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && isSpace(bytes[i] as number)) i += 1;
  return i;
}

/** Offset after the value that starts at `at`, or -1 when it does not end before `end`. */
export function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number;
  if (at >= end) return -1;
  if (first === QUOTE) return stringEnd(bytes, at, end);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return scalarEnd(bytes, at, end);
  let depth = 0;
  for (let i = at; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) {
      const close = stringEnd(bytes, i, end);
      if (close < 0) return -1;
      i = close - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return -1;
}

/**
 * Visits the elements of the array that starts at `at`; a visitor that returns false ends it. Returns the offset
 * after the array, or -1 minus the offset where it stops being one (or where the visitor stopped).
 */
export function eachElement(
  bytes: Uint8Array,
  at: number,
  end: number,
  visit: (start: number, end: number) => boolean,
): number {
  let i = skipSpace(bytes, at + 1, end);
  if (bytes[i] === CLOSE_BRACKET && i < end) return i + 1;
  for (;;) {
    const close = valueEnd(bytes, i, end);
    if (close < 0) return -1 - i;
    if (!visit(i, close)) return -1 - i;
    i = skipSpace(bytes, close, end);
    if (i >= end) return -1 - i;
    if (bytes[i] === CLOSE_BRACKET) return i + 1;
    if (bytes[i] !== COMMA) return -1 - i;
    i = skipSpace(bytes, i + 1, end);
  }
}

/** Range of a member's value in the object that starts at `at`, or null. Keys are compared as bytes, unescaped ones only. */
export function memberOf(
  bytes: Uint8Array,
  at: number,
  end: number,
  name: string,
): { readonly start: number; readonly end: number } | null {
  let i = skipSpace(bytes, at + 1, end);
  while (i < end && bytes[i] === QUOTE) {
    const keyEnd = stringEnd(bytes, i, end);
    if (keyEnd < 0) return null;
    const colon = skipSpace(bytes, keyEnd, end);
    if (bytes[colon] !== COLON) return null;
    const start = skipSpace(bytes, colon + 1, end);
    const close = valueEnd(bytes, start, end);
    if (close < 0) return null;
    if (equals(bytes, i + 1, keyEnd - 1, name)) return { start, end: close };
    i = skipSpace(bytes, close, end);
    if (bytes[i] !== COMMA) return null;
    i = skipSpace(bytes, i + 1, end);
  }
  return null;
}

/** Text of the string value in a range, '' when it is none. */
export function stringAt(bytes: Uint8Array, range: { readonly start: number; readonly end: number } | null): string {
  if (range === null || bytes[range.start] !== QUOTE) return '';
  const inner = bytes.subarray(range.start, range.end);
  try {
    const value: unknown = JSON.parse(Buffer.from(inner.buffer, inner.byteOffset, inner.byteLength).toString('utf8'));
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}

function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === BACKSLASH) i += 1;
    else if (byte === QUOTE) return i + 1;
    // Strings hold no raw line ends: a line with an open quote must not swallow the lines after it.
    else if (byte === LF) return -1;
  }
  return -1;
}

function scalarEnd(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && !isDelimiter(bytes[i] as number)) i += 1;
  return i > at ? i : -1;
}

function isDelimiter(byte: number): boolean {
  return isSpace(byte) || byte === COMMA || byte === CLOSE_BRACKET || byte === CLOSE_BRACE || byte === QUOTE;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === LF || byte === 0x0d || byte === 0x09;
}

function equals(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
  return true;
}
