// Names follow the Amazon IVS player SDK (https://docs.aws.amazon.com/ivs/latest/LowLatencyUserGuide/player-web.html)
// and https://github.com/aws-samples/amazon-ivs-qos-dashboard-timed-metadata-sample; docs/beacon.md section 7.
import type { Event, RejectReason } from '../model/event.ts';
import { type Fields, flagField, isRecord, jsonFields, numberField, textField, timeField } from './fields.ts';
import { emitPlayback } from './playback-event.ts';
import type { PlaybackName } from './playback-names.ts';
import type { PlayerDelivery } from './player-delivery.ts';

const SESSION_NAMES = ['sessionId', 'session_id', 'playbackSessionId', 'playerSessionId'] as const;
const STREAM_NAMES = ['streamId', 'stream_id', 'streamArn'] as const;
const CHANNEL_NAMES = ['channelArn', 'channelId', 'channel', 'channel_watched', 'playbackUrl'] as const;
/** An application that counts thousands of errors in one heartbeat is itself the error. */
const MAX_ERRORS = 10;

/** IVS `PlayerState` in the words of the one state machine. */
const STATES: Readonly<Record<string, string>> = {
  idle: 'paused',
  ready: 'preloading',
  buffering: 'rebuffering',
  playing: 'playing',
  ended: 'ended',
};

/** A report with a channel or a quality, and a session. */
export function isIvsHeartbeat(fields: Fields): boolean {
  const hasSubject = [...STREAM_NAMES, ...CHANNEL_NAMES, 'quality', 'rendition_name'].some(
    (name) => fields.get(name) !== undefined,
  );
  return hasSubject && SESSION_NAMES.some((name) => fields.get(name) !== undefined);
}

/** One heartbeat as events of ours; '' or why it is none. */
export function emitIvsHeartbeat(
  fields: Fields,
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
): '' | RejectReason {
  const sid = textField(fields, 128, ...SESSION_NAMES);
  if (sid === '') return 'missing_session';
  const atMs = timeField(fields, 'timestamp', 'ts', 'event_time');
  const tsMs = atMs > 0 ? atMs : delivery.receivedMs;
  const values = ownFields(fields);
  const say = (name: PlaybackName): void => {
    const said = { named: { name, phase: '' as const }, sid, tsMs, fields: { get: (key: string) => values.get(key) } };
    emitPlayback(said, delivery, emit);
  };
  say(values.has('state') ? 'state' : 'heartbeat');
  if (numberField(fields, 'startup_latency_ms') > 0) say('startup');
  const starvedMs = numberField(fields, 'buffering_time_ms');
  if (starvedMs > 0) {
    const { source, receivedMs, client } = delivery;
    emit({ kind: 'player', name: 'starved', source, sid, tsMs, receivedMs, starvedMs, ...(client ? { client } : {}) });
  }
  for (let n = Math.min(MAX_ERRORS, numberField(fields, 'error_count')); n >= 1; n--) say('error');
  return '';
}

/** IVS values under our names and in our units. */
function ownFields(fields: Fields): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  const quality = nested(fields, 'quality');
  const client = nested(fields, 'client');
  const set = (name: string, value: number | string): void => {
    if (value !== '' && !Number.isNaN(value)) values.set(name, value);
  };
  set('content', textField(fields, 256, ...STREAM_NAMES) || textField(fields, 256, ...CHANNEL_NAMES));
  set('player', 'ivs');
  set('viewer', textField(client, 128, 'userId') || textField(fields, 128, 'user_id', 'userId'));
  set('streamType', flagField(fields, 'is_live') === false ? 'vod' : 'live');
  set('bitrateKbps', either(numberField(quality, 'bitrate'), numberField(fields, 'bitrate')) / 1000);
  set('height', either(numberField(quality, 'height'), numberField(fields, 'rendition_height')));
  set('bufferMs', numberField(fields, 'bufferDuration', 'buffer') * 1000);
  set(
    'liveLatencyMs',
    either(
      numberField(fields, 'live_latency_ms'),
      numberField(fields, 'liveLatency', 'latency', 'live_latency_sec') * 1000,
    ),
  );
  set('playheadMs', numberField(fields, 'position') * 1000);
  set('droppedFrames', numberField(fields, 'droppedFrames'));
  set('decodedFrames', numberField(fields, 'decodedFrames'));
  set('startupMs', numberField(fields, 'startup_latency_ms'));
  const state = textField(fields, 16, 'state', 'playbackState').toLowerCase();
  if (Object.hasOwn(STATES, state)) set('state', STATES[state] ?? '');
  return values;
}

function nested(fields: Fields, name: string): Fields {
  const value = fields.get(name);
  return jsonFields(isRecord(value) ? value : {});
}

function either(first: number, second: number): number {
  return Number.isNaN(first) ? second : first;
}
