import type { Event } from '../model/event.ts';
import type { BodyLimits } from './body.ts';
import { textField } from './fields.ts';
import type { IngestReason } from './ingest.ts';
import { parseJson } from './json-body.ts';
import { encodingOf, failureAnswer, type OtlpEncoding, successAnswer } from './otlp-answer.ts';
import { logsOfJson, spansOfJson } from './otlp-json.ts';
import { emitLogEvent, type LogOutcome, OtlpLogReader } from './otlp-logs.ts';
import { logsOfProtobuf, spansOfProtobuf } from './otlp-protobuf.ts';
import { attributeFields, type OtlpBatches, type OtlpLog, type OtlpMap, type OtlpSpan } from './otlp-record.ts';
import { emitSpan, type SpanOutcome } from './otlp-spans.ts';
import type { PlayerDelivery } from './player-delivery.ts';
import type { PlayerGuest } from './player-guest.ts';
import { deliveryOf, type PlayerReceiver } from './player-route.ts';
import type { HttpAnswer, HttpRequest, Route } from './route.ts';
import type { SourceTable } from './sources.ts';

export type OtlpReceiver = PlayerReceiver & { readonly sources: SourceTable; readonly limits: BodyLimits };

type Signal = 'traces' | 'logs';
/** What became of the records of one request. */
type Tally = { rejected: number; readonly reasons: Map<string, number>; isFull: boolean };

/** `POST /v1/traces`: spans of players. */
export function tracesRoute(receiver: OtlpReceiver): Route {
  return otlpRoute('traces', receiver, (request, encoding, guest) => {
    const batches = encoding === 'json' ? spansOfJson(parseJson(request.body)) : spansOfProtobuf(request.body);
    return batches && takeSpans(batches, request, receiver, guest);
  });
}

/** `POST /v1/logs`: event records of players, and lines of configured logs. */
export function logsRoute(receiver: OtlpReceiver): Route {
  const reader = new OtlpLogReader(receiver.sources);
  return otlpRoute('logs', receiver, (request, encoding, guest) => {
    const batches = encoding === 'json' ? logsOfJson(parseJson(request.body)) : logsOfProtobuf(request.body);
    return batches && takeLogs(batches, request, receiver, guest, reader);
  });
}

function takeSpans(
  batches: NonNullable<OtlpBatches<OtlpSpan>>,
  request: HttpRequest,
  receiver: OtlpReceiver,
  guest: PlayerGuest,
): Tally {
  const tally: Tally = { rejected: 0, reasons: new Map(), isFull: false };
  const { source } = guest;
  const store = storing(tally, request, receiver, guest);
  for (const { resource, records, malformed } of batches) {
    const delivery = relayedDelivery(request, resource, receiver, guest);
    if (malformed > 0) note(tally, 'not_object', malformed, receiver, source.name);
    for (const span of records) {
      const outcome = emitSpan(span, resource, delivery, store);
      if (tally.isFull) return tally;
      judge(outcome, span.name, tally, receiver, source.name);
    }
  }
  return tally;
}

function takeLogs(
  batches: NonNullable<OtlpBatches<OtlpLog>>,
  request: HttpRequest,
  receiver: OtlpReceiver,
  guest: PlayerGuest,
  reader: OtlpLogReader,
): Tally {
  const tally: Tally = { rejected: 0, reasons: new Map(), isFull: false };
  const { name } = guest.source;
  const mayFeed = receiver.door.feeds(request);
  const store = storing(tally, request, receiver, guest);
  const unlimited = storing(tally, request, receiver, null);
  reader.begin();
  for (const { resource, records, malformed } of batches) {
    const delivery = relayedDelivery(request, resource, receiver, guest);
    if (malformed > 0) note(tally, 'not_object', malformed, receiver, name);
    for (const log of records) {
      const from = reader.sourceOf(log, resource);
      if (from === null) {
        const outcome = emitLogEvent(log, resource, delivery, store);
        judge(outcome, log.eventName || textOf(log), tally, receiver, name);
      } else if (!mayFeed(from)) {
        note(tally, 'unauthorized', 1, receiver, from.source.name);
      } else {
        const { outcome, line } = reader.line(log, from, request.receivedMs, unlimited);
        judge(outcome, line, tally, receiver, from.source.name);
      }
      if (tally.isFull) return tally;
    }
  }
  return tally;
}

/**
 * The viewer of a resource's records. Through a relay (Alloy, the OTel Collector) the connection is the relay's; it
 * can say whose records these are with `client.address` and `user_agent.original`. A page with a public key cannot.
 */
function relayedDelivery(
  request: HttpRequest,
  resource: OtlpMap,
  receiver: OtlpReceiver,
  { kind, source }: PlayerGuest,
): PlayerDelivery {
  if (kind === 'public') return deliveryOf(request, receiver, source);
  const fields = attributeFields(resource);
  const peer = textField(fields, 64, 'client.address') || request.peer;
  const userAgent = textField(fields, 512, 'user_agent.original') || request.headers['user-agent'];
  return deliveryOf({ ...request, peer, headers: { ...request.headers, 'user-agent': userAgent } }, receiver, source);
}

/** Stores events as far as the guest's limits go; lines of a configured log have no guest and none. */
function storing(
  tally: Tally,
  request: HttpRequest,
  receiver: OtlpReceiver,
  guest: PlayerGuest | null,
): (event: Event) => void {
  return (event) => {
    if (tally.isFull) return;
    const admitted = guest === null ? event : guest.admit(event, request.receivedMs);
    if (typeof admitted !== 'string') tally.isFull = receiver.ingest.accept(admitted, request.receivedMs) === 'full';
    else if (guest !== null) note(tally, admitted, 1, receiver, guest.source.name);
  };
}

function judge(
  outcome: SpanOutcome | LogOutcome,
  sample: string,
  tally: Tally,
  { ingest }: OtlpReceiver,
  sourceName: string,
): void {
  if (outcome === '') return;
  // Traces of other work and events of other kinds are welcome, they are only not ours.
  if (outcome === 'not_playback') {
    ingest.count(sourceName, outcome);
    return;
  }
  ingest.reject(sourceName, outcome, sample);
  tally.rejected += 1;
  tally.reasons.set(outcome, (tally.reasons.get(outcome) ?? 0) + 1);
}

function note(tally: Tally, reason: IngestReason, times: number, { ingest }: OtlpReceiver, sourceName: string): void {
  ingest.count(sourceName, reason, times);
  tally.rejected += times;
  tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + times);
}

function otlpRoute(
  signal: Signal,
  receiver: OtlpReceiver,
  take: (request: HttpRequest, encoding: OtlpEncoding, guest: PlayerGuest) => Tally | null,
): Route {
  const { ingest, door } = receiver;
  return {
    path: `/v1/${signal}`,
    methods: ['POST'],
    isCrossOrigin: true,
    limits: receiver.limits,
    authorize: (request) => turnAway(signal, request, receiver),
    handle: async (request) => {
      const guest = door.guestOf(request) ?? door.stranger;
      const { source } = guest;
      const encoding = encodingOf(request.headers['content-type'] ?? '');
      if (encoding === null) {
        ingest.count(source.name, 'unsupported_type');
        return failureAnswer(415, 'json', 'content type must be application/x-protobuf or application/json');
      }
      const tally = take(request, encoding, guest);
      if (tally === null) {
        ingest.count(source.name, 'bad_body');
        return failureAnswer(400, encoding, `the body is not an OTLP ${signal} request in ${encoding}`);
      }
      if ((await ingest.flush()) === 'full' || tally.isFull)
        return failureAnswer(503, encoding, 'the collector is full; send the request again later');
      return successAnswer(signal, encoding, tally.rejected, explain(tally));
    },
    refuse: (problem, request): HttpAnswer => {
      const { headers } = request;
      const { source } = door.guestOf(request) ?? door.stranger;
      if (problem.code !== 'busy') ingest.count(source.name, problem.code === 'internal' ? 'bad_body' : problem.code);
      const message = `${problem.code}: the request could not be taken`;
      return failureAnswer(problem.status, encodingOf(headers['content-type'] ?? '') ?? 'json', message);
    },
  };
}

/**
 * Strangers are told so: an exporter gives up at 401 and its operator reads it. A page that posts too often, or from a
 * foreign origin, is told that all is well: an exporter would repeat what it was told to send later.
 */
function turnAway(
  signal: Signal,
  request: Omit<HttpRequest, 'body'>,
  { ingest, door }: OtlpReceiver,
): HttpAnswer | null {
  const guest = door.guestOf(request);
  const reason = guest === null ? 'unauthorized' : guest.refusal(request.headers, request.peer, request.receivedMs);
  if (reason === '') return null;
  ingest.count((guest ?? door.stranger).source.name, reason);
  const encoding = encodingOf(request.headers['content-type'] ?? '') ?? 'json';
  return guest === null
    ? failureAnswer(401, encoding, 'a key of a player, or a token of purpose ingest, is needed')
    : successAnswer(signal, encoding, 0, '');
}

/** `unknown_source: 3, bad_time: 1`. */
function explain({ reasons }: Tally): string {
  return [...reasons].map(([reason, times]) => `${reason}: ${times}`).join(', ');
}

function textOf({ body }: OtlpLog): string {
  return typeof body === 'string' ? body : '';
}
