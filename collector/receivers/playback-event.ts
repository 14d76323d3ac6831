import type { Event, RejectReason } from '../model/event.ts';
import { STREAM_TYPES } from '../model/media.ts';
import type { PlayerEvent, PlayerEventName } from '../model/player-event.ts';
import type { UnixMs } from '../model/time.ts';
import { referrerHost } from '../privacy/referrer-host.ts';
import { type Fields, flagField, numberField, textField } from './fields.ts';
import { freeText, nameText } from './free-text.ts';
import { type Named, type Phase, stateOf } from './playback-names.ts';
import type { PlayerDelivery } from './player-delivery.ts';

/** A named report of one session at one time. */
export type Said = {
  readonly named: Named;
  readonly sid: string;
  readonly tsMs: UnixMs;
  readonly fields: Fields;
};

type Writable = { -readonly [K in keyof PlayerEvent]: PlayerEvent[K] };

const LONGEST_PAGE = 2_048;
const HEX_32 = /^[0-9a-f]{32}$/;
const HEX_16 = /^[0-9a-f]{16}$/;

/** Emits what a report says as events of the one vocabulary; '' or why it says nothing. */
export function emitPlayback(said: Said, delivery: PlayerDelivery, emit: (event: Event) => void): '' | RejectReason {
  const { fields } = said;
  const { name } = said.named;
  const phase = phaseOf(fields, said.named.phase);
  const event = (as: PlayerEventName): Writable => playerEvent(as, said, delivery);
  const state = (to: NonNullable<PlayerEvent['state']>): void => {
    const change = event('state');
    change.state = to;
    emit(change);
  };
  switch (name) {
    case 'session_start':
    case 'player_loaded':
      state('preloading');
      return '';
    case 'play':
      emit(event('play_requested'));
      return '';
    case 'playback_start':
      state('playing');
      emitStartup(event('startup'), numberField(fields, 'startupMs', 'startup_latency_ms'), emit);
      return '';
    case 'startup':
      return emitStartup(event('startup'), numberField(fields, 'startupMs', 'durationMs', 'duration'), emit);
    case 'playing':
      state('playing');
      return '';
    case 'pause':
      state(phase === 'end' ? 'playing' : 'paused');
      return '';
    case 'buffering':
      state(phase === 'end' ? 'playing' : 'rebuffering');
      return '';
    case 'seek':
      if (phase === 'end') state(stateOf(textField(fields, 16, 'state')) || 'playing');
      else emit(event('seek'));
      return '';
    case 'content_end':
      state('ended');
      return '';
    case 'session_end':
      state(endState(textField(fields, 32, 'reason')));
      return '';
    case 'state': {
      const to = stateOf(textField(fields, 16, 'state', 'sta', 'playpath.state'));
      if (to === '') return 'bad_value';
      state(to);
      return '';
    }
    case 'file_downloaded':
      emit(event('download'));
      return '';
    case 'rendition_switch':
      emit(renditionEvent(event('rendition'), fields));
      return '';
    case 'error':
      emit(errorEvent(event('error'), fields, delivery));
      return '';
    case 'heartbeat':
      emit(event('heartbeat'));
      return '';
    case 'visibility':
      return emitVisibility(event('visibility'), fields, emit);
    case 'ad_start':
    case 'ad_end':
      emit(event(name));
      return '';
    case 'cdn':
      emit(event('cdn'));
      return '';
    default:
      return unknownName(name);
  }
}

function playerEvent(name: PlayerEventName, said: Said, delivery: PlayerDelivery): Writable {
  const { fields } = said;
  const event: Writable = {
    kind: 'player',
    name,
    source: delivery.source,
    sid: delivery.urls.scrub(said.sid),
    tsMs: said.tsMs,
    receivedMs: delivery.receivedMs,
  };
  if (delivery.client !== null) event.client = delivery.client;
  for (const [key, limit, ...names] of TEXTS) {
    const value = key === 'cdn' ? nameText(fields, limit, ...names) : freeText(fields, limit, delivery.urls, ...names);
    if (value !== '') event[key] = value;
  }
  for (const [key, scale, ...names] of NUMBERS) {
    const value = numberField(fields, ...names) * scale;
    // A negative live latency is a clock error, and those are counted; other negatives mean "unknown".
    if (value >= 0 || (key === 'liveLatencyMs' && value < 0)) event[key] = value;
  }
  const referrer = referrerHost(textField(fields, LONGEST_PAGE, 'referrer', 'browser.url'));
  if (referrer !== '') event.referrer = referrer;
  const traceId = textField(fields, 32, 'traceId').toLowerCase();
  if (HEX_32.test(traceId)) event.traceId = traceId;
  const spanId = textField(fields, 16, 'spanId').toLowerCase();
  if (HEX_16.test(spanId)) event.spanId = spanId;
  const streamType = textField(fields, 16, 'streamType', 'media.stream.type').toLowerCase();
  const known = STREAM_TYPES.find((type) => type !== '' && type === streamType);
  if (known !== undefined) event.streamType = known;
  if (name === 'heartbeat') {
    const state = stateOf(textField(fields, 16, 'state', 'sta'));
    if (state !== '') event.state = state;
  }
  return event;
}

/** Event field, longest text, names it may come by: ours first, then those of semconv.ts. */
const TEXTS: readonly (readonly [
  'contentId' | 'title' | 'player' | 'property' | 'viewerId' | 'cdn' | 'reason' | 'url',
  number,
  ...string[],
])[] = [
  ['contentId', 256, 'content', 'media.content.id', 'contentId'],
  ['title', 256, 'title', 'media.title'],
  ['player', 64, 'player', 'media.player.name'],
  ['property', 64, 'property'],
  ['viewerId', 128, 'viewer', 'enduser.id'],
  ['cdn', 64, 'cdn', 'cdn.name'],
  ['reason', 64, 'reason'],
  ['url', 2048, 'url', 'url.full'],
];

/** Event field, factor into its unit, names. Attributes of semconv.ts are in base units. */
const NUMBERS: readonly (readonly [
  (
    | 'seq'
    | 'bitrateKbps'
    | 'fromBitrateKbps'
    | 'height'
    | 'bufferMs'
    | 'playheadMs'
    | 'measuredKbps'
    | 'liveLatencyMs'
    | 'droppedFrames'
    | 'decodedFrames'
    | 'bytes'
  ),
  number,
  ...string[],
])[] = [
  ['seq', 1, 'seq'],
  ['bitrateKbps', 0.001, 'media.rendition.bitrate'],
  ['bitrateKbps', 1, 'bitrateKbps'],
  ['fromBitrateKbps', 1, 'fromBitrateKbps'],
  ['height', 1, 'height'],
  ['bufferMs', 1000, 'media.buffer.length'],
  ['bufferMs', 1, 'bufferMs'],
  ['playheadMs', 1, 'playheadMs'],
  ['measuredKbps', 1, 'measuredKbps'],
  ['liveLatencyMs', 1, 'liveLatencyMs'],
  ['droppedFrames', 1, 'droppedFrames'],
  ['decodedFrames', 1, 'decodedFrames'],
  ['bytes', 1, 'bytes'],
];

function emitStartup(event: Writable, startupMs: number, emit: (event: Event) => void): '' | RejectReason {
  if (!(startupMs >= 0)) return 'bad_value';
  event.startupMs = startupMs;
  emit(event);
  return '';
}

function renditionEvent(event: Writable, fields: Fields): Writable {
  event.phase = textField(fields, 16, 'phase') === 'requested' ? 'requested' : 'applied';
  return event;
}

function errorEvent(event: Writable, fields: Fields, delivery: PlayerDelivery): Writable {
  event.isFatal = flagField(fields, 'fatal', 'playpath.error.fatal') ?? false;
  event.errorClass = textField(fields, 16, 'class') === 'business' ? 'business' : 'technical';
  const code = freeText(fields, 128, delivery.urls, 'code', 'error.type', 'exception.type');
  if (code !== '') event.errorCode = code;
  const message = freeText(fields, 512, delivery.urls, 'message', 'exception.message', 'error.message');
  if (message !== '') event.message = message;
  return event;
}

function emitVisibility(event: Writable, fields: Fields, emit: (event: Event) => void): '' | RejectReason {
  const isHidden = flagField(fields, 'hidden');
  if (isHidden === undefined) return 'bad_value';
  event.isBackground = isHidden;
  emit(event);
  return '';
}

function phaseOf(fields: Fields, implied: Phase): Phase {
  if (implied !== '') return implied;
  const phase = textField(fields, 16, 'phase');
  return phase === 'start' || phase === 'end' ? phase : '';
}

function endState(reason: string): 'ended' | 'failed' | 'quit' {
  if (reason === 'ended' || reason === 'complete') return 'ended';
  return reason === 'error' || reason === 'failed' ? 'failed' : 'quit';
}

function unknownName(name: never): 'unknown_event' {
  return name;
}
