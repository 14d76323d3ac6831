/** Where a media object sits in its timeline, read from its name. */
export type SegmentIdentity = {
  /** Equal for the same position in every rendition; the whole path when the name has no number. */
  readonly stem: string;
  /** Position: a counter or a media time; NaN when the name has none. */
  readonly number: number;
};

const EXTENSION = /\.[A-Za-z0-9]{1,5}$/;
const NUMBERED = /^([A-Za-z]*)(\d{1,15})$/;

/**
 * Segments of all renditions share their number: `/hls/v3/seg_008.m4s` and `/hls/v0/seg_008.m4s` are the same two
 * seconds, `chunk-1-00009.m4s` and `chunk-3-00009.m4s` too. Other digits in the name tell renditions apart and are
 * masked. A name that mixes letters and digits (a hash) is no number.
 */
export function segmentOf(path: string): SegmentIdentity {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(EXTENSION, '');
  const tokens = name.split(/[^A-Za-z0-9]+/);
  const match = NUMBERED.exec(tokens.at(-1) ?? '');
  if (!match) return { stem: path, number: Number.NaN };
  const digits = match[2] as string;
  const stem = name.slice(0, name.length - digits.length).replace(/\d+/g, '#');
  return { stem, number: Number(digits) };
}

const PROGRESSIVE = /\.(?:mp3|m4a|ogg|oga|opus|flac|wav|mp4|m4v|webm|mkv|mov)$/i;

/** A whole file by its extension; a segment may share it (`.mp4`), so the caller looks for a playlist too. */
export function isWholeFile(path: string): boolean {
  return PROGRESSIVE.test(path);
}
