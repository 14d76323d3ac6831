const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Four of each: a quoted text is searched a word at a time. */
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;

/** Position of the next quote or backslash, `end` when there is none. HOT PATH: runs for every quoted field. */
export function quotedEnd(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let i = start;
  for (const lastWord = end - 4; i <= lastWord; i += 4) {
    const word = view.getInt32(i, true);
    const quotes = word ^ QUOTES;
    const backslashes = word ^ BACKSLASHES;
    const hit = (((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes)) & 0x80808080;
    // The lowest bit that is left marks the first of them.
    if (hit !== 0) return i + ((31 - Math.clz32(hit & -hit)) >>> 3);
  }
  while (i < end && bytes[i] !== QUOTE && bytes[i] !== BACKSLASH) i++;
  return i;
}
