const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const DOT = 0x2e;
const UPPER_E = 0x45;
const LOWER_E = 0x65;

/** Exact up to here: one more digit and a double could no longer hold every integer. */
const LARGEST_EXACT = 900_719_925_474_098;
/** So many digits are exact in a 32-bit integer. */
const SHORT_BYTES = 9;
const POWERS_OF_TEN = Array.from({ length: 17 }, (_, exponent) => 10 ** exponent);

/**
 * The decimal number that a range holds, NaN when it holds anything else (`-`, nothing, `unknown`).
 * Digits past the fifteenth or so only scale the result: good for nanosecond epochs, not for identity.
 * HOT PATH: runs several times per log line, on a few digits. Bench: test/bench/decode.ts.
 */
export function decimal(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > SHORT_BYTES) return anyDecimal(bytes, start, end);
  let digits = 0;
  let point = -1;
  for (let i = start | 0; i < end; i = (i + 1) | 0) {
    const byte = bytes[i]!;
    if (byte >= ZERO && byte <= NINE) digits = (Math.imul(digits, 10) + byte - ZERO) | 0;
    else if (byte === DOT && point < 0) point = i;
    else return anyDecimal(bytes, start, end);
  }
  if (point < 0) return end > start ? digits : Number.NaN;
  return end - start > 1 ? digits / POWERS_OF_TEN[end - point - 1]! : Number.NaN;
}

function anyDecimal(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const isNegative = i < end && bytes[i] === MINUS;
  if (isNegative) i++;
  let mantissa = 0;
  let digits = 0;
  let decimals = -1;
  let dropped = 0;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= ZERO && byte <= NINE) {
      digits++;
      if (mantissa <= LARGEST_EXACT) {
        mantissa = mantissa * 10 + (byte - ZERO);
        if (decimals >= 0) decimals++;
      } else if (decimals < 0) dropped++;
    } else if (byte === DOT && decimals < 0) decimals = 0;
    else if ((byte === UPPER_E || byte === LOWER_E) && digits > 0) return exponential(bytes, start, end);
    else return Number.NaN;
  }
  if (digits === 0) return Number.NaN;
  let value = mantissa;
  if (decimals > 0) value /= POWERS_OF_TEN[decimals]!;
  // A number of hundreds of digits is no number.
  if (dropped > 0) value = dropped < 100 ? value * 10 ** dropped : Number.NaN;
  return isNegative ? -value : value;
}

/** Seconds with a fraction as milliseconds, without the dust of binary fractions: 1.005 s is 1005 ms. */
export function secondsToMs(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e3;
}

/** `1.2e+06`, as loggers written in Go print floats. */
function exponential(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 32) return Number.NaN;
  const text = String.fromCharCode(...bytes.subarray(start, end));
  const value = /^-?\d+(\.\d*)?[eE][+-]?\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}
