import { PLAYER_STATES, type PlayerState } from '../model/media.ts';

/** What a named report says happened, before its fields are read. docs/beacon.md and docs/ingest.md list the names. */
export const PLAYBACK_NAMES = [
  'session_start',
  'player_loaded',
  'play',
  'playback_start',
  'playing',
  'pause',
  'buffering',
  'seek',
  'content_end',
  'session_end',
  'state',
  'file_downloaded',
  'rendition_switch',
  'error',
  'heartbeat',
  'visibility',
  'ad_start',
  'ad_end',
  'cdn',
  'startup',
] as const;
export type PlaybackName = (typeof PLAYBACK_NAMES)[number];
export type Phase = 'start' | 'end' | '';
export type Named = { readonly name: PlaybackName; readonly phase: Phase };

/** Other people's words for the same things: OTel instrumentations, DOM media events, Mux, CTA-2066. */
const SYNONYMS: Readonly<Record<string, readonly [PlaybackName, Phase?]>> = {
  preload: ['session_start'],
  ready: ['player_loaded'],
  play_requested: ['play'],
  play_request: ['play'],
  playback_requested: ['play'],
  autoplay: ['play'],
  first_frame: ['playback_start'],
  playback_started: ['playback_start'],
  video_start: ['playback_start'],
  resume: ['playing'],
  resumed: ['playing'],
  paused: ['pause'],
  stall: ['buffering'],
  stalled: ['buffering', 'start'],
  rebuffer: ['buffering'],
  rebuffering: ['buffering'],
  waiting: ['buffering', 'start'],
  stall_start: ['buffering', 'start'],
  rebuffer_start: ['buffering', 'start'],
  rebufferstart: ['buffering', 'start'],
  buffering_start: ['buffering', 'start'],
  buffer_start: ['buffering', 'start'],
  stall_end: ['buffering', 'end'],
  rebuffer_end: ['buffering', 'end'],
  rebufferend: ['buffering', 'end'],
  buffering_end: ['buffering', 'end'],
  buffer_end: ['buffering', 'end'],
  seeking: ['seek', 'start'],
  seek_start: ['seek', 'start'],
  seeked: ['seek', 'end'],
  seek_end: ['seek', 'end'],
  ended: ['content_end'],
  complete: ['content_end'],
  completed: ['content_end'],
  playback_end: ['content_end'],
  playback_ended: ['content_end'],
  quit: ['session_end'],
  stop: ['session_end'],
  stopped: ['session_end'],
  view_end: ['session_end'],
  state_change: ['state'],
  player_state: ['state'],
  download: ['file_downloaded'],
  abr_switch: ['rendition_switch'],
  bitrate_changed: ['rendition_switch'],
  quality_changed: ['rendition_switch'],
  rendition_change: ['rendition_switch'],
  renditionchange: ['rendition_switch'],
  playback_error: ['error'],
  playback_failed: ['error'],
  timeupdate: ['heartbeat'],
  ad_break_start: ['ad_start'],
  ad_break_end: ['ad_end'],
  cdn_switch: ['cdn'],
  failover: ['cdn'],
};

const NAMES = new Map<string, Named>();
for (const name of PLAYBACK_NAMES) NAMES.set(name, { name, phase: '' });
for (const [word, [name, phase = '']] of Object.entries(SYNONYMS)) NAMES.set(word, { name, phase });

/** Name spaces that say nothing: `media.stall`, `player.playback.error`. */
const PREFIXES = new Set(['playpath', 'playback', 'player', 'media', 'video', 'audio', 'stream']);
const LONGEST_NAME = 64;

/** Meaning of a name in any spelling (`stall.start`, `stallStart`, `player/stall-start`), null when it is unknown. */
export function playbackName(text: string): Named | null {
  const known = NAMES.get(text);
  if (known !== undefined) return known;
  if (text.length > LONGEST_NAME) return null;
  let words = text
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  for (;;) {
    const found = NAMES.get(words.join('_'));
    if (found !== undefined) return found;
    if (words.length < 2 || !PREFIXES.has(words[0] as string)) return null;
    words = words.slice(1);
  }
}

const STATE_OF_CODE: Readonly<Record<string, PlayerState>> = {
  d: 'preloading',
  s: 'starting',
  p: 'playing',
  k: 'seeking',
  r: 'rebuffering',
  a: 'paused',
  w: 'waiting',
  e: 'ended',
  f: 'failed',
  q: 'quit',
};

/** A state by its word or its CMCD letter, '' for anything else. */
export function stateOf(text: string): PlayerState | '' {
  const word = text.toLowerCase();
  return (
    PLAYER_STATES.find((state) => state === word) ??
    (Object.hasOwn(STATE_OF_CODE, word) ? (STATE_OF_CODE[word] ?? '') : '')
  );
}
