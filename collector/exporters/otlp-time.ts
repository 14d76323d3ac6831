import type { UnixMs } from '../model/time.ts';

/** 2^64 nanoseconds in milliseconds: the year 2554, past which `fixed64` has no number. */
const END_OF_TIME_MS = 18_446_744_073_709;

/** A time OTLP can carry; 0, which OTLP reads as unknown, for anything else. */
export function knownMs(timeMs: UnixMs): UnixMs {
  return timeMs > 0 && timeMs < END_OF_TIME_MS ? timeMs : 0;
}

/** End of a span, never before its start: stores subtract unsigned and would show centuries. */
export function endOf(startMs: UnixMs, endMs: UnixMs): UnixMs {
  return Math.max(knownMs(startMs), knownMs(endMs));
}

// Nanoseconds since 1970 exceed 2^53, so a time is carried as two exact numbers: whole milliseconds, and the
// nanoseconds beyond them. A fraction that rounds up to a full millisecond moves into the first.

/** Whole milliseconds of a known time. */
export function wholeMs(timeMs: UnixMs): number {
  const whole = Math.floor(timeMs);
  return Math.round((timeMs - whole) * 1e6) === 1e6 ? whole + 1 : whole;
}

/** Nanoseconds beyond `wholeMs`, 0–999,999. */
export function nanosBeyond(timeMs: UnixMs): number {
  const nanos = Math.round((timeMs - Math.floor(timeMs)) * 1e6);
  return nanos === 1e6 ? 0 : nanos;
}

/** Nanoseconds since 1970 in decimal digits, as OTLP/JSON writes 64-bit numbers. */
export function nanosText(timeMs: UnixMs): string {
  const whole = wholeMs(timeMs);
  const nanos = nanosBeyond(timeMs);
  return whole === 0 ? String(nanos) : `${whole}${String(nanos).padStart(6, '0')}`;
}
