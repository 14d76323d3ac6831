/** CMCD `ot` spelled out (CTA-5004 section 3); `other` is what nothing else claims. */
export const OBJECT_TYPES = [
  'other',
  'manifest',
  'audio',
  'video',
  'muxed',
  'init',
  'caption',
  'timed_text',
  'key',
] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** Cache outcome of one delivery, normalised over vendors (docs/spans.md lists each vendor's words). */
export const CACHE_STATUSES = [
  '',
  'hit',
  'hit_upper',
  'partial_hit',
  'revalidated',
  'stale_hit',
  'miss',
  'bypass',
  'synth',
  'error',
  'unknown',
] as const;
/** `''` is absent: the log has no cache column, or the vendor wrote its word for "does not apply". */
export type CacheStatus = (typeof CACHE_STATUSES)[number];

/** CMCD v2 `sta` spelled out; the one state machine every player input is translated into. */
export const PLAYER_STATES = [
  'preloading',
  'starting',
  'playing',
  'seeking',
  'rebuffering',
  'paused',
  'waiting',
  'ended',
  'failed',
  'quit',
] as const;
export type PlayerState = (typeof PLAYER_STATES)[number];

export const STREAM_TYPES = ['', 'live', 'dvr', 'vod'] as const;
export type StreamType = (typeof STREAM_TYPES)[number];

/** True for objects that carry media time: the ones whose lateness empties a buffer. */
export function isMediaObject(type: ObjectType): boolean {
  return type === 'video' || type === 'audio' || type === 'muxed';
}
