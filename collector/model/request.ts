import type { Client } from './client.ts';
import { Cmcd } from './cmcd.ts';
import type { JoinMethod } from './joined-request.ts';
import type { CacheStatus, ObjectType } from './media.ts';
import { blankNumbers, copyNumbers, keepInNumbers } from './numbers.ts';
import type { Source } from './source.ts';
import type { UnixMs } from './time.ts';

/** What the log's time column means; `startMs` is already corrected for it. */
export type TimeBasis = 'start' | 'end' | 'close';

/**
 * The numbers of a report, in the order in which `numbers` holds them. What every line has stands before what few
 * have, so that whoever keeps many reports can keep the first part alone.
 */
export const REPORT_NUMBERS = [
  'startMs',
  'durationMs',
  'receivedMs',
  'precisionMs',
  'ttfbMs',
  'status',
  'bodyBytes',
  'totalBytes',
  'upstreamTtfbMs',
  'upstreamDurationMs',
  'upstreamStatus',
  'rangeFirstByte',
] as const satisfies readonly (keyof RequestReport)[];
const NO_NUMBERS = blankNumbers(REPORT_NUMBERS, { precisionMs: 1 });

/**
 * One party's report of one HTTP exchange: a *half* of a request. A log line, a CMCD `rr` event, a Resource
 * Timing entry and a player's HTTP span all become this.
 *
 * Mutable because decoding a line must not allocate: a decoder owns one instance and fills it again for every
 * line; whoever keeps it past the call copies it. Absent numbers are NaN, absent strings '': never 0 or '-'.
 */
export class RequestReport {
  readonly kind = 'request';
  /** What `REPORT_NUMBERS` names, in that order. */
  readonly numbers: number[] = NO_NUMBERS.slice();
  source!: Source;
  declare receivedMs: UnixMs;

  declare startMs: UnixMs;
  /** Request received (or sent, for a player) → last byte. */
  declare durationMs: number;
  /** Request received (or sent) → first byte. */
  declare ttfbMs: number;
  /** Resolution of `startMs`: 1000 for logs that write whole seconds. */
  declare precisionMs: number;

  method = '';
  scheme = '';
  host = '';
  path = '';
  /** Query as sent, without CMCD, rid and secrets. */
  query = '';
  /** NaN when no response was sent (CloudFront `000`, Akamai `0`). */
  declare status: number;
  /** Body bytes actually sent. */
  declare bodyBytes: number;
  /** Everything on the wire, where the log says so. */
  declare totalBytes: number;
  contentType = '';
  objectType: ObjectType = 'other';
  /** OTel `error.type`: `client_abort, timeout, no_response, origin_connect …`; '' when the exchange completed. */
  errorType = '';
  /** False when the last byte was not delivered, whoever left first. */
  isComplete = true;
  /** The edge passed on a status the tier above it had made. */
  isGeneratedUpstream = false;

  cacheStatus: CacheStatus = '';
  cacheStatusRaw = '';
  pop = '';
  /** The tier above: first byte and last byte as this tier saw them. */
  declare upstreamTtfbMs: number;
  declare upstreamDurationMs: number;
  declare upstreamStatus: number;
  /** Position in the object of the first byte that a 206 sent, where the log says so. */
  declare rangeFirstByte: number;

  /** Host of the page that asked for it, from `Referer`. */
  referrer = '';

  /** Id of this exchange in its own log (x-edge-request-id, RayID, nginx $request_id). */
  requestId = '';
  /** Id that came with the request from the tier below (X-Request-ID, ParentRayID). */
  parentRequestId = '';
  /** Player nonce from `?rid=`, 16 hex digits. */
  rid = '';
  /** W3C trace context of the request, hex, '' when absent. */
  traceId = '';
  parentSpanId = '';
  /** Span id of the player's own HTTP span, when the report is one. */
  spanId = '';
  /** Session id that is not CMCD's: MediaTailor, Wowza, a configured path or query pattern, a beacon's. */
  sessionId = '';

  /** How the session was found when the record named none; '' when it named its own. Set by correlation. */
  sessionJoin: JoinMethod | '' = '';

  client: Client | null = null;
  readonly cmcd = new Cmcd();
  /** 64-bit fingerprint of the record: equal for the same record delivered twice, different for two records. */
  uidHigh = 0;
  uidLow = 0;

  clear(): void {
    copyNumbers(NO_NUMBERS, this.numbers);
    this.method = '';
    this.scheme = '';
    this.host = '';
    this.path = '';
    this.query = '';
    this.contentType = '';
    this.objectType = 'other';
    this.errorType = '';
    this.isComplete = true;
    this.isGeneratedUpstream = false;
    this.cacheStatus = '';
    this.cacheStatusRaw = '';
    this.pop = '';
    this.referrer = '';
    this.requestId = '';
    this.parentRequestId = '';
    this.rid = '';
    this.traceId = '';
    this.parentSpanId = '';
    this.spanId = '';
    this.sessionId = '';
    this.sessionJoin = '';
    this.client = null;
    this.cmcd.clear();
    this.uidHigh = 0;
    this.uidLow = 0;
  }
}

keepInNumbers(RequestReport.prototype, REPORT_NUMBERS);
