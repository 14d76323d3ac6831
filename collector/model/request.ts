import type { Client } from './client.ts';
import { Cmcd } from './cmcd.ts';
import type { JoinMethod } from './joined-request.ts';
import type { CacheStatus, ObjectType } from './media.ts';
import type { Source } from './source.ts';
import type { UnixMs } from './time.ts';

/** What the log's time column means; `startMs` is already corrected for it. */
export type TimeBasis = 'start' | 'end' | 'close';

/**
 * One party's report of one HTTP exchange: a *half* of a request. A log line, a CMCD `rr` event, a Resource
 * Timing entry and a player's HTTP span all become this.
 *
 * Mutable because decoding a line must not allocate: a decoder owns one instance and fills it again for every
 * line; whoever keeps it past the call copies it. Absent numbers are NaN, absent strings '': never 0 or '-'.
 */
export class RequestReport {
  readonly kind = 'request';
  source!: Source;
  receivedMs: UnixMs = Number.NaN;

  startMs: UnixMs = Number.NaN;
  /** Request received (or sent, for a player) → last byte. */
  durationMs = Number.NaN;
  /** Request received (or sent) → first byte. */
  ttfbMs = Number.NaN;
  /** Resolution of `startMs`: 1000 for logs that write whole seconds. */
  precisionMs = 1;

  method = '';
  scheme = '';
  host = '';
  path = '';
  /** Query as sent, without CMCD, rid and secrets. */
  query = '';
  /** NaN when no response was sent (CloudFront `000`, Akamai `0`). */
  status = Number.NaN;
  /** Body bytes actually sent. */
  bodyBytes = Number.NaN;
  /** Everything on the wire, where the log says so. */
  totalBytes = Number.NaN;
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
  upstreamTtfbMs = Number.NaN;
  upstreamDurationMs = Number.NaN;
  upstreamStatus = Number.NaN;

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
    this.receivedMs = Number.NaN;
    this.startMs = Number.NaN;
    this.durationMs = Number.NaN;
    this.ttfbMs = Number.NaN;
    this.precisionMs = 1;
    this.method = '';
    this.scheme = '';
    this.host = '';
    this.path = '';
    this.query = '';
    this.status = Number.NaN;
    this.bodyBytes = Number.NaN;
    this.totalBytes = Number.NaN;
    this.contentType = '';
    this.objectType = 'other';
    this.errorType = '';
    this.isComplete = true;
    this.isGeneratedUpstream = false;
    this.cacheStatus = '';
    this.cacheStatusRaw = '';
    this.pop = '';
    this.upstreamTtfbMs = Number.NaN;
    this.upstreamDurationMs = Number.NaN;
    this.upstreamStatus = Number.NaN;
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
