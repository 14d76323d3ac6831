import type { Decoded } from '../format.ts';

/** Longer lines are refused: CloudFront stops at 8 KiB of URL, and one line must not cost what a file does. */
export const LONGEST_LINE_BYTES = 64 * 1024;

/** First byte behind a byte order mark. */
export function lineStart(bytes: Uint8Array, start: number, end: number): number {
  const hasMark = end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
  return hasMark ? start + 3 : start;
}

/** End without `\r` and trailing spaces. */
export function lineEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = end;
  while (i > start && bytes[i - 1]! <= 0x20 && bytes[i - 1] !== 0x09) i--;
  return i;
}

/** Why a line of this length is not worth looking at; '' when it is. */
export function lineProblem(start: number, end: number): Decoded {
  if (end <= start) return 'empty';
  return end - start > LONGEST_LINE_BYTES ? 'too_long' : '';
}
