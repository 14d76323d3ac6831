import type { Event } from '../model/event.ts';
import type { BodyLimits } from './body.ts';
import { isPermittedOrigin } from './cors.ts';
import { textField } from './fields.ts';
import { parseJson } from './json-body.ts';
import { encodingOf, failureAnswer, type OtlpEncoding, successAnswer } from './otlp-answer.ts';
import { logsOfJson, spansOfJson } from './otlp-json.ts';
import { emitLogEvent, type LogOutcome, OtlpLogReader } from './otlp-logs.ts';
import { logsOfProtobuf, spansOfProtobuf } from './otlp-protobuf.ts';
import { attributeFields, type OtlpBatches, type OtlpLog, type OtlpMap, type OtlpSpan } from './otlp-record.ts';
import { emitSpan, type SpanOutcome } from './otlp-spans.ts';
import type { PlayerDelivery } from './player-delivery.ts';
import { deliveryOf, type PlayerReceiver } from './player-route.ts';
import type { HttpAnswer, HttpRequest, Route } from './route.ts';
import type { SourceTable } from './sources.ts';

export type OtlpReceiver = PlayerReceiver & { readonly sources: SourceTable; readonly limits: BodyLimits };

type Signal = 'traces' | 'logs';
/** What became of the records of one request. */
type Tally = { rejected: number; readonly reasons: Map<string, number>; isFull: boolean };

/** `POST /v1/traces`: spans of players. */
export function tracesRoute(receiver: OtlpReceiver): Route {
  return otlpRoute('traces', receiver, (request, encoding) => {
    const batches = encoding === 'json' ? spansOfJson(parseJson(request.body)) : spansOfProtobuf(request.body);
    return batches && takeSpans(batches, request, receiver);
  });
}

/** `POST /v1/logs`: event records of players, and lines of configured logs. */
export function logsRoute(receiver: OtlpReceiver): Route {
  const reader = new OtlpLogReader(receiver.sources);
  return otlpRoute('logs', receiver, (request, encoding) => {
    const batches = encoding === 'json' ? logsOfJson(parseJson(request.body)) : logsOfProtobuf(request.body);
    return batches && takeLogs(batches, request, receiver, reader);
  });
}

function takeSpans(batches: NonNullable<OtlpBatches<OtlpSpan>>, request: HttpRequest, receiver: OtlpReceiver): Tally {
  const tally: Tally = { rejected: 0, reasons: new Map(), isFull: false };
  const { source } = receiver;
  for (const { resource, records, malformed } of batches) {
    const delivery = relayedDelivery(request, resource, receiver);
    if (malformed > 0) note(tally, 'not_object', malformed, receiver, source.name);
    for (const span of records) {
      const outcome = emitSpan(span, resource, delivery, storing(tally, request, receiver));
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
  reader: OtlpLogReader,
): Tally {
  const tally: Tally = { rejected: 0, reasons: new Map(), isFull: false };
  const store = storing(tally, request, receiver);
  reader.begin();
  for (const { resource, records, malformed } of batches) {
    const delivery = relayedDelivery(request, resource, receiver);
    if (malformed > 0) note(tally, 'not_object', malformed, receiver, receiver.source.name);
    for (const log of records) {
      const from = reader.sourceOf(log, resource);
      if (from === null) {
        const outcome = emitLogEvent(log, resource, delivery, store);
        judge(outcome, log.eventName || textOf(log), tally, receiver, receiver.source.name);
      } else {
        const { outcome, line } = reader.line(log, from, request.receivedMs, store);
        judge(outcome, line, tally, receiver, from.source.name);
      }
      if (tally.isFull) return tally;
    }
  }
  return tally;
}

/**
 * The viewer of a resource's records. Through a relay (Alloy, the OTel Collector) the connection is the relay's; it
 * can say whose records these are with `client.address` and `user_agent.original`.
 */
function relayedDelivery(request: HttpRequest, resource: OtlpMap, receiver: OtlpReceiver): PlayerDelivery {
  const fields = attributeFields(resource);
  const peer = textField(fields, 64, 'client.address') || request.peer;
  const userAgent = textField(fields, 512, 'user_agent.original') || request.headers['user-agent'];
  return deliveryOf({ ...request, peer, headers: { ...request.headers, 'user-agent': userAgent } }, receiver);
}

function storing(tally: Tally, request: HttpRequest, { ingest }: OtlpReceiver): (event: Event) => void {
  return (event) => {
    if (!tally.isFull && ingest.accept(event, request.receivedMs) === 'full') tally.isFull = true;
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

function note(tally: Tally, reason: 'not_object', times: number, { ingest }: OtlpReceiver, sourceName: string): void {
  ingest.count(sourceName, reason, times);
  tally.rejected += times;
  tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + times);
}

function otlpRoute(
  signal: Signal,
  receiver: OtlpReceiver,
  take: (request: HttpRequest, encoding: OtlpEncoding) => Tally | null,
): Route {
  const { ingest, source } = receiver;
  return {
    path: `/v1/${signal}`,
    methods: ['POST'],
    isCrossOrigin: true,
    limits: receiver.limits,
    handle: async (request) => {
      const encoding = encodingOf(request.headers['content-type'] ?? '');
      if (encoding === null) {
        ingest.count(source.name, 'unsupported_type');
        return failureAnswer(415, 'json', 'content type must be application/x-protobuf or application/json');
      }
      if (!isPermittedOrigin(request.headers, receiver.origins)) {
        ingest.count(source.name, 'foreign_origin');
        return successAnswer(signal, encoding, 0, '');
      }
      const tally = take(request, encoding);
      if (tally === null) {
        ingest.count(source.name, 'bad_body');
        return failureAnswer(400, encoding, `the body is not an OTLP ${signal} request in ${encoding}`);
      }
      await ingest.flush();
      if (tally.isFull) return failureAnswer(503, encoding, 'the collector is full; send the request again later');
      return successAnswer(signal, encoding, tally.rejected, explain(tally));
    },
    refuse: (problem, { headers }): HttpAnswer => {
      if (problem.code !== 'busy') ingest.count(source.name, problem.code === 'internal' ? 'bad_body' : problem.code);
      const message = `${problem.code}: the request could not be taken`;
      return failureAnswer(problem.status, encodingOf(headers['content-type'] ?? '') ?? 'json', message);
    },
  };
}

/** `unknown_source: 3, bad_time: 1`. */
function explain({ reasons }: Tally): string {
  return [...reasons].map(([reason, times]) => `${reason}: ${times}`).join(', ');
}

function textOf({ body }: OtlpLog): string {
  return typeof body === 'string' ? body : '';
}
