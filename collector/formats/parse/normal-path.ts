import { HEX_VALUE } from '../../privacy/percent.ts';

const PERCENT = 0x25;

/** Bytes that stand for themselves in a path: RFC 3986 unreserved, sub-delims, `:`, `@` and the slash. */
const IS_PLAIN = new Uint8Array(256);
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/") {
  IS_PLAIN[char.charCodeAt(0)] = 1;
}
const IS_ENCODED_SLASH = 0x2f;

/**
 * One spelling for every path (RFC 3986 section 6.2.2), because the halves of a request are compared by it: nginx
 * logs `$uri` decoded, a CDN logs it as sent. `isDecoded` says that a percent sign is one.
 */
export function normalPath(text: string, isDecoded: boolean): string {
  const source = Buffer.from(text, 'utf8');
  let path = '';
  for (let i = 0; i < source.length; i++) {
    const byte = source[i]!;
    if (byte === PERCENT && !isDecoded && i + 2 < source.length) {
      const high = HEX_VALUE[source[i + 1]!]!;
      const low = HEX_VALUE[source[i + 2]!]!;
      if (high >= 0 && low >= 0) {
        const value = (high << 4) | low;
        path += IS_PLAIN[value] === 1 && value !== IS_ENCODED_SLASH ? String.fromCharCode(value) : escaped(value);
        i += 2;
        continue;
      }
    }
    path += IS_PLAIN[byte] === 1 ? String.fromCharCode(byte) : escaped(byte);
  }
  return path;
}

function escaped(byte: number): string {
  return `%${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`;
}
