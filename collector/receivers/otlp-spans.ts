import type { Event, RejectReason } from '../model/event.ts';
import { OBJECT_TYPES } from '../model/media.ts';
import type { RequestReport } from '../model/request.ts';
import type { UnixMs } from '../model/time.ts';
import { type Fields, layeredFields, numberField, textField } from './fields.ts';
import { freeText, nameText } from './free-text.ts';
import { attributeFields, type OtlpBatch, type OtlpEvent, type OtlpSpan } from './otlp-record.ts';
import { emitPlayback } from './playback-event.ts';
import { type Named, type PlaybackName, playbackName } from './playback-names.ts';
import type { PlayerDelivery } from './player-delivery.ts';
import { fingerprint, newReport, setStatus, setTraceContext } from './player-report.ts';

const SESSION_NAMES = ['media.session.id', 'session.id'] as const;
const REQUEST_ID_NAMES = [
  'cdn.request.id',
  'http.response.header.x-request-id',
  'http.response.header.x-amz-cf-id',
  'http.response.header.cf-ray',
  'http.response.header.x-akamai-request-id',
];

/** Spans that last as long as the playback: begin and end of the attempt. */
const SESSION_SPANS = new Set([
  'session',
  'playback',
  'view',
  'video',
  'player.session',
  'playback.session',
  'media.session',
]);

/** What begin and end of a named span say. */
const SPAN_ENDS: Partial<Record<PlaybackName, readonly [begin: PlaybackName, end: PlaybackName]>> = {
  startup: ['play', 'playback_start'],
  buffering: ['buffering', 'buffering'],
  seek: ['seek', 'seek'],
  pause: ['pause', 'pause'],
  ad_start: ['ad_start', 'ad_end'],
  rendition_switch: ['rendition_switch', 'rendition_switch'],
};

export type SpanOutcome = '' | 'not_playback' | RejectReason;

/**
 * What a player's span says (docs/ingest.md has the table): an HTTP span of a media URL is the player's half of a
 * request, a span named after a piece of playback is two statements, its known span events are more.
 */
export function emitSpan(
  span: OtlpSpan,
  resource: OtlpBatch<OtlpSpan>['resource'],
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
): SpanOutcome {
  const fields = layeredFields(attributeFields(span.attributes), attributeFields(resource));
  const url = textField(fields, 8192, 'url.full', 'http.url');
  if (url !== '') return emitRequest(span, url, fields, delivery, emit);
  return emitPlaybackSpan(span, fields, delivery, emit);
}

function emitRequest(
  span: OtlpSpan,
  url: string,
  fields: Fields,
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
): SpanOutcome {
  const report = newReport(delivery);
  if (!delivery.urls.read(url, report)) return 'not_playback';
  const said = textField(fields, 16, 'media.object.type');
  report.objectType = OBJECT_TYPES.find((type) => type === said) ?? report.objectType;
  // Browser instrumentation traces every fetch of the page: beacons, steering, fonts.
  if (report.objectType === 'other' && report.cmcd.sid === '') return 'not_playback';
  if (!(span.startMs > 0)) return 'missing_time';
  report.startMs = span.startMs;
  if (span.endMs >= span.startMs) report.durationMs = span.endMs - span.startMs;
  const firstByteMs = span.events.find((event) => event.name === 'responseStart')?.timeMs ?? Number.NaN;
  if (firstByteMs >= span.startMs) report.ttfbMs = firstByteMs - span.startMs;
  report.method = textField(fields, 16, 'http.request.method', 'http.method').toUpperCase() || 'GET';
  report.sessionId = delivery.urls.scrub(textField(fields, 128, ...SESSION_NAMES));
  setStatus(report, numberField(fields, 'http.response.status_code', 'http.status_code'), failureOf(span, fields));
  setTraceContext(report, span.traceId, span.spanId);
  for (const name of REQUEST_ID_NAMES) report.requestId ||= freeText(fields, 128, delivery.urls, name);
  report.pop = freeText(fields, 64, delivery.urls, 'cdn.pop');
  report.bodyBytes = sizeOf(fields);
  fillMedia(report, fields, delivery);
  if (report.traceId !== '') fingerprint(report, `${report.traceId}/${report.spanId}`);
  emit(report);
  return '';
}

function fillMedia({ cmcd }: RequestReport, fields: Fields, { urls }: PlayerDelivery): void {
  if (cmcd.cid === '') cmcd.cid = freeText(fields, 256, urls, 'media.content.id');
  if (cmcd.cdn === '') cmcd.cdn = nameText(fields, 64, 'cdn.name');
  if (!(cmcd.objectDurationMs > 0)) cmcd.objectDurationMs = numberField(fields, 'media.object.duration') * 1000;
  if (!(cmcd.bitrateKbps > 0)) cmcd.bitrateKbps = numberField(fields, 'media.rendition.bitrate') / 1000;
  if (!(cmcd.bufferMs >= 0)) cmcd.bufferMs = numberField(fields, 'media.buffer.length') * 1000;
}

function sizeOf(fields: Fields): number {
  const bytes = numberField(
    fields,
    'http.response.body.size',
    'http.response_content_length',
    'http.response.header.content-length',
  );
  return bytes >= 0 ? bytes : Number.NaN;
}

/** XHR and fetch instrumentation end a failed request with an event of the DOM's name. */
function failureOf(span: OtlpSpan, fields: Fields): string {
  const type = textField(fields, 64, 'error.type');
  const names = span.events.map((event) => event.name);
  if (names.includes('timeout') || type === 'timeout') return 'timeout';
  if (names.includes('abort') || type === 'abort' || type === 'AbortError') return 'client_abort';
  return names.includes('error') ? 'no_response' : '';
}

function emitPlaybackSpan(
  span: OtlpSpan,
  fields: Fields,
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
): SpanOutcome {
  const isSession = SESSION_SPANS.has(span.name.toLowerCase());
  const named = isSession ? null : spanName(span.name);
  const sid = textField(fields, 128, ...SESSION_NAMES);
  // Web pages have spans named `error` and `download` too: without a session, only media attributes vouch for one.
  if (sid === '' && !hasMediaAttribute(span)) return 'not_playback';
  const known = span.events.map((event) => [event, eventName(event)] as const).filter(([, name]) => name !== null);
  if (!isSession && named === null && known.length === 0) return 'not_playback';
  if (span.traceId === '' && sid === '') return 'missing_session';
  if (!(span.startMs > 0)) return 'missing_time';

  const context = new Map([
    ['traceId', span.traceId],
    ['spanId', span.spanId],
  ]);
  const layered = layeredFields({ get: (name) => context.get(name) }, fields);
  const say = (what: Named, tsMs: UnixMs, extra: Fields): void => {
    emitPlayback(
      { named: what, sid: sid || span.traceId, tsMs, fields: layeredFields(extra, layered) },
      delivery,
      emit,
    );
  };
  if (isSession) saySession(span, textField(fields, 32, 'reason') !== '', say);
  else if (named !== null) sayNamed(span, named, say);
  for (const [event, name] of known) {
    if (name !== null) say(name, event.timeMs > 0 ? event.timeMs : span.startMs, attributeFields(event.attributes));
  }
  return '';
}

type Say = (what: Named, tsMs: UnixMs, extra: Fields) => void;

/** Its end is the end of the playback only if it says why: pages end spans early to have them exported. */
function saySession(span: OtlpSpan, hasReason: boolean, say: Say): void {
  if (hasReason || span.isError) sayEnds(span, ['play', 'session_end'], say);
  else say({ name: 'play', phase: '' }, span.startMs, NO_FIELDS);
}

function sayNamed(span: OtlpSpan, named: Named, say: Say): void {
  const ends = SPAN_ENDS[named.name];
  if (ends === undefined || named.phase !== '') say(named, span.startMs, NO_FIELDS);
  else sayEnds(span, ends, say);
}

function sayEnds(span: OtlpSpan, [begin, end]: readonly [PlaybackName, PlaybackName], say: Say): void {
  const isSwitch = begin === 'rendition_switch';
  say({ name: begin, phase: 'start' }, span.startMs, isSwitch ? REQUESTED : NO_FIELDS);
  if (!(span.endMs >= span.startMs)) return;
  if (span.isError && begin === 'play') {
    say({ name: 'error', phase: '' }, span.endMs, fatalError(span.statusMessage));
    return;
  }
  const startupMs = end === 'playback_start' ? span.endMs - span.startMs : undefined;
  say({ name: end, phase: 'end' }, span.endMs, { get: (name) => (name === 'startupMs' ? startupMs : undefined) });
}

function fatalError(message: string): Fields {
  return { get: (name) => (name === 'fatal' ? true : name === 'message' && message !== '' ? message : undefined) };
}

/** `ad` is both ends of an ad as a span, and no event. */
function spanName(name: string): Named | null {
  return name === 'ad' || name === 'ad_break' ? { name: 'ad_start', phase: '' } : playbackName(name);
}

function eventName(event: OtlpEvent): Named | null {
  if (event.name === 'exception') return { name: 'error', phase: '' };
  return playbackName(event.name) ?? (event.attributes.has('sta') ? { name: 'state', phase: '' } : null);
}

function hasMediaAttribute(span: OtlpSpan): boolean {
  for (const name of span.attributes.keys()) if (name.startsWith('media.')) return true;
  return false;
}

const NO_FIELDS: Fields = { get: () => undefined };
const REQUESTED: Fields = { get: (name) => (name === 'phase' ? 'requested' : undefined) };
