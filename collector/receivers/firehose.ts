// Amazon Data Firehose HTTP endpoint delivery, version 1.0:
// https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html
// CloudWatch Logs subscriptions: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
import { gunzipSync } from 'node:zlib';
import type { UnixMs } from '../model/time.ts';
import { eachRecord } from './framing.ts';
import { inflationLimit } from './inflate.ts';
import { eachElement, memberOf, stringAt } from './json-scan.ts';
import { eachLine, type RecordSink } from './lines.ts';
import { type HttpAnswer, RETRY_AFTER_SECONDS } from './route.ts';

const OPEN_BRACKET = 0x5b;
const LONGEST_ID = 128;

export type FirehoseEnvelope = { readonly requestId: string; readonly recordsAt: number };

/** The envelope's id and where its records begin; null when the body is none. */
export function firehoseEnvelope(body: Uint8Array): FirehoseEnvelope | null {
  if (body[0] !== 0x7b) return null;
  const requestId = stringAt(body, memberOf(body, 0, body.length, 'requestId')).slice(0, LONGEST_ID);
  const records = memberOf(body, 0, body.length, 'records');
  if (requestId === '' || records === null || body[records.start] !== OPEN_BRACKET) return null;
  return { requestId, recordsAt: records.start };
}

/**
 * The lines in the records of an envelope: base64 of lines, or of gzip of lines, or of a CloudWatch subscription
 * message. `bad_encoding` counts a record that does not decode; the others are kept. False when the sink stopped.
 */
export function eachFirehoseRecord(
  body: Uint8Array,
  envelope: FirehoseEnvelope,
  lineLimitBytes: number,
  recordLimitBytes: number,
  sink: RecordSink,
): boolean {
  let isStopped = false;
  const after = eachElement(body, envelope.recordsAt, body.length, (start, end) => {
    const data = Buffer.from(
      stringAt(body, body[start] === 0x7b ? memberOf(body, start, end, 'data') : null),
      'base64',
    );
    const bytes = data[0] === 0x1f && data[1] === 0x8b ? unzip(data, recordLimitBytes) : data;
    if (bytes === null || bytes.length === 0) sink.refuse('bad_encoding', body, start, end);
    else isStopped = !eachLogEvent(bytes, lineLimitBytes, sink);
    return !isStopped;
  });
  if (isStopped) return false;
  if (after < 0) sink.refuse('not_json', body, -1 - after, body.length);
  return true;
}

/** Firehose takes nothing but status 200 and its own id for success, and wants JSON for failures as well. */
export function firehoseAnswer(status: number, requestId: string, nowMs: UnixMs, errorMessage = ''): HttpAnswer {
  const timestamp = Math.floor(nowMs);
  return {
    status,
    headers: { 'content-type': 'application/json', ...(status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}) },
    body: JSON.stringify(errorMessage === '' ? { requestId, timestamp } : { requestId, timestamp, errorMessage }),
  };
}

function eachLogEvent(bytes: Uint8Array, lineLimitBytes: number, sink: RecordSink): boolean {
  const type = bytes[0] === 0x7b ? stringAt(bytes, memberOf(bytes, 0, bytes.length, 'messageType')) : '';
  if (type === '') return eachRecord(bytes, 0, bytes.length, lineLimitBytes, sink);
  const events = memberOf(bytes, 0, bytes.length, 'logEvents');
  // A CONTROL_MESSAGE only checks that the destination is there.
  if (type !== 'DATA_MESSAGE' || events === null || bytes[events.start] !== OPEN_BRACKET) return true;
  let isStopped = false;
  eachElement(bytes, events.start, events.end, (start, end) => {
    const message = bytes[start] === 0x7b ? memberOf(bytes, start, end, 'message') : null;
    const line = Buffer.from(stringAt(bytes, message));
    if (line.length === 0) sink.refuse('empty', bytes, start, end);
    else isStopped = !eachLine(line, 0, line.length, lineLimitBytes, sink);
    return !isStopped;
  });
  return !isStopped;
}

function unzip(data: Uint8Array, limitBytes: number): Uint8Array | null {
  try {
    return gunzipSync(data, { maxOutputLength: inflationLimit(data.length, limitBytes) });
  } catch {
    return null;
  }
}
