import { regionCode } from '../enrich/country.ts';
import type { Delivery } from '../model/source.ts';
import { cacheStatusOf } from './cache-status.ts';
import type { Decoded, Format } from './format.ts';
import { type JsonRecord, JsonRecordDecoder } from './json-record.ts';
import { knownWords } from './parse/byte-interner.ts';
import { secondsToMs } from './parse/decimal.ts';
import { fieldColumns } from './parse/field-names.ts';
import { rangeFirstByteIn } from './parse/range.ts';
import { referrerIn } from './parse/referrer.ts';
import { settleReport } from './parse/settle-report.ts';
import { timestampMs, timestampPrecisionMs } from './parse/timestamp.ts';
import { readTraceparent } from './parse/trace-context.ts';
import { shieldOf } from './shield-source.ts';

/** Names of Fastly's default JSON, and those that docs/connect/fastly.md adds. */
const { names, column } = fieldColumns({
  timestamp: 'timestamp',
  startMsec: 'start_msec',
  clientIp: 'client_ip',
  host: 'host',
  url: 'url',
  method: 'request_method',
  userAgent: 'request_user_agent',
  state: 'response_state',
  status: 'response_status',
  bodyBytes: 'response_body_size',
  server: 'fastly_server',
  isEdge: 'fastly_is_edge',
  elapsedUsec: 'elapsed_usec',
  ttfbSeconds: 'time_to_first_byte',
  totalBytes: 'response_bytes',
  contentType: 'content_type',
  requestId: 'request_id',
  parentRequestId: 'parent_request_id',
  traceparent: 'traceparent',
  cmcdObject: 'cmcd_object',
  cmcdRequest: 'cmcd_request',
  cmcdSession: 'cmcd_session',
  cmcdStatus: 'cmcd_status',
  asn: 'client_as_number',
  country: 'geo_country_code',
  region: 'geo_region',
  referrer: 'request_referer',
  range: 'request_range',
  isCompleted: 'response_completed',
});
const CMCD_HEADERS = [column.cmcdObject, column.cmcdRequest, column.cmcdSession, column.cmcdStatus];

/**
 * Fastly real-time logs as JSON: the format is the operator's; these are the names of Fastly's own example and of
 * docs/connect/fastly.md. `timestamp` is the start. A shielded miss is logged twice, at edge and shield.
 * https://www.fastly.com/documentation/guides/integrations/logging/
 */
export const fastlyJson: Format = {
  name: 'fastly-json',
  reference: 'https://www.fastly.com/documentation/guides/integrations/logging/',
  latenessMs: 5 * 60_000,
  create: (settings) => new JsonRecordDecoder(settings, names, [], fill),
};

const hints = { country: '', region: '', asn: Number.NaN, isBot: false };

function fill(record: JsonRecord, delivery: Delivery, start: number, end: number): Decoded {
  const { columns, report, urls, fingerprint } = record;
  const time = columns.has(column.startMsec) ? column.startMsec : column.timestamp;
  if (!columns.has(time)) return 'missing_time';
  report.startMs = timestampMs(columns.bytes(time), columns.start(time), columns.end(time));
  if (Number.isNaN(report.startMs)) return 'bad_time';
  report.precisionMs = timestampPrecisionMs(columns.bytes(time), columns.start(time), columns.end(time));
  if (!columns.has(column.url)) return 'missing_request';
  if (columns.is(column.isEdge, 'false') || columns.is(column.isEdge, '0')) report.source = shieldOf(delivery.source);

  report.durationMs = columns.number(column.elapsedUsec) / 1000;
  report.ttfbMs = secondsToMs(columns.number(column.ttfbSeconds));
  report.method = columns.shared(column.method, knownWords);
  report.host = columns.shared(column.host, knownWords);
  report.bodyBytes = columns.number(column.bodyBytes);
  report.totalBytes = columns.number(column.totalBytes);
  report.contentType = columns.shared(column.contentType, knownWords);
  // `cache-bfi-kbfi7400031-BFI`: the site is the last part.
  const server = columns.shared(column.server, knownWords);
  report.pop = server.slice(server.lastIndexOf('-') + 1);
  report.requestId = columns.text(column.requestId);
  report.parentRequestId = columns.text(column.parentRequestId);
  urls.readTarget(columns.block(column.url), columns.start(column.url), columns.end(column.url), 'none', report);
  for (const header of CMCD_HEADERS) {
    if (columns.has(header)) {
      urls.cmcd.scanPlain(columns.block(header), columns.start(header), columns.end(header), report.cmcd);
    }
  }
  urls.finish(report);
  const traceparent = column.traceparent;
  if (columns.has(traceparent)) {
    readTraceparent(columns.block(traceparent), columns.start(traceparent), columns.end(traceparent), report);
  }

  const status = columns.number(column.status);
  report.status = status > 0 ? status : Number.NaN;
  report.cacheStatusRaw = columns.shared(column.state, knownWords);
  report.cacheStatus = cacheStatusOf('fastly', report.cacheStatusRaw);
  if (!(status > 0) || columns.is(column.isCompleted, 'false') || columns.is(column.isCompleted, '0')) {
    report.errorType = 'client_abort';
    report.isComplete = false;
  }
  hints.country = columns.shared(column.country, knownWords).toUpperCase();
  hints.region = regionCode(hints.country, columns.shared(column.region, knownWords));
  hints.asn = columns.number(column.asn);
  report.referrer = referrerIn(columns, column.referrer);
  report.rangeFirstByte = rangeFirstByteIn(columns, report.status, column.range);
  const agent = columns.text(column.userAgent);
  report.client = record.settings.clients.lookup(columns.text(column.clientIp), agent, report.startMs, hints);
  const id = column.requestId;
  // Edge and shield hand the id on: it is unique together with the tier only, which the fingerprint holds.
  if (columns.has(id)) fingerprint.ofId(report.source, columns.block(id), columns.start(id), columns.end(id), report);
  else fingerprint.ofLine(report.source, columns.line, start, end, report);
  return settleReport(report);
}
