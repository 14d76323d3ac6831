// https://github.com/Eyevinn/player-analytics-specification, versions 0.1 and 0.2.
import type { Event, RejectReason } from '../model/event.ts';
import {
  type Fields,
  flagField,
  isRecord,
  jsonFields,
  layeredFields,
  numberField,
  textField,
  timeField,
} from './fields.ts';
import { emitPlayback } from './playback-event.ts';
import type { PlaybackName } from './playback-names.ts';
import type { PlayerDelivery } from './player-delivery.ts';

/** EPAS 0.2 has no event for "play was asked for": attaching the content is the last thing before it. */
const MEANING: Readonly<Record<string, PlaybackName>> = {
  init: 'session_start',
  metadata: 'heartbeat',
  heartbeat: 'heartbeat',
  loading: 'play',
  loaded: 'heartbeat',
  play: 'play',
  resume: 'play',
  playing: 'playing',
  pause: 'pause',
  paused: 'pause',
  buffering: 'buffering',
  buffered: 'playing',
  seeking: 'seek',
  // Only ready to play again: `playing` follows when frames move.
  seeked: 'heartbeat',
  bitrate_changed: 'rendition_switch',
  stopped: 'session_end',
  error: 'error',
  warning: 'error',
  warn: 'error',
};

export function isEpas(fields: Fields): boolean {
  return fields.get('sessionId') !== undefined && epasName(fields) !== '';
}

/** One EPAS event as events of ours; '' or why it is none. */
export function emitEpasBeacon(
  fields: Fields,
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
): '' | RejectReason {
  const sid = textField(fields, 128, 'sessionId');
  if (sid === '') return 'missing_session';
  const epas = epasName(fields);
  const name = Object.hasOwn(MEANING, epas) ? MEANING[epas] : undefined;
  if (name === undefined) return 'unknown_event';
  const given = fields.get('payload');
  const payload = jsonFields(isRecord(given) ? given : {});
  // -1 is EPAS for "unknown"; `init` may come before the client knows the time.
  const atMs = timeField(fields, 'timestamp');
  const said = {
    named: {
      name: epas === 'buffered' && flagField(payload, 'interrupted') ? ('heartbeat' as const) : name,
      phase: '' as const,
    },
    sid,
    tsMs: atMs > 0 ? atMs : delivery.receivedMs,
    fields: layeredFields(ownFields(epas, fields, payload), payload),
  };
  return emitPlayback(said, delivery, emit);
}

/** EPAS values under our names. */
function ownFields(epas: string, fields: Fields, payload: Fields): Fields {
  const values = new Map<string, unknown>();
  const playheadMs = numberField(fields, 'playhead');
  if (playheadMs >= 0) values.set('playheadMs', playheadMs);
  const isLive = flagField(payload, 'live');
  if (isLive !== undefined) values.set('streamType', isLive ? 'live' : 'vod');
  for (const [ours, ...theirs] of [
    ['content', 'contentId'],
    ['title', 'contentTitle'],
    ['viewer', 'userId'],
    ['bitrateKbps', 'bitrate', 'videoBitrate'],
  ] as const) {
    const value = textField(payload, 256, ...theirs);
    if (value !== '') values.set(ours, value);
  }
  if (epas === 'error') values.set('fatal', true);
  return { get: (name) => values.get(name) };
}

function epasName(fields: Fields): string {
  return textField(fields, 32, 'event', 'type');
}
