// Grafana Faro web SDK 2.x transport payload: https://github.com/grafana/faro/blob/main/spec/gen/faro.go
import type { Event } from '../model/event.ts';
import { type Fields, isRecord, jsonFields, layeredFields, textField, timeField } from './fields.ts';
import type { IngestReason } from './ingest.ts';
import { parseJson } from './json-body.ts';
import { spansOfJson } from './otlp-json.ts';
import { emitSpan } from './otlp-spans.ts';
import { emitPlayback } from './playback-event.ts';
import { type Named, playbackName } from './playback-names.ts';
import type { PlayerDelivery } from './player-delivery.ts';
import { type DecodePlayerBody, type PlayerReceiver, playerRoute } from './player-route.ts';
import type { Route } from './route.ts';

const MAX_BYTES = 4 * 1024 * 1024;
/** Faro reports every script error of the page; these are the ones a player throws. */
const PLAYER_EXCEPTION = /^(?:Media|Hls|Dash|Shaka|Player|Playback|Video)/i;

/** `POST /v1/faro`: what the Faro web SDK posts. */
export function faroRoute(receiver: PlayerReceiver): Route {
  return playerRoute('/v1/faro', { maxBytes: MAX_BYTES, maxInflatedBytes: MAX_BYTES }, receiver, decodeFaro);
}

/**
 * Spans as for OTLP, events and measurements named after playback as player events, exceptions of players as errors.
 * `faro.*` events are left alone: they repeat what the spans say.
 */
export const decodeFaro: DecodePlayerBody = (body, delivery, emit, refuse) => {
  const payload = parseJson(body);
  if (!isRecord(payload)) {
    refuse('not_json', '');
    return;
  }
  const session = sessionOf(payload);
  for (const { resource, records } of spansOfJson(payload.traces ?? {}) ?? []) {
    for (const span of records) {
      const outcome = emitSpan(span, resource, delivery, emit);
      if (outcome !== '') refuse(outcome, span.name);
    }
  }
  const say = (named: Named | null, item: Readonly<Record<string, unknown>>, fields: Fields): void => {
    const reason = named === null ? 'not_playback' : emitItem(named, session, item, fields, delivery, emit);
    if (reason !== '') refuse(reason, textField(jsonFields(item), 64, 'name', 'type'));
  };
  for (const item of recordsOf(payload.events)) {
    const name = textField(jsonFields(item), 64, 'name');
    const isOwn = name.startsWith('faro.') || name === 'session_start' || name === 'session_resume';
    say(isOwn ? null : playbackName(name), item, nested(item, 'attributes'));
  }
  for (const item of recordsOf(payload.measurements)) {
    const fields = layeredFields(nested(item, 'values'), nested(item, 'context'));
    say(playbackName(textField(jsonFields(item), 64, 'type')), item, fields);
  }
  for (const item of recordsOf(payload.exceptions)) {
    const type = textField(jsonFields(item), 128, 'type');
    const context = nested(item, 'context');
    const isPlayers = PLAYER_EXCEPTION.test(type) || context.get('player') !== undefined;
    const message = textField(jsonFields(item), 512, 'value');
    const said = new Map([
      ['code', type],
      ['message', message],
    ]);
    say(
      isPlayers ? { name: 'error', phase: '' } : null,
      item,
      layeredFields(context, { get: (name) => said.get(name) }),
    );
  }
};

function emitItem(
  named: Named,
  session: string,
  item: Readonly<Record<string, unknown>>,
  fields: Fields,
  delivery: PlayerDelivery,
  emit: (event: Event) => void,
): '' | IngestReason {
  const trace = nested(item, 'trace');
  const own = jsonFields(item);
  const sid = textField(fields, 128, 'media.session.id', 'session.id', 'session') || session;
  if (sid === '') return 'missing_session';
  const tsMs = timeField(own, 'timestamp');
  if (!(tsMs > 0)) return 'missing_time';
  const context = new Map([
    ['traceId', textField(trace, 32, 'trace_id')],
    ['spanId', textField(trace, 16, 'span_id')],
  ]);
  const layered = layeredFields({ get: (name) => context.get(name) }, fields);
  return emitPlayback({ named, sid, tsMs, fields: layered }, delivery, emit);
}

function sessionOf(payload: Readonly<Record<string, unknown>>): string {
  const meta = isRecord(payload.meta) ? payload.meta : {};
  return textField(nested(meta, 'session'), 128, 'id');
}

function nested(item: Readonly<Record<string, unknown>>, name: string): Fields {
  const value = Object.hasOwn(item, name) ? item[name] : undefined;
  return jsonFields(isRecord(value) ? value : {});
}

function recordsOf(list: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}
