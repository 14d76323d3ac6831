import { RequestReport } from '../model/request.ts';
import type { Delivery } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';
import { UrlScrubber } from '../privacy/scrub.ts';
import { cacheStatusOf } from './cache-status.ts';
import type { Decoded, FormatSettings } from './format.ts';
import { knownWords } from './parse/byte-interner.ts';
import { Columns } from './parse/columns.ts';
import { secondsToMs } from './parse/decimal.ts';
import { type FieldNames, fieldColumns } from './parse/field-names.ts';
import { RecordFingerprint } from './parse/fingerprint.ts';
import { rangeFirstByteIn } from './parse/range.ts';
import { referrerIn } from './parse/referrer.ts';
import { settleReport } from './parse/settle-report.ts';
import { clfMs, epochMs, isoMs } from './parse/timestamp.ts';
import { readTraceparent } from './parse/trace-context.ts';
import { upstreamTimes } from './parse/upstream-times.ts';
import { UrlReader } from './parse/url-reader.ts';

/**
 * What web servers log, under the names of nginx variables and of the JSON keys operators give them; Apache's
 * directives are mapped onto the same columns (apache-combined.ts).
 */
const { names, column } = fieldColumns({
  address: 'remote_addr',
  timeLocal: 'time_local',
  msec: 'msec ts',
  timeIso: 'time_iso8601 time',
  request: 'request',
  requestUri: 'request_uri',
  uri: 'uri document_uri',
  args: 'args query_string',
  method: 'request_method method',
  host: 'http_host host server_name',
  scheme: 'scheme',
  status: 'status',
  bodyBytes: 'body_bytes_sent',
  totalBytes: 'bytes_sent',
  requestTime: 'request_time',
  completion: 'request_completion completion',
  userAgent: 'http_user_agent ua user_agent',
  referrer: 'http_referer http_referrer referer',
  contentRange: 'sent_http_content_range content_range',
  range: 'http_range range',
  cacheStatus: 'upstream_cache_status cache_status',
  upstreamStatus: 'upstream_status',
  upstreamHeaderTime: 'upstream_header_time',
  upstreamResponseTime: 'upstream_response_time',
  requestId: 'request_id',
  parentRequestId: 'http_x_request_id x_request_id',
  traceparent: 'http_traceparent traceparent',
  forwardedFor: 'http_x_forwarded_for x_forwarded_for xff',
  cmcdObject: 'http_cmcd_object cmcd_object',
  cmcdRequest: 'http_cmcd_request cmcd_request',
  cmcdSession: 'http_cmcd_session cmcd_session',
  cmcdStatus: 'http_cmcd_status cmcd_status',
  contentType: 'sent_http_content_type content_type',
  node: 'node hostname',
  durationUs: 'duration_us',
  durationMs: 'duration_ms',
  connectionStatus: 'connection_status',
});
export const SERVER_FIELDS: FieldNames = names;
/** Columns by name, for readers that know where in a line they stand. */
export const SERVER_COLUMN: typeof column = column;
const CMCD_HEADERS = [column.cmcdObject, column.cmcdRequest, column.cmcdSession, column.cmcdStatus];

const SPACE = 0x20;
const LETTER_H = 0x48;
const LOWER_A = 0x61;
const LOWER_Z = 0x7a;
/** Apache's `%X`: the connection was aborted before the response was complete. */
const ABORTED = 'X';

/** When the server writes its line, and so what its time means. */
export type ServerKind = 'nginx' | 'apache';

/**
 * What nginx and Apache logs have in common once their columns are found, text or JSON.
 * HOT PATH: runs for every line. Bench: test/bench/decode.ts.
 */
export class ServerRecord {
  readonly columns = new Columns(SERVER_FIELDS.count);
  readonly report = new RequestReport();
  readonly fingerprint = new RecordFingerprint();
  readonly #settings: FormatSettings;
  readonly #urls: UrlReader;
  readonly #kind: ServerKind;

  constructor(settings: FormatSettings, kind: ServerKind) {
    this.#settings = settings;
    this.#urls = new UrlReader(settings.sessionPattern, new UrlScrubber(settings.secrets));
    this.#kind = kind;
  }

  /** Fills the report from the columns of the line at `start`. */
  fill(start: number, end: number, delivery: Delivery): Decoded {
    const { columns, report } = this;
    report.clear();
    report.source = delivery.source;
    report.receivedMs = delivery.receivedMs;
    const timeMs = this.#timeMs();
    if (Number.isNaN(timeMs)) {
      return columns.has(column.timeLocal) || columns.has(column.msec) || columns.has(column.timeIso)
        ? 'bad_time'
        : 'missing_time';
    }
    if (!this.#fillUrl()) return 'missing_request';
    report.durationMs = this.#durationMs();
    // nginx logs when the request is over, Apache's `%t` is when it came in.
    report.startMs = this.#kind === 'nginx' && report.durationMs > 0 ? timeMs - report.durationMs : timeMs;
    report.scheme = columns.has(column.scheme) ? columns.shared(column.scheme, knownWords) : report.scheme;
    report.host = columns.has(column.host) ? columns.shared(column.host, knownWords) : report.host;
    report.pop = columns.shared(column.node, knownWords);
    report.contentType = columns.shared(column.contentType, knownWords);
    report.referrer = referrerIn(columns, column.referrer);
    report.bodyBytes = columns.number(column.bodyBytes);
    report.totalBytes = columns.number(column.totalBytes);
    report.parentRequestId = columns.text(column.parentRequestId);
    if (columns.has(column.traceparent)) {
      readTraceparent(
        columns.block(column.traceparent),
        columns.start(column.traceparent),
        columns.end(column.traceparent),
        report,
      );
    }
    this.#fillOutcome();
    report.rangeFirstByte = rangeFirstByteIn(columns, report.status, column.contentRange, column.range);
    this.#fillClient();
    if (columns.has(column.requestId)) {
      report.requestId = columns.text(column.requestId);
      const block = columns.block(column.requestId);
      this.fingerprint.ofId(
        delivery.source,
        block,
        columns.start(column.requestId),
        columns.end(column.requestId),
        report,
      );
    } else this.fingerprint.ofLine(delivery.source, columns.line, start, end, report);
    return settleReport(report);
  }

  #timeMs(): UnixMs {
    const { columns, report } = this;
    if (columns.has(column.msec)) return epochMs(columns.number(column.msec));
    report.precisionMs = 1000;
    if (columns.has(column.timeLocal)) {
      return clfMs(columns.bytes(column.timeLocal), columns.start(column.timeLocal), columns.end(column.timeLocal));
    }
    return isoMs(columns.bytes(column.timeIso), columns.start(column.timeIso), columns.end(column.timeIso));
  }

  #durationMs(): number {
    const { columns } = this;
    if (columns.has(column.requestTime)) return secondsToMs(columns.number(column.requestTime));
    return columns.has(column.durationUs)
      ? columns.number(column.durationUs) / 1000
      : columns.number(column.durationMs);
  }

  /** False when the line holds no request: `"-"`, TLS bytes on a plain port. */
  #fillUrl(): boolean {
    const { columns, report } = this;
    const urls = this.#urls;
    if (columns.has(column.request)) {
      if (!this.#readRequestLine()) return false;
    } else {
      report.method = columns.shared(column.method, knownWords);
      if (columns.has(column.requestUri)) {
        const [from, to] = [columns.start(column.requestUri), columns.end(column.requestUri)];
        urls.readTarget(columns.block(column.requestUri), from, to, 'none', report);
      } else if (columns.has(column.uri)) {
        urls.readPath(columns.block(column.uri), columns.start(column.uri), columns.end(column.uri), 'decoded', report);
        if (columns.has(column.args)) {
          urls.readQuery(
            columns.block(column.args),
            columns.start(column.args),
            columns.end(column.args),
            'none',
            report,
          );
        }
      } else return false;
    }
    for (const header of CMCD_HEADERS) {
      if (!columns.has(header)) continue;
      urls.cmcd.scanPlain(columns.block(header), columns.start(header), columns.end(header), report.cmcd);
    }
    urls.finish(report);
    return true;
  }

  /** `GET /path?query HTTP/1.1`; the target may hold spaces that a broken client sent. */
  #readRequestLine(): boolean {
    const { columns, report } = this;
    const block = columns.block(column.request);
    const { bytes } = block;
    const start = columns.start(column.request);
    const end = columns.end(column.request);
    let methodEnd = start;
    while (methodEnd < end && isLetter(bytes[methodEnd]!)) methodEnd++;
    if (methodEnd === start || methodEnd >= end || bytes[methodEnd] !== SPACE) return false;
    let targetEnd = end;
    for (let i = end - 1; i > methodEnd; i--) {
      if (bytes[i] !== SPACE) continue;
      if (bytes[i + 1] === LETTER_H) targetEnd = i;
      break;
    }
    if (targetEnd <= methodEnd + 1) return false;
    report.method = knownWords.text(block, start, methodEnd);
    this.#urls.readTarget(block, methodEnd + 1, targetEnd, 'none', report);
    return true;
  }

  #fillOutcome(): void {
    const { columns, report } = this;
    const status = columns.number(column.status);
    report.status = status > 0 ? status : Number.NaN;
    report.cacheStatusRaw = columns.shared(column.cacheStatus, knownWords);
    report.cacheStatus = cacheStatusOf('nginx', report.cacheStatusRaw);
    const wasTried = this.#fillUpstream();
    const hasHeader = report.upstreamTtfbMs >= 0;
    // nginx passes the header on when it has it; it says nothing of its own first byte on a hit.
    report.ttfbMs = report.upstreamTtfbMs;
    report.isGeneratedUpstream =
      status >= 400 && hasHeader && (Number.isNaN(report.upstreamStatus) || report.upstreamStatus === status);
    // `$request_completion` is OK or empty; a log without the column says nothing.
    const isIncomplete = columns.isMentioned(column.completion) && !columns.is(column.completion, 'OK');
    if (!columns.has(column.status)) {
      report.errorType = 'no_response';
      report.isComplete = false;
    } else if (status === 499 || !(status > 0) || isIncomplete || columns.is(column.connectionStatus, ABORTED)) {
      report.errorType = 'client_abort';
      report.isComplete = false;
    } else if (wasTried && !hasHeader) {
      // The status is this server's own word for what happened above it.
      if (status === 504) report.errorType = 'timeout';
      else if (status === 502) report.errorType = 'origin_connect';
    }
  }

  /** True when a server above was asked, whether it answered or not. */
  #fillUpstream(): boolean {
    const { columns, report } = this;
    if (
      !columns.has(column.upstreamResponseTime) &&
      !columns.has(column.upstreamHeaderTime) &&
      !columns.has(column.upstreamStatus)
    ) {
      return false;
    }
    report.upstreamTtfbMs = secondsToMs(columns.number(column.upstreamHeaderTime));
    report.upstreamDurationMs = secondsToMs(columns.number(column.upstreamResponseTime));
    report.upstreamStatus = columns.number(column.upstreamStatus);
    const isList =
      (columns.has(column.upstreamResponseTime) && Number.isNaN(report.upstreamDurationMs)) ||
      (columns.has(column.upstreamStatus) && Number.isNaN(report.upstreamStatus));
    if (isList) {
      const times = upstreamTimes(
        columns.text(column.upstreamHeaderTime),
        columns.text(column.upstreamResponseTime),
        columns.text(column.upstreamStatus),
      );
      report.upstreamTtfbMs = times.ttfbMs;
      report.upstreamDurationMs = times.durationMs;
      report.upstreamStatus = times.status;
    }
    return true;
  }

  #fillClient(): void {
    const { columns, report } = this;
    const { clients } = this.#settings;
    const isSimple =
      columns.block(column.address) === columns.block(column.userAgent) && !columns.has(column.forwardedFor);
    if (isSimple) {
      report.client = clients.lookupBytes(
        columns.bytes(column.userAgent),
        columns.start(column.address),
        columns.end(column.address),
        columns.start(column.userAgent),
        columns.end(column.userAgent),
        'raw',
        report.startMs,
      );
      return;
    }
    const address = columns.text(column.address);
    const list = columns.has(column.forwardedFor) ? `${columns.text(column.forwardedFor)},${address}` : address;
    report.client = clients.lookup(list, columns.text(column.userAgent), report.startMs);
  }
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= LOWER_A && lower <= LOWER_Z;
}
