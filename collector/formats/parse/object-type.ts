import type { ObjectType } from '../../model/media.ts';

const SLASH = 0x2f;
const DOT = 0x2e;
const LONGEST_EXTENSION = 8;

const TYPES = new Map<number, ObjectType>();
for (const [type, extensions] of [
  ['manifest', 'm3u8 m3u mpd ism isml f4m'],
  ['video', 'm4s ts mp4 m4v cmfv webm mov m2ts mts ismv mkv flv'],
  ['audio', 'm4a aac mp3 cmfa ac3 ec3 ogg oga opus flac wav isma weba'],
  ['caption', 'vtt webvtt srt ttml dfxp'],
  ['timed_text', 'cmft ismt'],
  ['key', 'key'],
] as const) {
  for (const extension of extensions.split(' ')) {
    const bytes = Buffer.from(extension);
    TYPES.set(packedLower(bytes, 0, bytes.length), type);
  }
}

/** A word folded to lower case into one integer: unique for the words above, no string for the others. */
function packedLower(bytes: Uint8Array, start: number, end: number): number {
  let value = end - start;
  for (let i = start; i < end; i++) value = Math.imul(value, 131) + (bytes[i]! | 0x20);
  return value | 0;
}

const MANIFEST = Buffer.from('manifest');
const MANIFEST_WORD = packedLower(MANIFEST, 0, MANIFEST.length);

/** Object type by path extension (semantics.md section 1), for requests whose CMCD does not say it. */
export function objectTypeOfPath(bytes: Uint8Array, start: number, end: number): ObjectType {
  let dot = -1;
  let i = end - 1;
  const limit = Math.max(start, end - LONGEST_EXTENSION - 1);
  for (; i >= limit && bytes[i] !== SLASH; i--) {
    if (bytes[i] === DOT) {
      dot = i;
      break;
    }
  }
  if (dot < 0) {
    // Smooth Streaming: `/title.ism/Manifest`.
    const isManifest = i >= start && bytes[i] === SLASH && packedLower(bytes, i + 1, end) === MANIFEST_WORD;
    return isManifest ? 'manifest' : 'other';
  }
  const type = TYPES.get(packedLower(bytes, dot + 1, end)) ?? 'other';
  return (type === 'video' || type === 'audio') && isInitName(bytes, start, dot) ? 'init' : type;
}

/** The file name says `init`, as packagers name initialisation segments. */
function isInitName(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = end - 1; i >= start && bytes[i] !== SLASH; i--) {
    if (
      (bytes[i]! | 0x20) === 0x74 &&
      i - 3 >= start &&
      (bytes[i - 1]! | 0x20) === 0x69 &&
      (bytes[i - 2]! | 0x20) === 0x6e &&
      (bytes[i - 3]! | 0x20) === 0x69
    ) {
      return true;
    }
  }
  return false;
}
