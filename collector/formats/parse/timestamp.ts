import type { UnixMs } from '../../model/time.ts';
import { decimal, secondsToMs } from './decimal.ts';

const DASH = 0x2d;
const DOT = 0x2e;
const PLUS = 0x2b;
const ZERO = 0x30;
const COLON = 0x3a;
const SLASH = 0x2f;
const UPPER_T = 0x54;
const MS_PER_DAY = 86_400_000;
/** Longer than any timestamp we read. */
const LONGEST = 40;

/** First three letters of the English month names, packed. */
const MONTHS = new Map(
  'jan feb mar apr may jun jul aug sep oct nov dec'
    .split(' ')
    .map((name, month) => [(name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2), month + 1]),
);

/** NaN unless the parts are a real UTC time. Proleptic Gregorian, without the cost of a Date. */
export function utcMs(year: number, month: number, day: number, hour: number, minute: number, second: number): UnixMs {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 60)) {
    return Number.NaN;
  }
  // Days from civil, H. Hinnant: http://howardhinnant.github.io/date_algorithms.html
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) * MS_PER_DAY + hour * 3_600_000 + minute * 60_000 + second * 1000;
}

/** Two digits, or NaN. */
function two(bytes: Uint8Array, i: number): number {
  const tens = bytes[i]! - ZERO;
  const ones = bytes[i + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Epoch of any unit, told by its magnitude: below 1e11 s, below 1e14 ms, below 1e17 µs, else ns. */
export function epochMs(value: number): UnixMs {
  if (!(value > 0)) return Number.NaN;
  if (value < 1e11) return secondsToMs(value);
  if (value < 1e14) return value;
  if (value < 1e17) return value / 1e3;
  return value / 1e6;
}

/** `2026-11-21T20:55:03.123+00:00`, with `T` or space, any fraction, `Z`, `±hh:mm`, `±hhmm` or no zone (UTC). */
export function isoMs(bytes: Uint8Array, start: number, end: number): UnixMs {
  if (end - start < 19 || end - start > LONGEST) return Number.NaN;
  if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return Number.NaN;
  const separator = bytes[start + 10]!;
  if (separator !== UPPER_T && separator !== 0x20 && separator !== 0x74) return Number.NaN;
  const seconds = dateMs(bytes, start) + timeMs(bytes, start + 11);
  let i = start + 19;
  let fraction = 0;
  if (bytes[i] === DOT && i < end) {
    const from = i++;
    while (i < end && bytes[i]! >= ZERO && bytes[i]! <= ZERO + 9) i++;
    fraction = secondsToMs(decimal(bytes, from, i));
  }
  return seconds + fraction - zoneMs(bytes, i, end);
}

/** `21/Nov/2026:20:58:46 +0000` of the Common Log Format. */
export function clfMs(bytes: Uint8Array, start: number, end: number): UnixMs {
  if (end - start < 20 || end - start > LONGEST) return Number.NaN;
  if (bytes[start + 2] !== SLASH || bytes[start + 6] !== SLASH || bytes[start + 11] !== COLON) return Number.NaN;
  const name = ((bytes[start + 3]! | 0x20) << 16) | ((bytes[start + 4]! | 0x20) << 8) | (bytes[start + 5]! | 0x20);
  const year = two(bytes, start + 7) * 100 + two(bytes, start + 9);
  const day = utcMs(year, MONTHS.get(name) ?? Number.NaN, two(bytes, start), 0, 0, 0);
  const zoneStart = bytes[start + 20] === 0x20 ? start + 21 : start + 20;
  return day + timeMs(bytes, start + 12) - zoneMs(bytes, zoneStart, end);
}

/** `2026-11-21` at `start` as the UTC midnight it begins with. The range is at least ten bytes long. */
export function dateMs(bytes: Uint8Array, start: number): UnixMs {
  if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return Number.NaN;
  const year = two(bytes, start) * 100 + two(bytes, start + 2);
  return utcMs(year, two(bytes, start + 5), two(bytes, start + 8), 0, 0, 0);
}

/** `20:58:46` at `start`, in milliseconds. The range is at least eight bytes long. */
export function timeMs(bytes: Uint8Array, start: number): number {
  if (bytes[start + 2] !== COLON || bytes[start + 5] !== COLON) return Number.NaN;
  const hour = two(bytes, start);
  const minute = two(bytes, start + 3);
  const second = two(bytes, start + 6);
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN;
  return hour * 3_600_000 + minute * 60_000 + second * 1000;
}

function zoneMs(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || ((bytes[start]! | 0x20) === 0x7a && start + 1 === end)) return 0;
  const sign = bytes[start] === DASH ? -1 : bytes[start] === PLUS ? 1 : Number.NaN;
  const minutesStart = bytes[start + 3] === COLON ? start + 4 : start + 3;
  if (minutesStart + 2 !== end) return Number.NaN;
  return sign * (two(bytes, start + 1) * 3_600_000 + two(bytes, minutesStart) * 60_000);
}

/** Any of the above epochs or ISO forms, as vendors mix them in one field. */
export function timestampMs(bytes: Uint8Array, start: number, end: number): UnixMs {
  const isIso = end - start >= 19 && bytes[start + 4] === DASH;
  return isIso ? isoMs(bytes, start, end) : epochMs(decimal(bytes, start, end));
}

/** Resolution of a timestamp as written: whole seconds, or fine enough not to matter. */
export function timestampPrecisionMs(bytes: Uint8Array, start: number, end: number): number {
  let digits = 0;
  for (let i = start; i < end; i++) {
    if (bytes[i] === DOT) return 1;
    if (bytes[i]! >= ZERO && bytes[i]! <= ZERO + 9) digits++;
  }
  const isIso = bytes[start + 4] === DASH;
  return isIso || digits <= 11 ? 1000 : 1;
}
