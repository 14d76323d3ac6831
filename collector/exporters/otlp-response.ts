import type { IncomingHttpHeaders } from 'node:http';
import { PbfReader } from 'pbf';
import type { UnixMs } from '../model/time.ts';
import type { SendResult } from './retry.ts';

// https://opentelemetry.io/docs/specs/otlp/#otlphttp-response; 408 is retried as well, as the OTel Collector does. 500
// is final by that page, but it is what a backend says that restarts or whose disk is full: it is tried for a while.
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
const REASON_CHARACTERS = 200;

/** Reads an OTLP/HTTP response. The body may be anything; only what can be understood of it is used. */
export function interpretResponse(
  status: number,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  nowMs: UnixMs,
): SendResult {
  if (status >= 200 && status < 300) return { outcome: 'accepted', ...partialSuccess(headers, body) };
  const message = errorMessage(headers, body);
  const reason = `HTTP ${status}${message === '' ? '' : `: ${message}`}`;
  if (status === 500) return { outcome: 'busy', reason, retryAfterMs: Number.NaN, isDoubtful: true };
  if (!RETRYABLE_STATUSES.has(status)) return { outcome: 'refused', reason };
  return { outcome: 'busy', reason, retryAfterMs: retryAfterMs(headers['retry-after'], nowMs) };
}

/** `Retry-After` in seconds or as an HTTP date (RFC 9110 section 10.2.3); NaN when absent or unreadable. */
export function retryAfterMs(header: string | undefined, nowMs: UnixMs): number {
  const text = header?.trim() ?? '';
  if (/^\d{1,15}$/.test(text)) return Number(text) * 1000;
  // Dates start with the name of a day; `Date.parse` alone would take nearly anything.
  return /^[A-Z][a-z]{2}/.test(text) ? Math.max(0, Date.parse(text) - nowMs) : Number.NaN;
}

type PartialSuccess = { rejectedSpans: number; reason: string };

function partialSuccess(headers: IncomingHttpHeaders, body: Uint8Array): PartialSuccess {
  if (body.length === 0) return { rejectedSpans: 0, reason: '' };
  const found = isJson(headers) ? partialFromJson(body) : partialFromProtobuf(body);
  return { rejectedSpans: Math.max(0, found.rejectedSpans), reason: forPeople(found.reason) };
}

function partialFromJson(body: Uint8Array): PartialSuccess {
  const partial = field(parseJson(body), 'partialSuccess');
  const rejected = Number(field(partial, 'rejectedSpans') ?? 0);
  const message = field(partial, 'errorMessage');
  return {
    rejectedSpans: Number.isFinite(rejected) ? rejected : 0,
    reason: typeof message === 'string' ? message : '',
  };
}

/** ExportTraceServiceResponse { partial_success = 1 { rejected_spans = 1, error_message = 2 } } */
function partialFromProtobuf(body: Uint8Array): PartialSuccess {
  const found: PartialSuccess = { rejectedSpans: 0, reason: '' };
  readProtobuf(body, (outer, reader) => {
    if (outer !== 1) return;
    reader.readMessage((inner) => {
      if (inner === 1) found.rejectedSpans = reader.readVarint(true);
      if (inner === 2) found.reason = reader.readString();
    }, found);
  });
  return found;
}

/** Message of a google.rpc.Status (code = 1, message = 2), or plain text. */
function errorMessage(headers: IncomingHttpHeaders, body: Uint8Array): string {
  const type = headers['content-type'] ?? '';
  let message = '';
  if (isJson(headers)) {
    const text = field(parseJson(body), 'message');
    message = typeof text === 'string' ? text : '';
  } else if (type.startsWith('application/x-protobuf')) {
    readProtobuf(body, (tag, reader) => {
      if (tag === 2) message = reader.readString();
    });
  } else if (type.startsWith('text/plain')) {
    message = Buffer.from(body).toString('utf8');
  }
  return forPeople(message);
}

/** Walks the top-level fields; garbage ends the walk, and what was read before it stands. */
function readProtobuf(body: Uint8Array, read: (tag: number, reader: PbfReader) => void): void {
  try {
    new PbfReader(body).readFields((tag, _result, reader) => read(tag, reader), null);
  } catch (error) {
    // The reader throws on a truncated or foreign body. The status line already said what became of the batch.
    if (!(error instanceof Error)) throw error;
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function field(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, name)) return undefined;
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}

function isJson(headers: IncomingHttpHeaders): boolean {
  return (headers['content-type'] ?? '').startsWith('application/json');
}

/** One short line without control characters: the text is the peer's, the log is ours. */
function forPeople(text: string): string {
  return text
    .slice(0, REASON_CHARACTERS)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
