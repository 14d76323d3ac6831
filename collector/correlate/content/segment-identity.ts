/** Where a media object sits in its timeline, read from its name. */
export type SegmentIdentity = {
  /** Equal for the same position in every rendition; the whole path when the name has no number. */
  readonly stem: string;
  /** Position: a counter or a media time; NaN when the name has none. */
  readonly number: number;
};

const SLASH = 0x2f;
const DOT = 0x2e;
const LONGEST_EXTENSION = 5;
/** More digits than a double holds exactly are no counter. */
const MOST_DIGITS = 15;
const DIGITS = /\d+/g;

/**
 * Segments of all renditions share their number: `/hls/v3/seg_008.m4s` and `/hls/v0/seg_008.m4s` are the same two
 * seconds, `chunk-1-00009.m4s` and `chunk-3-00009.m4s` too. Other digits in the name tell renditions apart and are
 * masked. A name that mixes letters and digits (a hash) is no number.
 * HOT PATH: runs for every media request of every session.
 */
export function segmentOf(path: string): SegmentIdentity {
  const end = nameEnd(path);
  let from = end;
  let number = 0;
  for (let unit = 1; from > 0 && end - from <= MOST_DIGITS; from--, unit *= 10) {
    const code = path.charCodeAt(from - 1);
    if (!isDigit(code)) break;
    number += (code - 0x30) * unit;
  }
  if (from === end || end - from > MOST_DIGITS) return { stem: path, number: Number.NaN };
  let start = from;
  while (start > 0 && isLetter(path.charCodeAt(start - 1))) start--;
  if (start > 0 && isDigit(path.charCodeAt(start - 1))) return { stem: path, number: Number.NaN };
  while (start > 0 && path.charCodeAt(start - 1) !== SLASH) start--;
  return { stem: stemOf(path, start, from), number };
}

/** What the segments of one rendition share: the path up to the number, or all of a name without one. */
export function renditionOf(path: string): string {
  let from = nameEnd(path);
  while (from > 0 && isDigit(path.charCodeAt(from - 1))) from--;
  return path.slice(0, from);
}

// Most players in the world fetch names of one form after the other: the last one is not cut out again.
let lastText = '';
let lastStem = '';

/** The text from `start` to `end` with its digits masked. */
function stemOf(path: string, start: number, end: number): string {
  if (end - start === lastText.length && path.startsWith(lastText, start)) return lastStem;
  lastText = path.slice(start, end);
  lastStem = lastText.replace(DIGITS, '#');
  return lastStem;
}

/** Where the extension begins; the end when there is none. */
function nameEnd(path: string): number {
  const { length } = path;
  for (let i = length - 1; i >= 0 && length - 1 - i <= LONGEST_EXTENSION; i--) {
    const code = path.charCodeAt(i);
    if (code === DOT) return i < length - 1 ? i : length;
    if (!isDigit(code) && !isLetter(code)) return length;
  }
  return length;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

const PROGRESSIVE = /\.(?:mp3|m4a|ogg|oga|opus|flac|wav|mp4|m4v|webm|mkv|mov)$/i;

/** A whole file by its extension; a segment may share it (`.mp4`), so the caller looks for a playlist too. */
export function isWholeFile(path: string): boolean {
  return PROGRESSIVE.test(path);
}
