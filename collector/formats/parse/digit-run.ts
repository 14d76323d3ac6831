/**
 * The decimal digits that eight bytes at `i` begin with: how many there are in the lowest four bits, the number they
 * make above. Without a branch: how long a number is, no processor can guess.
 * HOT PATH: runs for every number of a CMCD payload. Bench: test/bench/decode.ts.
 */
export function digitRun(view: DataView, i: number): number {
  const high = view.getInt32(i) ^ ZEROS;
  const low = view.getInt32(i + 4) ^ ZEROS;
  const highOther = notDigits(high);
  // The second four count when all of the first are digits.
  const lowOther = notDigits(low) | (highOther | -highOther);
  const highDigits = Math.clz32(highOther) >>> 3;
  const lowDigits = Math.clz32(lowOther) >>> 3;
  const number = Math.imul(fourDigits(first(high, highDigits)), TENS[lowDigits]!) + fourDigits(first(low, lowDigits));
  return (number << 4) | (highDigits + lowDigits);
}

const ZEROS = 0x30303030;
const TENS = Int32Array.of(1, 10, 100, 1_000, 10_000);

/** The highest bit of every byte that is more than nine. */
function notDigits(word: number): number {
  return (((word & 0x7f7f7f7f) + 0x76767676) | word) & 0x80808080;
}

/** The first `count` bytes of a word as its last. */
function first(word: number, count: number): number {
  return (word >>> (28 - 7 * count)) >>> (4 - count);
}

function fourDigits(digits: number): number {
  const pairs = (digits & 0x00ff00ff) + Math.imul((digits >>> 8) & 0x00ff00ff, 10);
  return Math.imul(pairs >>> 16, 100) + (pairs & 0xffff);
}
