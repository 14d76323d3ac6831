import { HEX_VALUE } from '../../privacy/percent.ts';

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
const LOWER_X = 0x78;
const CONTROLS = new Map(
  Object.entries({ n: 0x0a, r: 0x0d, t: 0x09, b: 0x08, f: 0x0c, v: 0x0b }).map(([letter, byte]) => [
    letter.charCodeAt(0),
    byte,
  ]),
);

/**
 * Removes backslash escapes of JSON (`\"`, `\u00e9`) and of nginx and Apache (`\x22`, which makes their JSON invalid)
 * and returns the end of what was written from `at` on. Writes at most `end - start` bytes. Broken escapes stand for
 * the character behind the backslash.
 */
export function unescaped(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  let out = at;
  for (let i = start; i < end; i++) {
    const byte = source[i]!;
    if (byte !== BACKSLASH || i + 1 >= end) {
      target[out++] = byte;
      continue;
    }
    const letter = source[++i]!;
    if (letter === LOWER_X && i + 2 < end && hex(source, i + 1, 2) >= 0) {
      target[out++] = hex(source, i + 1, 2);
      i += 2;
    } else if (letter === LOWER_U && i + 4 < end && hex(source, i + 1, 4) >= 0) {
      let codePoint = hex(source, i + 1, 4);
      i += 4;
      const isLead = codePoint >= 0xd800 && codePoint < 0xdc00;
      if (isLead && i + 6 < end && source[i + 1] === BACKSLASH && source[i + 2] === LOWER_U) {
        const trail = hex(source, i + 3, 4);
        if (trail >= 0xdc00 && trail < 0xe000) {
          codePoint = 0x10000 + ((codePoint - 0xd800) << 10) + (trail - 0xdc00);
          i += 6;
        }
      }
      out = utf8(codePoint, target, out);
    } else target[out++] = CONTROLS.get(letter) ?? letter;
  }
  return out;
}

function hex(bytes: Uint8Array, start: number, digits: number): number {
  let value = 0;
  for (let i = start; i < start + digits; i++) {
    const digit = HEX_VALUE[bytes[i]!]!;
    if (digit < 0) return -1;
    value = (value << 4) | digit;
  }
  return value;
}

function utf8(codePoint: number, target: Uint8Array, at: number): number {
  let out = at;
  if (codePoint < 0x80) target[out++] = codePoint;
  else if (codePoint < 0x800) {
    target[out++] = 0xc0 | (codePoint >> 6);
    target[out++] = 0x80 | (codePoint & 0x3f);
  } else if (codePoint < 0x10000) {
    target[out++] = 0xe0 | (codePoint >> 12);
    target[out++] = 0x80 | ((codePoint >> 6) & 0x3f);
    target[out++] = 0x80 | (codePoint & 0x3f);
  } else {
    target[out++] = 0xf0 | (codePoint >> 18);
    target[out++] = 0x80 | ((codePoint >> 12) & 0x3f);
    target[out++] = 0x80 | ((codePoint >> 6) & 0x3f);
    target[out++] = 0x80 | (codePoint & 0x3f);
  }
  return out;
}
