import type { Delivery } from '../model/source.ts';
import { decodePercentText } from '../privacy/percent.ts';
import { akamaiCache, breadcrumbsOf } from './akamai-cache.ts';
import type { Decoded, Format } from './format.ts';
import { type JsonRecord, JsonRecordDecoder } from './json-record.ts';
import { knownWords } from './parse/byte-interner.ts';
import { fieldColumns } from './parse/field-names.ts';
import { rangeFirstByteIn } from './parse/range.ts';
import { referrerIn } from './parse/referrer.ts';
import { settleReport } from './parse/settle-report.ts';
import { timestampMs, timestampPrecisionMs } from './parse/timestamp.ts';
import { shieldOf } from './shield-source.ts';

const { names, column } = fieldColumns({
  requestTime: 'reqTimeSec',
  requestId: 'reqId',
  clientIp: 'cliIP',
  method: 'reqMethod',
  protocol: 'proto',
  host: 'reqHost',
  path: 'reqPath',
  query: 'queryStr',
  status: 'statusCode',
  bodyBytes: 'bytes',
  totalBytes: 'totalBytes',
  contentType: 'rspContentType',
  userAgent: 'UA',
  forwardedFor: 'xForwardedFor',
  ttfb: 'timeToFirstByte',
  turnAround: 'turnAroundTimeMSec',
  download: 'downloadTime',
  transfer: 'transferTimeMSec',
  cacheStatus: 'cacheStatus',
  cacheable: 'cacheable',
  breadcrumbs: 'breadcrumbs',
  errorCode: 'errorCode',
  serverCountry: 'serverCountry',
  country: 'country',
  region: 'state',
  referrer: 'referer',
  range: 'range',
  asn: 'asn',
  cmcd: 'cmcd CMCD',
  isMidgress: 'isMidgress',
});

/**
 * Akamai DataStream 2, JSON. Every number is a string. `reqTimeSec` is when the edge took the request: seconds,
 * seconds with a fraction, or milliseconds, told by magnitude.
 * https://techdocs.akamai.com/datastream2/docs/data-set-parameters
 */
export const akamaiDs2: Format = {
  name: 'akamai-ds2',
  reference: 'https://techdocs.akamai.com/datastream2/docs/data-set-parameters',
  latenessMs: 15 * 60_000,
  create: (settings) => new JsonRecordDecoder(settings, names, [], fill),
};

/** `reqId` alone repeats. */
const IDENTITY = [column.requestId, column.requestTime, column.clientIp, column.path];
const hints = { country: '', region: '', asn: Number.NaN, isBot: false };

function fill(record: JsonRecord, delivery: Delivery, start: number, end: number): Decoded {
  const { columns, report, urls, fingerprint } = record;
  const time = column.requestTime;
  if (!columns.has(time)) return 'missing_time';
  report.startMs = timestampMs(columns.bytes(time), columns.start(time), columns.end(time));
  if (Number.isNaN(report.startMs)) return 'bad_time';
  report.precisionMs = timestampPrecisionMs(columns.bytes(time), columns.start(time), columns.end(time));
  // `-` is the root, so the path may be absent but not unmentioned.
  if (!columns.isMentioned(column.path)) return 'missing_request';
  // 1 and 2 are an edge and a parent asking inside Akamai's network.
  if (columns.has(column.isMidgress) && !columns.is(column.isMidgress, '0')) report.source = shieldOf(delivery.source);

  report.method = columns.shared(column.method, knownWords);
  const protocol = columns.text(column.protocol).toLowerCase();
  report.scheme = protocol === 'https' || protocol === 'http' ? protocol : '';
  report.host = columns.shared(column.host, knownWords);
  report.bodyBytes = columns.number(column.bodyBytes);
  report.totalBytes = columns.number(column.totalBytes);
  report.contentType = columns.shared(column.contentType, knownWords);
  // The log names no site; the country of the server is the nearest there is.
  report.pop = columns.shared(column.serverCountry, knownWords);
  report.requestId = columns.text(column.requestId);
  urls.readPath(columns.block(column.path), columns.start(column.path), columns.end(column.path), 'none', report);
  const { query } = column;
  if (columns.has(query)) {
    urls.readQuery(columns.block(query), columns.start(query), columns.end(query), 'none', report);
  }
  if (columns.has(column.cmcd)) {
    urls.cmcd.scanQuery(columns.block(column.cmcd), columns.start(column.cmcd), columns.end(column.cmcd), report.cmcd);
  }
  urls.finish(report);
  fillTimes(record);
  fillOutcome(record);

  hints.country = columns.shared(column.country, knownWords).toUpperCase();
  hints.region = decodePercentText(columns.shared(column.region, knownWords), true);
  hints.asn = columns.number(column.asn);
  report.referrer = referrerIn(columns, column.referrer);
  report.rangeFirstByte = rangeFirstByteIn(columns, report.status, column.range);
  const agent = decodePercentText(columns.text(column.userAgent), true);
  const address = columns.text(column.clientIp);
  const list = columns.has(column.forwardedFor)
    ? `${decodePercentText(columns.text(column.forwardedFor), true)},${address}`
    : address;
  report.client = record.settings.clients.lookup(list, agent, report.startMs, hints);
  if (columns.has(column.requestId)) fingerprint.ofColumns(report.source, columns, IDENTITY, report);
  else fingerprint.ofLine(report.source, columns.line, start, end, report);
  return settleReport(report);
}

function fillTimes({ columns, report }: JsonRecord): void {
  const ttfb = columns.has(column.ttfb) ? column.ttfb : column.turnAround;
  report.ttfbMs = columns.number(ttfb);
  // `transferTimeMSec` is the body phase alone.
  report.durationMs = columns.has(column.download)
    ? columns.number(column.download)
    : report.ttfbMs + columns.number(column.transfer);
}

function fillOutcome({ columns, report }: JsonRecord): void {
  const status = columns.number(column.status);
  report.status = status > 0 ? status : Number.NaN;
  const crumbs = breadcrumbsOf(columns.text(column.breadcrumbs));
  const errorCode = columns.text(column.errorCode);
  report.cacheStatusRaw = columns.shared(column.cacheStatus, knownWords);
  report.cacheStatus =
    errorCode !== '' && status >= 400
      ? 'error'
      : akamaiCache(report.cacheStatusRaw, columns.shared(column.cacheable, knownWords), crumbs);
  report.upstreamTtfbMs = crumbs.originTtfbMs;
  report.upstreamDurationMs = crumbs.originDurationMs;
  if (!(status > 0) || /CLIENT_ABORT/.test(errorCode)) {
    report.errorType = 'client_abort';
    report.isComplete = false;
  } else if (/TIMEOUT/.test(errorCode)) report.errorType = 'timeout';
  else if (/DNS/.test(errorCode)) report.errorType = 'origin_dns';
  else if (/CONNECT/.test(errorCode)) report.errorType = 'origin_connect';
}
