import { regionCode } from '../enrich/country.ts';
import type { Delivery } from '../model/source.ts';
import { cacheStatusOf } from './cache-status.ts';
import type { Decoded, Format } from './format.ts';
import { type JsonRecord, JsonRecordDecoder } from './json-record.ts';
import { knownWords } from './parse/byte-interner.ts';
import type { Columns } from './parse/columns.ts';
import { fieldColumns } from './parse/field-names.ts';
import { referrerIn } from './parse/referrer.ts';
import { settleReport } from './parse/settle-report.ts';
import { timestampMs, timestampPrecisionMs } from './parse/timestamp.ts';
import { readTraceparent } from './parse/trace-context.ts';
import { shieldOf } from './shield-source.ts';

const { names, column } = fieldColumns({
  start: 'EdgeStartTimestamp',
  end: 'EdgeEndTimestamp',
  rayId: 'RayID',
  parentRayId: 'ParentRayID',
  method: 'ClientRequestMethod',
  scheme: 'ClientRequestScheme',
  host: 'ClientRequestHost',
  uri: 'ClientRequestURI',
  path: 'ClientRequestPath',
  status: 'EdgeResponseStatus',
  totalBytes: 'EdgeResponseBytes',
  bodyBytes: 'EdgeResponseBodyBytes',
  contentType: 'EdgeResponseContentType',
  clientIp: 'ClientIP',
  userAgent: 'ClientRequestUserAgent',
  country: 'ClientCountry',
  region: 'ClientRegionCode',
  referrer: 'ClientRequestReferer',
  asn: 'ClientASN',
  ipClass: 'ClientIPClass',
  botScore: 'BotScore',
  ttfb: 'EdgeTimeToFirstByteMs',
  cacheStatus: 'CacheCacheStatus',
  tieredFill: 'CacheTieredFill',
  colo: 'EdgeColoCode',
  requestSource: 'ClientRequestSource',
  originStatus: 'OriginResponseStatus',
  originTtfb: 'OriginResponseHeaderReceiveDurationMs',
  originDuration: 'OriginResponseDurationMs',
  originTimeNs: 'OriginResponseTime',
  traceparent: 'traceparent',
  cmcdObject: 'cmcd-object',
  cmcdRequest: 'cmcd-request',
  cmcdSession: 'cmcd-session',
  cmcdStatus: 'cmcd-status',
  content: 'content',
});
const CMCD_HEADERS = [column.cmcdObject, column.cmcdRequest, column.cmcdSession, column.cmcdStatus];
/** Objects whose fields are read: custom request headers, and the wrapper of Cloudflare's example template. */
const NESTED = ['RequestHeaders', 'info'];
/** What Cloudflare calls a client that is no person. */
const BOT_CLASSES = new Set(['searchEngine', 'monitoringService', 'scan']);
const HIGHEST_BOT_SCORE = 29;

/**
 * Cloudflare Logpush, dataset http_requests, NDJSON. Timestamps in all six forms (unixnano, unix, rfc3339, each as
 * number or string). Missing is `""`, 0 or `00`, so a zero is only believed where it can be one.
 * https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests/
 */
export const cloudflareLogpush: Format = {
  name: 'cloudflare-logpush',
  reference: 'https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests/',
  latenessMs: 15 * 60_000,
  create: (settings) => new JsonRecordDecoder(settings, names, NESTED, fill),
};

const hints = { country: '', region: '', asn: Number.NaN, isBot: false };

function fill(record: JsonRecord, delivery: Delivery, start: number, end: number): Decoded {
  const { columns, report, urls } = record;
  if (!columns.has(column.start)) {
    // `{"content":"tests"}` is how a job tries its destination.
    return columns.is(column.content, 'tests') ? 'skip' : 'missing_time';
  }
  report.startMs = timeOf(columns, column.start);
  if (Number.isNaN(report.startMs)) return 'bad_time';
  report.precisionMs = precisionOf(columns, column.start);
  const uri = columns.has(column.uri) ? column.uri : column.path;
  if (!columns.has(uri)) return 'missing_request';
  // Workers and tiered cache log requests of their own beside the viewer's.
  if (columns.has(column.requestSource) && !columns.is(column.requestSource, 'eyeball')) {
    report.source = shieldOf(delivery.source);
  }

  // Two times of whole seconds cannot make a duration.
  if (columns.has(column.end) && report.precisionMs < 1000 && precisionOf(columns, column.end) < 1000) {
    report.durationMs = timeOf(columns, column.end) - report.startMs;
  }
  report.ttfbMs = positive(columns.number(column.ttfb));
  report.method = columns.shared(column.method, knownWords);
  report.scheme = columns.shared(column.scheme, knownWords);
  report.host = columns.shared(column.host, knownWords);
  report.totalBytes = columns.number(column.totalBytes);
  report.bodyBytes = columns.number(column.bodyBytes);
  report.contentType = columns.shared(column.contentType, knownWords);
  report.pop = columns.shared(column.colo, knownWords);
  report.requestId = columns.text(column.rayId);
  report.parentRequestId = columns.is(column.parentRayId, '00') ? '' : columns.text(column.parentRayId);
  urls.readTarget(columns.block(uri), columns.start(uri), columns.end(uri), 'none', report);
  for (const header of CMCD_HEADERS) {
    if (columns.has(header)) {
      urls.cmcd.scanPlain(columns.block(header), columns.start(header), columns.end(header), report.cmcd);
    }
  }
  urls.finish(report);
  const trace = column.traceparent;
  if (columns.has(trace)) readTraceparent(columns.block(trace), columns.start(trace), columns.end(trace), report);
  fillOutcome(record);

  hints.country = countryOf(columns);
  hints.region = regionCode(hints.country, columns.shared(column.region, knownWords));
  report.referrer = referrerIn(columns, column.referrer);
  hints.asn = positive(columns.number(column.asn));
  const score = columns.number(column.botScore);
  hints.isBot = (score > 0 && score <= HIGHEST_BOT_SCORE) || BOT_CLASSES.has(columns.text(column.ipClass));
  const agent = columns.text(column.userAgent);
  report.client = record.settings.clients.lookup(columns.text(column.clientIp), agent, report.startMs, hints);
  // Ray ids repeat in Cloudflare's own samples; with parent, time and client they do not.
  if (columns.has(column.rayId)) record.fingerprint.ofColumns(report.source, columns, IDENTITY, report);
  else record.fingerprint.ofLine(report.source, columns.line, start, end, report);
  return settleReport(report);
}

const IDENTITY = [column.rayId, column.parentRayId, column.start, column.clientIp];

function fillOutcome({ columns, report }: JsonRecord): void {
  const status = columns.number(column.status);
  report.status = status > 0 ? status : Number.NaN;
  const raw = columns.shared(column.cacheStatus, knownWords);
  report.cacheStatusRaw = raw;
  const cache = cacheStatusOf('cloudflare', raw.toLowerCase());
  if (raw === 'unknown') report.cacheStatus = status >= 500 ? 'error' : 'unknown';
  else report.cacheStatus = cache === 'miss' && columns.is(column.tieredFill, 'true') ? 'hit_upper' : cache;

  const originStatus = columns.number(column.originStatus);
  if (originStatus > 0) {
    report.upstreamStatus = originStatus;
    report.upstreamTtfbMs = positive(columns.number(column.originTtfb));
    const nanoseconds = positive(columns.number(column.originTimeNs));
    const milliseconds = positive(columns.number(column.originDuration));
    report.upstreamDurationMs = Number.isNaN(milliseconds) ? nanoseconds / 1e6 : milliseconds;
    report.isGeneratedUpstream = status >= 400 && originStatus === status;
  }
  if (!(status > 0) || status === 499) {
    report.errorType = 'client_abort';
    report.isComplete = false;
  } else report.errorType = ORIGIN_ERRORS.get(status) ?? '';
}

/** https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/ */
const ORIGIN_ERRORS: ReadonlyMap<number, string> = new Map([
  [521, 'origin_connect'],
  [522, 'timeout'],
  [523, 'origin_connect'],
  [524, 'timeout'],
  [525, 'origin_connect'],
  [526, 'origin_connect'],
  [530, 'origin_dns'],
]);

function timeOf(columns: Columns, at: number): number {
  return timestampMs(columns.bytes(at), columns.start(at), columns.end(at));
}

function precisionOf(columns: Columns, at: number): number {
  return timestampPrecisionMs(columns.bytes(at), columns.start(at), columns.end(at));
}

/** Lower case in the log; `xx` is unknown and `t1` is Tor. */
function countryOf(columns: Columns): string {
  const code = columns.shared(column.country, knownWords).toUpperCase();
  return /^[A-Z]{2}$/.test(code) && code !== 'XX' ? code : '';
}

function positive(value: number): number {
  return value > 0 ? value : Number.NaN;
}
