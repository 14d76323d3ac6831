import { createHash } from 'node:crypto';
import type { RejectReason } from '../model/event.ts';
import { OBJECT_TYPES } from '../model/media.ts';
import { RequestReport } from '../model/request.ts';
import type { UnixMs } from '../model/time.ts';
import { type Fields, numberField, textField, timeField } from './fields.ts';
import { freeText, nameText } from './free-text.ts';
import type { PlayerDelivery } from './player-delivery.ts';

const ERROR_TYPES = new Set(['timeout', 'client_abort', 'no_response']);
const MAX_URL_CHARACTERS = 8_192;

/** A player's half of a request from a `request` beacon (docs/beacon.md section 5), or why it is none. */
export function requestReport(
  sid: string,
  tsMs: UnixMs,
  fields: Fields,
  delivery: PlayerDelivery,
): RequestReport | RejectReason {
  const url = textField(fields, MAX_URL_CHARACTERS, 'url');
  const report = newReport(delivery);
  if (url === '' || !delivery.urls.read(url, report)) return 'missing_request';
  const startMs = timeField(fields, 'startMs');
  report.startMs = startMs > 0 ? startMs : tsMs;
  report.durationMs = least(numberField(fields, 'durationMs'));
  report.ttfbMs = least(numberField(fields, 'ttfbMs'));
  report.method = textField(fields, 16, 'method').toUpperCase() || 'GET';
  report.bodyBytes = least(numberField(fields, 'bytes'));
  report.sessionId = delivery.urls.scrub(sid);
  setStatus(report, numberField(fields, 'status'), textField(fields, 16, 'error'));
  const rid = textField(fields, 16, 'rid').toLowerCase();
  if (/^[0-9a-f]{16}$/.test(rid)) report.rid = rid;
  report.requestId = freeText(fields, 128, delivery.urls, 'requestId');
  report.pop = freeText(fields, 64, delivery.urls, 'pop');
  setTraceContext(report, textField(fields, 32, 'traceId'), textField(fields, 16, 'spanId'));

  const objectType = OBJECT_TYPES.find((type) => type === textField(fields, 16, 'objectType'));
  if (objectType !== undefined) report.objectType = objectType;
  const { cmcd } = report;
  // What the hook measured beside the request stands in for CMCD the player did not send.
  const ownContent = freeText(fields, 256, delivery.urls, 'content');
  if (cmcd.cid === '') cmcd.cid = ownContent;
  if (cmcd.cdn === '') cmcd.cdn = nameText(fields, 64, 'cdn');
  if (!(cmcd.objectDurationMs > 0)) cmcd.objectDurationMs = least(numberField(fields, 'mediaDurationMs'));
  if (!(cmcd.bitrateKbps > 0)) cmcd.bitrateKbps = least(numberField(fields, 'bitrateKbps'));
  if (!(cmcd.bufferMs >= 0)) cmcd.bufferMs = least(numberField(fields, 'bufferMs'));
  // The same beacon sent twice is one report; the counter keeps two tries of one URL apart.
  fingerprint(report, `${sid}\n${report.startMs}\n${textField(fields, 16, 'seq')}\n${url}`);
  return report;
}

export function newReport(delivery: PlayerDelivery): RequestReport {
  const report = new RequestReport();
  report.source = delivery.source;
  report.receivedMs = delivery.receivedMs;
  report.client = delivery.client;
  return report;
}

/** `errorType` as the player says it; without one, no status means that nobody answered. */
export function setStatus(report: RequestReport, status: number, errorType: string): void {
  if (status >= 100 && status < 600) report.status = status;
  if (ERROR_TYPES.has(errorType)) report.errorType = errorType;
  else if (!(report.status > 0)) report.errorType = 'no_response';
  report.isComplete = report.errorType === '';
}

/** Trace context of the fetch: the span is the player's own. */
export function setTraceContext(report: RequestReport, traceId: string, spanId: string): void {
  const [trace, span] = [traceId.toLowerCase(), spanId.toLowerCase()];
  if (/^[0-9a-f]{32}$/.test(trace) && !/^0+$/.test(trace)) report.traceId = trace;
  if (/^[0-9a-f]{16}$/.test(span) && !/^0+$/.test(span)) report.spanId = span;
}

/**
 * Marks the report so that the same record delivered twice is recognised; another tenant's is another record, whatever
 * its player says.
 */
export function fingerprint(report: RequestReport, identity: string): void {
  const digest = createHash('sha256').update(`${report.source.tenant}\n${identity}`).digest();
  report.uidHigh = digest.readUInt32BE(0);
  report.uidLow = digest.readUInt32BE(4);
}

function least(value: number): number {
  return value >= 0 ? value : Number.NaN;
}
