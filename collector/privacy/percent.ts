/** Value of an ASCII hex digit, -1 for every other byte. */
export const HEX_VALUE: Int8Array = (() => {
  const table = new Int8Array(256).fill(-1);
  for (let i = 0; i < 10; i++) table[0x30 + i] = i;
  for (let i = 0; i < 6; i++) {
    table[0x41 + i] = 10 + i;
    table[0x61 + i] = 10 + i;
  }
  return table;
})();

const PERCENT = 0x25;
const PLUS = 0x2b;

/**
 * Removes one layer of percent-encoding and returns how many bytes were written. `target` needs `end - start` bytes.
 * A `%` that no two hex digits follow stays as it is: access logs hold truncated and broken escapes.
 */
export function decodePercent(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  isPlusSpace: boolean,
): number {
  let out = at;
  for (let i = start; i < end; i++) {
    const byte = source[i]!;
    if (byte === PERCENT && i + 2 < end) {
      const high = HEX_VALUE[source[i + 1]!]!;
      const low = HEX_VALUE[source[i + 2]!]!;
      if (high >= 0 && low >= 0) {
        target[out++] = (high << 4) | low;
        i += 2;
        continue;
      }
    }
    target[out++] = byte === PLUS && isPlusSpace ? 0x20 : byte;
  }
  return out - at;
}

/** `decodePercent` for text: UTF-8, or latin1 where the bytes are not UTF-8. Never throws. */
export function decodePercentText(text: string, isPlusSpace = false): string {
  if (!text.includes('%') && !(isPlusSpace && text.includes('+'))) return text;
  const source = Buffer.from(text, 'utf8');
  const target = Buffer.allocUnsafe(source.length);
  const length = decodePercent(source, 0, source.length, target, 0, isPlusSpace);
  const decoded = target.toString('utf8', 0, length);
  return decoded.includes('\ufffd') ? target.toString('latin1', 0, length) : decoded;
}
