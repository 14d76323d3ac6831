import { RequestReport } from '../model/request.ts';
import type { Delivery } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';
import { UrlScrubber } from '../privacy/scrub.ts';
import { cacheStatusOf } from './cache-status.ts';
import { CLOUDFRONT_FIELDS, CMCD_COLUMN_KEYS, CLOUDFRONT_COLUMN as column } from './cloudfront-columns.ts';
import type { Decoded, FormatSettings } from './format.ts';
import { ByteBlock } from './parse/byte-block.ts';
import { knownWords } from './parse/byte-interner.ts';
import { Columns } from './parse/columns.ts';
import { secondsToMs } from './parse/decimal.ts';
import { DelimitedFields } from './parse/delimited.ts';
import { RecordFingerprint } from './parse/fingerprint.ts';
import { referrerIn } from './parse/referrer.ts';
import { settleReport } from './parse/settle-report.ts';
import { dateMs, timeMs, timestampMs, timestampPrecisionMs } from './parse/timestamp.ts';
import { readTraceparent } from './parse/trace-context.ts';
import { UrlReader } from './parse/url-reader.ts';

/** Detailed result types that say what went wrong beside the status. */
const ERROR_TYPES: ReadonlyMap<string, string> = new Map([
  ['ClientCommError', 'client_abort'],
  ['ClientHungUpRequest', 'client_abort'],
  ['OriginCommError', 'timeout'],
  ['OriginConnectError', 'origin_connect'],
  ['OriginDnsError', 'origin_dns'],
]);
/** Results that only the detailed column knows. */
const DETAILED_CACHE_WORDS = new Set(['OriginShieldHit', 'MissGeneratedResponse']);
const TRACEPARENT_HEADER = /(?:^|%0A|\n)traceparent:(?:%20| )*([0-9a-f]{2}-[0-9a-f-]{52})/i;

/**
 * What all CloudFront logs have in common once their columns are found: standard v1 and v2, text and JSON, real-time.
 * Escaping: CloudFront percent-encodes what it logs, `%` included, so a CMCD query is encoded twice.
 * HOT PATH: runs for every line. Bench: test/bench/decode.ts.
 */
export class CloudFrontRecord {
  readonly columns = new Columns(CLOUDFRONT_FIELDS.count);
  readonly report = new RequestReport();
  readonly fingerprint = new RecordFingerprint();
  readonly #settings: FormatSettings;
  readonly #urls: UrlReader;
  readonly #isRealtime: boolean;
  readonly #hints = { country: '', region: '', asn: Number.NaN, isBot: false };
  readonly #composed = new ByteBlock();
  #isQueryRead = false;
  // The date column of the last line, as words, and what it says.
  #lastYear = 0;
  #lastMonth = 0;
  #lastDay = 0;
  #lastDayMs: UnixMs = Number.NaN;

  constructor(settings: FormatSettings, isRealtime: boolean) {
    this.#settings = settings;
    this.#urls = new UrlReader(settings.sessionPattern, new UrlScrubber(settings.secrets));
    this.#isRealtime = isRealtime;
  }

  /** The columns of a log with these fields, in its order. */
  fieldsOf(names: readonly string[]): DelimitedFields {
    const { columns } = this;
    const order = names.map((name) => {
      const known = CLOUDFRONT_FIELDS.of(name);
      return known < 0 ? columns.unused : known;
    });
    if (this.#isRealtime) return new DelimitedFields(columns, order);
    // The query of a tab-delimited line is read where it stands: it ends at the tab.
    return new DelimitedFields(columns, order, {
      column: column.query,
      read: (start, end) => {
        this.#isQueryRead = true;
        return this.#urls.readQuery(columns.line, start, end, 'percent', this.report);
      },
    });
  }

  /** A record begins; its query may be read before `fill` is called. */
  begin(delivery: Delivery): void {
    const { report } = this;
    report.clear();
    report.source = delivery.source;
    report.receivedMs = delivery.receivedMs;
    this.#isQueryRead = false;
  }

  /** Fills the report from the columns of the line at `start`. */
  fill(start: number, end: number, delivery: Delivery): Decoded {
    const { columns, report } = this;
    const endMs = this.#endMs();
    if (Number.isNaN(endMs))
      return columns.has(column.date) || columns.has(column.timestamp) ? 'bad_time' : 'missing_time';
    if (!columns.has(column.stem)) return 'missing_request';

    report.durationMs = secondsToMs(columns.number(column.timeTaken));
    report.ttfbMs = secondsToMs(columns.number(column.ttfb));
    report.startMs = report.durationMs > 0 ? endMs - report.durationMs : endMs;
    report.method = columns.shared(column.method, knownWords);
    report.scheme = columns.shared(column.protocol, knownWords);
    // The two logs swap the viewer's host and the distribution's.
    const viewerHost = columns.has(column.hostHeader) !== this.#isRealtime ? column.hostHeader : column.host;
    report.host = columns.shared(
      columns.has(viewerHost) ? viewerHost : column.host + column.hostHeader - viewerHost,
      knownWords,
    );
    report.pop = columns.shared(column.location, knownWords);
    report.contentType = columns.shared(column.contentType, knownWords);
    report.totalBytes = columns.number(column.totalBytes);
    report.requestId = columns.text(column.requestId);
    this.#fillUrl();
    this.#fillOutcome();
    this.#fillClient();
    const id = columns.has(column.requestId);
    const from = id ? columns.start(column.requestId) : start;
    const to = id ? columns.end(column.requestId) : end;
    if (id) this.fingerprint.ofId(delivery.source, columns.block(column.requestId), from, to, report);
    else this.fingerprint.ofLine(delivery.source, columns.line, from, to, report);
    return settleReport(report);
  }

  /** CloudFront writes its line, and its time, when the response is over. */
  #endMs(): UnixMs {
    const { columns, report } = this;
    const precise = columns.has(column.timestampMs) ? column.timestampMs : column.timestamp;
    if (columns.has(precise)) {
      const bytes = columns.bytes(precise);
      report.precisionMs = timestampPrecisionMs(bytes, columns.start(precise), columns.end(precise));
      return timestampMs(bytes, columns.start(precise), columns.end(precise));
    }
    report.precisionMs = 1000;
    if (
      columns.end(column.date) - columns.start(column.date) !== 10 ||
      columns.end(column.time) - columns.start(column.time) < 8
    ) {
      return Number.NaN;
    }
    return this.#dayMs() + timeMs(columns.bytes(column.time), columns.start(column.time));
  }

  /** Midnight of the ten bytes of `date`, which is that of the last line but for one line a day. */
  #dayMs(): UnixMs {
    const block = this.columns.block(column.date);
    const start = this.columns.start(column.date);
    const year = block.view.getInt32(start);
    const month = block.view.getInt32(start + 4);
    const day = block.view.getInt16(start + 8);
    if (year !== this.#lastYear || month !== this.#lastMonth || day !== this.#lastDay) {
      this.#lastYear = year;
      this.#lastMonth = month;
      this.#lastDay = day;
      this.#lastDayMs = dateMs(block.bytes, start);
    }
    return this.#lastDayMs;
  }

  #fillUrl(): void {
    const { columns, report } = this;
    const urls = this.#urls;
    const stem = columns.block(column.stem);
    if (this.#isRealtime)
      urls.readTarget(stem, columns.start(column.stem), columns.end(column.stem), 'percent', report);
    else urls.readPath(stem, columns.start(column.stem), columns.end(column.stem), 'percent', report);
    // The real-time stem usually holds the query already.
    if (!this.#isQueryRead && columns.has(column.query) && report.query === '' && report.cmcd.sid === '') {
      urls.readQuery(
        columns.block(column.query),
        columns.start(column.query),
        columns.end(column.query),
        'percent',
        report,
      );
    }
    if (this.#isRealtime) {
      if (report.cmcd.sid === '') this.#readCmcdColumns();
      if (columns.has(column.headers)) this.#readHeaders();
    }
    urls.finish(report);
  }

  #fillOutcome(): void {
    const { columns, report } = this;
    const status = columns.number(column.status);
    report.status = status > 0 ? status : Number.NaN;
    const result = columns.shared(column.result, knownWords);
    const response = columns.shared(column.responseResult, knownWords);
    const detailed = columns.shared(column.detailedResult, knownWords);
    const isAborted = result === 'Error' && response !== '' && response !== 'Error';
    const isDetailed = detailed !== result && DETAILED_CACHE_WORDS.has(detailed);
    report.cacheStatusRaw = isAborted ? response : isDetailed ? detailed : result;
    report.cacheStatus = cacheStatusOf('cloudfront', report.cacheStatusRaw);
    if (isAborted || !(status > 0)) report.errorType = 'client_abort';
    else if (result === 'Error') report.errorType = ERROR_TYPES.get(detailed) ?? '';
    report.isComplete = report.errorType !== 'client_abort';
    if (status === 206) report.rangeFirstByte = columns.number(column.rangeStart);
    if (report.isComplete && report.method !== 'HEAD') report.bodyBytes = columns.number(column.contentLength);
    if (columns.has(column.originTtfb)) {
      report.upstreamTtfbMs = secondsToMs(columns.number(column.originTtfb));
      report.upstreamDurationMs = secondsToMs(columns.number(column.originDuration));
      // An origin that sent a first byte sent the status as well.
      report.isGeneratedUpstream = status >= 400 && report.upstreamTtfbMs >= 0;
    }
  }

  #fillClient(): void {
    const { columns, report } = this;
    const { clients } = this.#settings;
    const hints = this.#hints;
    report.referrer = referrerIn(columns, column.referrer);
    hints.country = columns.has(column.country) ? columns.shared(column.country, knownWords).toUpperCase() : '';
    hints.asn = columns.has(column.asn) ? columns.number(column.asn) : Number.NaN;
    if (columns.has(column.forwardedFor) || columns.block(column.clientIp) !== columns.block(column.userAgent)) {
      const forwarded = columns.text(column.forwardedFor);
      const address = columns.text(column.clientIp);
      const [block, from, to] = [
        columns.block(column.userAgent),
        columns.start(column.userAgent),
        columns.end(column.userAgent),
      ];
      const list = Buffer.from(forwarded === '' ? address : `${forwarded.replace(/%20/g, '')},${address}`);
      const bytes = Buffer.concat([list, block.bytes.subarray(from, to)]);
      report.client = clients.lookupBytes(
        bytes,
        0,
        list.length,
        list.length,
        bytes.length,
        'percent',
        report.startMs,
        hints,
      );
      return;
    }
    report.client = clients.lookupBytes(
      columns.bytes(column.clientIp),
      columns.start(column.clientIp),
      columns.end(column.clientIp),
      columns.start(column.userAgent),
      columns.end(column.userAgent),
      'percent',
      report.startMs,
      hints,
    );
  }

  /** Writes the CMCD columns as one payload, which the scanner reads like any other. */
  #readCmcdColumns(): void {
    const { columns, report } = this;
    let payload = '';
    for (const key of CMCD_COLUMN_KEYS) {
      const text = columns.text(column[key]);
      if (text === '' || text === 'false' || text === '0') continue;
      if (key === 'bs' || key === 'su') payload += `${key},`;
      else if (key === 'sid' || key === 'cid') payload += `${key}="${text.replace(/^(?:"|%22)|(?:"|%22)$/g, '')}",`;
      else payload += `${key}=${text},`;
    }
    if (payload === '') return;
    const bytes = Buffer.from(payload);
    this.#composed.use(bytes);
    this.#urls.cmcd.scanQuery(this.#composed, 0, bytes.length, report.cmcd);
  }

  /** `name:value%0A…`, cut at 800 bytes. */
  #readHeaders(): void {
    const found = TRACEPARENT_HEADER.exec(this.columns.text(column.headers))?.[1];
    if (found === undefined) return;
    const bytes = Buffer.from(found);
    this.#composed.use(bytes);
    readTraceparent(this.#composed, 0, bytes.length, this.report);
  }
}
