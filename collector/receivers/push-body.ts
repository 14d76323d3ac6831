import { eachRecord } from './framing.ts';
import { memberOf, stringAt, valueEnd } from './json-scan.ts';
import { eachLine, type RecordSink } from './lines.ts';

const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
/** Cloudflare uploads this when a Logpush job is created, and creates no job unless it is accepted. */
const CLOUDFLARE_TEST = /^\s*\{\s*"content"\s*:\s*"tests?"\s*\}\s*$/;

export function isTestUpload(body: Uint8Array): boolean {
  return body.length < 64 && CLOUDFLARE_TEST.test(Buffer.from(body).toString('latin1'));
}

/** Google Pub/Sub push: https://cloud.google.com/pubsub/docs/push. `null` when the body is none. */
export function pubSubMessage(body: Uint8Array): { readonly messageId: string; readonly data: Uint8Array } | null {
  if (body[0] !== OPEN_BRACE) return null;
  const message = memberOf(body, 0, body.length, 'message');
  if (message === null || body[message.start] !== OPEN_BRACE) return null;
  if (memberOf(body, 0, body.length, 'subscription') === null) return null;
  const messageId = stringAt(body, memberOf(body, message.start, message.end, 'messageId'));
  const data = stringAt(body, memberOf(body, message.start, message.end, 'data'));
  return { messageId: messageId.slice(0, 128), data: Buffer.from(data, 'base64') };
}

/**
 * Splunk HEC events: `{"time":…,"event":"line" | {…}}`, one after the other. Each event is a record.
 * https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector
 */
export function eachHecEvent(body: Uint8Array, limitBytes: number, sink: RecordSink): boolean {
  return eachRecord(body, 0, body.length, limitBytes, {
    record: (bytes, start, end) => {
      const event = bytes[start] === OPEN_BRACE ? memberOf(bytes, start, end, 'event') : null;
      if (event === null) return sink.record(bytes, start, end);
      if (bytes[event.start] !== QUOTE) return sink.record(bytes, event.start, event.end);
      const line = Buffer.from(stringAt(bytes, event));
      return line.length === 0 || eachLine(line, 0, line.length, limitBytes, sink);
    },
    refuse: (reason, bytes, start, end) => sink.refuse(reason, bytes, start, end),
  });
}

/** HEC events, told from other JSON by the first object's keys. */
export function isHecBody(body: Uint8Array): boolean {
  if (body[0] !== OPEN_BRACE) return false;
  const end = valueEnd(body, 0, body.length);
  if (end < 0 || memberOf(body, 0, end, 'event') === null) return false;
  return ['time', 'host', 'sourcetype', 'source', 'index', 'fields'].some(
    (name) => memberOf(body, 0, end, name) !== null,
  );
}
