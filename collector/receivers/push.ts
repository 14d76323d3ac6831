import type { IncomingHttpHeaders } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { shownToken } from '../access/shown-token.ts';
import type { AccessTokens } from '../access/tokens.ts';
import type { LineDecoder } from '../formats/format.ts';
import type { Event } from '../model/event.ts';
import { covers } from '../model/grant.ts';
import type { UnixMs } from '../model/time.ts';
import type { BodyLimits } from './body.ts';
import { DeliveryIds } from './delivery-ids.ts';
import { eachFirehoseRecord, firehoseAnswer, firehoseEnvelope } from './firehose.ts';
import { eachRecord, eachRecordInTurns } from './framing.ts';
import { IdentityTokens } from './identity-tokens.ts';
import { IdleDecoders } from './idle-decoders.ts';
import type { Ingest } from './ingest.ts';
import type { RecordSink } from './lines.ts';
import { grantsOf, isAuthorized } from './push-auth.ts';
import { eachHecEvent, isHecBody, isTestUpload, pubSubMessage } from './push-body.ts';
import { errorAnswer, type HttpAnswer, type HttpRequest, type Route } from './route.ts';
import type { LineSource, SourceTable } from './sources.ts';

export type PushReceiver = {
  readonly ingest: Ingest;
  readonly sources: SourceTable;
  readonly limits: BodyLimits;
  readonly lineLimitBytes: number;
  readonly tokens: AccessTokens;
};

const PREFIX = '/v1/push/';
/** Paths that Splunk senders insist on appending. */
const SPLUNK_SUFFIX = /^services\/collector(?:\/(?:event|raw)(?:\/1\.0)?)?$/;
const REMEMBERED_DELIVERIES = 100_000;

/** What one upload came to. */
type Upload = { records: number; rejected: number; isFull: boolean };

/**
 * `POST|PUT /v1/push/{source}`: log lines of a configured source, in any framing and envelope of formats.md
 * section 3. One bad line never fails an upload; 4xx is for what the sender must change, 503 for "come back".
 */
export function pushRoute(receiver: PushReceiver): Route {
  const stored = new DeliveryIds(REMEMBERED_DELIVERIES);
  const decoders = new IdleDecoders();
  const identities = new IdentityTokens();
  return {
    path: PREFIX,
    methods: ['POST', 'PUT'],
    isCrossOrigin: false,
    limits: receiver.limits,
    authorize: (request) => turnAway(request, receiver, identities),
    handle: (request) => {
      const found = receiver.sources.named(sourceName(request.path));
      return found === null
        ? errorAnswer(404, 'unknown_source', request.path)
        : take(request, found, receiver, stored, decoders);
    },
    refuse: (problem, request) => {
      const name = sourceName(request.path);
      const known = receiver.sources.named(name) === null ? 'unknown' : name;
      if (problem.code !== 'busy' && problem.code !== 'internal') receiver.ingest.count(known, problem.code);
      const message = `source ${known}: the body could not be taken (${problem.code})`;
      const requestId = firehoseId(request.headers);
      if (requestId !== '') return firehoseAnswer(problem.status, requestId, request.receivedMs, message);
      return errorAnswer(problem.status, problem.code, message);
    },
  };
}

/** The answer to a sender that may not push, null to one that may. */
async function turnAway(
  request: Omit<HttpRequest, 'body'>,
  { sources, ingest, tokens }: PushReceiver,
  identities: IdentityTokens,
): Promise<HttpAnswer | null> {
  const name = sourceName(request.path);
  const found = sources.named(name);
  if (found !== null && (await mayPush(found, request, tokens, identities))) return null;
  const status = found === null ? 404 : 401;
  const code = found === null ? 'unknown_source' : 'unauthorized';
  const message =
    found === null
      ? `no source is configured as ${JSON.stringify(name.slice(0, 64))}`
      : `source ${name} asks for a secret, and it is missing or wrong`;
  ingest.count(found === null ? 'unknown' : name, code);
  const requestId = firehoseId(request.headers);
  return requestId === ''
    ? errorAnswer(status, code, message)
    : firehoseAnswer(status, requestId, request.receivedMs, message);
}

/** By the proof that the source asks for, or by a token for its tenant; by nothing where nothing is asked. */
async function mayPush(
  { auth, source }: LineSource,
  request: Omit<HttpRequest, 'body'>,
  tokens: AccessTokens,
  identities: IdentityTokens,
): Promise<boolean> {
  if (auth?.kind === 'oidc' && (await identities.isGood(shownToken(request.headers), auth, request.receivedMs)))
    return true;
  if (auth === null ? !tokens.guards('ingest') : isAuthorized(auth, request)) return true;
  return grantsOf(request, tokens).some((grant) => covers(grant, source.tenant));
}

async function take(
  request: HttpRequest,
  from: LineSource,
  receiver: PushReceiver,
  stored: DeliveryIds,
  decoders: IdleDecoders,
): Promise<HttpAnswer> {
  const { ingest, lineLimitBytes, limits } = receiver;
  const { body, headers, receivedMs } = request;
  const { name } = from.source;
  if (isTestUpload(body)) {
    ingest.count(name, 'not_playback');
    return success(request, from, { records: 0, rejected: 0, isFull: false });
  }
  const firehose = firehoseId(headers) === '' ? null : firehoseEnvelope(body);
  if (firehoseId(headers) !== '' && firehose?.requestId !== firehoseId(headers)) {
    ingest.count(name, 'bad_body');
    const message = `source ${name}: the body is not a Firehose request of this id`;
    return firehoseAnswer(400, firehoseId(headers), receivedMs, message);
  }
  const pubSub = firehose === null ? pubSubMessage(body) : null;
  const deliveryId = firehose?.requestId ?? pubSub?.messageId ?? '';
  const key = `${name} ${deliveryId}`;
  if (deliveryId !== '' && stored.has(key)) {
    ingest.count(name, 'duplicate_delivery');
    return success(request, from, { records: 0, rejected: 0, isFull: false });
  }

  const upload: Upload = { records: 0, rejected: 0, isFull: false };
  const decoder = decoders.take(from);
  const sink = decoding(decoder, from, receivedMs, ingest, upload);
  if (firehose !== null) eachFirehoseRecord(body, firehose, lineLimitBytes, limits.maxInflatedBytes, sink);
  else if (pubSub !== null) eachRecord(pubSub.data, 0, pubSub.data.length, lineLimitBytes, sink);
  else if (isSplunk(request) && isHecBody(body)) eachHecEvent(body, lineLimitBytes, sink);
  else await eachRecordInTurns(body, lineLimitBytes, sink, () => setImmediate());
  decoders.give(from, decoder, body.length);
  if ((await ingest.flush()) === 'full' || upload.isFull) {
    const message = `source ${name}: the collector is full; send it again later`;
    const requestId = firehoseId(headers);
    return requestId === '' ? errorAnswer(503, 'busy', message) : firehoseAnswer(503, requestId, receivedMs, message);
  }
  if (deliveryId !== '') stored.add(key);
  return success(request, from, upload);
}

/** Runs every record through the decoder of its upload: headers like `#Fields` belong to one file. */
function decoding(
  decoder: LineDecoder,
  from: LineSource,
  receivedMs: UnixMs,
  ingest: Ingest,
  upload: Upload,
): RecordSink {
  const { source } = from;
  const delivery = { source, receivedMs };
  const emit = (event: Event): void => {
    if (!upload.isFull && ingest.accept(event, receivedMs) === 'full') upload.isFull = true;
  };
  return {
    record: (bytes, start, end) => {
      const decoded = decoder.decode(bytes, start, end, delivery, emit);
      if (upload.isFull) return false;
      if (decoded === 'skip') return true;
      upload.records += 1;
      if (decoded === '') return true;
      upload.rejected += 1;
      ingest.reject(source.name, decoded, { bytes, start, end });
      return true;
    },
    refuse: (reason, bytes, start, end) => {
      upload.records += 1;
      upload.rejected += 1;
      ingest.reject(source.name, reason, { bytes, start, end });
    },
  };
}

function success(request: HttpRequest, from: LineSource, { records, rejected }: Upload): HttpAnswer {
  const requestId = firehoseId(request.headers);
  if (requestId !== '') return firehoseAnswer(200, requestId, request.receivedMs);
  const headers = { 'content-type': 'application/json' };
  // https://ossrs.io/lts/en-us/docs/v6/doc/http-callback: SRS refuses the stream unless the body is 0.
  if (from.source.format.startsWith('srs')) return { status: 200, headers, body: '0' };
  if (isSplunk(request)) return { status: 200, headers, body: '{"text":"Success","code":0}' };
  return { status: 200, headers, body: JSON.stringify({ accepted: records - rejected, rejected }) };
}

function isSplunk(request: HttpRequest): boolean {
  return /^splunk /i.test(request.headers.authorization ?? '') || suffixOf(request.path) !== '';
}

function firehoseId(headers: IncomingHttpHeaders): string {
  const id = headers['x-amz-firehose-request-id'];
  return typeof id === 'string' ? id.slice(0, 128) : '';
}

function sourceName(path: string): string {
  const rest = path.slice(PREFIX.length);
  const suffix = suffixOf(path);
  const name = suffix === '' ? rest : rest.slice(0, -suffix.length - 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function suffixOf(path: string): string {
  const rest = path.slice(PREFIX.length);
  const slash = rest.indexOf('/');
  return slash > 0 && SPLUNK_SUFFIX.test(rest.slice(slash + 1)) ? rest.slice(slash + 1) : '';
}
