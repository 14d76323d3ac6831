import { RequestReport } from '../model/request.ts';
import type { Delivery } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';
import { UrlScrubber } from '../privacy/scrub.ts';
import { cacheStatusOf } from './cache-status.ts';
import type { Decoded, FormatSettings } from './format.ts';
import { knownWords } from './parse/byte-interner.ts';
import { Columns } from './parse/columns.ts';
import { FieldNames } from './parse/field-names.ts';
import { RecordFingerprint } from './parse/fingerprint.ts';
import { clfMs, timestampMs, timestampPrecisionMs } from './parse/timestamp.ts';
import { readTraceparent } from './parse/trace-context.ts';
import { lastOfList, sumOfList } from './parse/upstream-list.ts';
import { UrlReader } from './parse/url-reader.ts';

/** nginx variables by the names operators give them, with and without their prefixes. */
export const NGINX_FIELDS = new FieldNames([
  'ts msec time_msec timestamp',
  'time time_iso8601 time_local',
  'request_id rid req_id',
  'remote_addr client_ip addr',
  'x_forwarded_for http_x_forwarded_for xff',
  'scheme',
  'host http_host server_name',
  'method request_method',
  'uri',
  'args query_string',
  'request',
  'request_uri',
  'status',
  'bytes_sent',
  'body_bytes_sent',
  'request_time rt',
  'completion request_completion',
  'cache_status upstream_cache_status cs',
  'upstream_status us',
  'upstream_header_time uht',
  'upstream_response_time urt',
  'traceparent http_traceparent',
  'x_request_id http_x_request_id',
  'cmcd_object http_cmcd_object',
  'cmcd_request http_cmcd_request',
  'cmcd_session http_cmcd_session',
  'cmcd_status http_cmcd_status',
  'ua http_user_agent user_agent',
  'content_type sent_http_content_type',
]);
export const NGINX = {
  msec: 0,
  time: 1,
  requestId: 2,
  address: 3,
  forwardedFor: 4,
  scheme: 5,
  host: 6,
  method: 7,
  uri: 8,
  args: 9,
  request: 10,
  requestUri: 11,
  status: 12,
  totalBytes: 13,
  bodyBytes: 14,
  requestTime: 15,
  completion: 16,
  cacheStatus: 17,
  upstreamStatus: 18,
  upstreamHeaderTime: 19,
  upstreamResponseTime: 20,
  traceparent: 21,
  parentRequestId: 22,
  firstCmcd: 23,
  userAgent: 27,
  contentType: 28,
} as const;
const CMCD_HEADERS = 4;
const CLIENT_CLOSED = 499;
const SPACE = 0x20;

/** What all logs of nginx have in common once their variables are found; times are the end unless told otherwise. */
export class NginxRecord {
  readonly columns = new Columns(NGINX_FIELDS.count);
  readonly report = new RequestReport();
  readonly fingerprint = new RecordFingerprint();
  readonly #settings: FormatSettings;
  readonly #urls: UrlReader;
  readonly #isTimeStart: boolean;

  /** `isTimeStart`: the log's time is when the request began (Apache), not when its response was over (nginx). */
  constructor(settings: FormatSettings, isTimeStart: boolean) {
    this.#settings = settings;
    this.#urls = new UrlReader(settings.sessionPattern, new UrlScrubber(settings.secrets));
    this.#isTimeStart = isTimeStart;
  }

  /** Fills the report from the columns of the line at `start`. */
  fill(start: number, end: number, delivery: Delivery): Decoded {
    const { columns, report } = this;
    report.clear();
    report.source = delivery.source;
    report.receivedMs = delivery.receivedMs;
    const loggedMs = this.#loggedMs();
    if (Number.isNaN(loggedMs)) return columns.has(NGINX.msec) || columns.has(NGINX.time) ? 'bad_time' : 'missing_time';
    report.durationMs = columns.number(NGINX.requestTime) * 1000;
    report.startMs = report.durationMs > 0 && !this.#isTimeStart ? loggedMs - report.durationMs : loggedMs;
    if (!this.#fillUrl()) return 'missing_request';
    report.host = columns.shared(NGINX.host, knownWords) || report.host;
    report.scheme = columns.shared(NGINX.scheme, knownWords) || report.scheme;
    report.contentType = columns.shared(NGINX.contentType, knownWords);
    report.requestId = columns.text(NGINX.requestId);
    report.parentRequestId = columns.text(NGINX.parentRequestId);
    this.#fillOutcome();
    this.#fillClient();
    this.#fillIdentity(start, end, delivery);
    return '';
  }

  #loggedMs(): UnixMs {
    const { columns, report } = this;
    const column = columns.has(NGINX.msec) ? NGINX.msec : NGINX.time;
    const [bytes, start, end] = [columns.bytes(column), columns.start(column), columns.end(column)];
    if (end <= start) return Number.NaN;
    const isCommon = bytes[start + 2] === 0x2f;
    report.precisionMs = isCommon ? 1000 : timestampPrecisionMs(bytes, start, end);
    return isCommon ? clfMs(bytes, start, end) : timestampMs(bytes, start, end);
  }

  #fillUrl(): boolean {
    const { columns, report } = this;
    const urls = this.#urls;
    if (columns.has(NGINX.request)) this.#readRequestLine();
    else if (columns.has(NGINX.uri)) {
      urls.readPath(columns.block(NGINX.uri), columns.start(NGINX.uri), columns.end(NGINX.uri), 'decoded', report);
      if (columns.has(NGINX.args)) {
        urls.readQuery(columns.block(NGINX.args), columns.start(NGINX.args), columns.end(NGINX.args), 'none', report);
      }
    } else if (columns.has(NGINX.requestUri)) {
      const block = columns.block(NGINX.requestUri);
      urls.readTarget(block, columns.start(NGINX.requestUri), columns.end(NGINX.requestUri), 'none', report);
    }
    if (report.path === '') return false;
    if (columns.has(NGINX.method)) report.method = columns.shared(NGINX.method, knownWords);
    for (let header = 0; header < CMCD_HEADERS; header++) {
      const column = NGINX.firstCmcd + header;
      if (!columns.has(column)) continue;
      urls.cmcd.scanPlain(columns.block(column), columns.start(column), columns.end(column), report.cmcd);
    }
    urls.finish(report);
    return true;
  }

  /** `GET /path?query HTTP/1.1`; what is no request (TLS bytes, `-`) leaves the path empty. */
  #readRequestLine(): void {
    const { columns, report } = this;
    const block = columns.block(NGINX.request);
    const { bytes } = block;
    const start = columns.start(NGINX.request);
    let end = columns.end(NGINX.request);
    const space = bytes.indexOf(SPACE, start);
    if (space < 0 || space >= end || space - start > 16 || !isMethod(bytes, start, space)) return;
    const last = bytes.lastIndexOf(SPACE, end - 1);
    if (last > space) end = last;
    report.method = knownWords.text(block, start, space);
    this.#urls.readTarget(block, space + 1, end, 'none', report);
  }

  #fillOutcome(): void {
    const { columns, report } = this;
    const status = columns.number(NGINX.status);
    report.status = status > 0 ? status : Number.NaN;
    report.totalBytes = columns.number(NGINX.totalBytes);
    report.bodyBytes = columns.number(NGINX.bodyBytes);
    // The variable is there and empty: the last byte was not sent.
    const isCut = columns.start(NGINX.completion) > 0 && !columns.has(NGINX.completion);
    if (isCut || status === CLIENT_CLOSED || !(status > 0)) {
      report.isComplete = false;
      report.errorType = 'client_abort';
    }
    report.cacheStatusRaw = columns.shared(NGINX.cacheStatus, knownWords);
    report.cacheStatus = cacheStatusOf('nginx', report.cacheStatusRaw);
    report.upstreamStatus = lastOfList(columns, NGINX.upstreamStatus);
    report.upstreamTtfbMs = lastOfList(columns, NGINX.upstreamHeaderTime) * 1000;
    report.upstreamDurationMs = sumOfList(columns, NGINX.upstreamResponseTime) * 1000;
    report.isGeneratedUpstream = status >= 400 && report.upstreamStatus === status;
    // A cache or proxy that had to ask passes the first byte on as it gets it; its own first byte is not logged.
    if (report.upstreamTtfbMs >= 0) report.ttfbMs = report.upstreamTtfbMs;
  }

  #fillClient(): void {
    const { columns, report } = this;
    const forwarded = columns.text(NGINX.forwardedFor);
    const [agent, address] = [NGINX.userAgent, NGINX.address];
    if (forwarded === '' && columns.block(address) === columns.block(agent)) {
      report.client = this.#settings.clients.lookupBytes(
        columns.bytes(address),
        columns.start(address),
        columns.end(address),
        columns.start(agent),
        columns.end(agent),
        'raw',
        report.startMs,
      );
      return;
    }
    const list = forwarded === '' ? columns.text(address) : `${forwarded},${columns.text(address)}`;
    report.client = this.#settings.clients.lookup(list, columns.text(agent), report.startMs);
  }

  #fillIdentity(start: number, end: number, delivery: Delivery): void {
    const { columns, report } = this;
    if (columns.has(NGINX.traceparent)) {
      const block = columns.block(NGINX.traceparent);
      readTraceparent(block, columns.start(NGINX.traceparent), columns.end(NGINX.traceparent), report);
    }
    if (columns.has(NGINX.requestId)) {
      const block = columns.block(NGINX.requestId);
      this.fingerprint.ofId(
        delivery.source,
        block,
        columns.start(NGINX.requestId),
        columns.end(NGINX.requestId),
        report,
      );
    } else this.fingerprint.ofLine(delivery.source, columns.line, start, end, report);
  }
}

function isMethod(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (!(byte >= 0x41 && byte <= 0x5a) && byte !== 0x2d && byte !== 0x5f) return false;
  }
  return end > start;
}
