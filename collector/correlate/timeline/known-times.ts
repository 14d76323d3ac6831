import type { UnixMs } from '../../model/time.ts';

/** The lesser of two times, or the one that is known. */
export function least(a: UnixMs, b: UnixMs): UnixMs {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b);
}

/** The greater of two times, or the one that is known. */
export function most(a: UnixMs, b: UnixMs): UnixMs {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b);
}
