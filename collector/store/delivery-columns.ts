import type { JoinMethod } from '../model/joined-request.ts';
import type { RequestReport } from '../model/request.ts';

/** One log line and what correlation made of it. */
export type DeliveryFacts = {
  readonly report: RequestReport;
  /** '' for a line of no session. */
  readonly traceId: string;
  /** How it was joined to the half below it; '' when it stands alone. */
  readonly joinedBy: JoinMethod | '';
};

type Cell = (facts: DeliveryFacts) => unknown;

/** The columns of `deliveries` that the collector writes; the migrations create the same. JSON has no NaN: it is null. */
export const DELIVERY_COLUMNS: readonly (readonly [name: string, cell: Cell])[] = [
  ['tenant', ({ report }) => report.source.tenant],
  ['at', ({ report }) => Math.round(report.startMs)],
  ['uid', ({ report }) => uidOf(report)],
  ['trace_id', ({ traceId }) => traceId],
  ['source', ({ report }) => report.source.name],
  ['tier', ({ report }) => report.source.tier],
  ['server', ({ report }) => report.source.emitter],
  ['pop', ({ report }) => report.pop],
  ['method', ({ report }) => report.method],
  ['scheme', ({ report }) => report.scheme],
  ['host', ({ report }) => report.host],
  ['path', ({ report }) => report.path],
  ['query', ({ report }) => report.query],
  ['object_type', ({ report }) => report.objectType],
  ['content_type', ({ report }) => report.contentType],
  ['status', ({ report }) => report.status],
  ['error_type', ({ report }) => report.errorType],
  ['is_complete', ({ report }) => report.isComplete],
  ['cache_status', ({ report }) => report.cacheStatus],
  ['cache_word', ({ report }) => report.cacheStatusRaw],
  ['ttfb_seconds', ({ report }) => report.ttfbMs / 1000],
  ['request_seconds', ({ report }) => report.durationMs / 1000],
  ['upstream_ttfb_seconds', ({ report }) => report.upstreamTtfbMs / 1000],
  ['upstream_status', ({ report }) => report.upstreamStatus],
  ['body_bytes', ({ report }) => report.bodyBytes],
  ['wire_bytes', ({ report }) => report.totalBytes],
  ['request_id', ({ report }) => report.requestId],
  ['parent_request_id', ({ report }) => report.parentRequestId],
  ['joined_by', ({ joinedBy }) => joinedBy],
  ['device_id', ({ report }) => report.client?.deviceKey ?? ''],
  ['network', ({ report }) => report.client?.network ?? ''],
  ['country', ({ report }) => report.client?.country ?? ''],
  ['region', ({ report }) => report.client?.region ?? ''],
  ['referrer', ({ report }) => report.referrer],
  ['range_first_byte', ({ report }) => report.rangeFirstByte],
  ['asn', ({ report }) => report.client?.asn || 0],
  ['software', ({ report }) => report.client?.software ?? ''],
  ['device_class', ({ report }) => report.client?.deviceClass ?? ''],
  ['is_bot', ({ report }) => report.client?.isBot ?? false],
  ['weight', ({ report }) => 1 / report.source.sampleRate],
];

/** A row as the store reads it. */
export function deliveryLine(facts: DeliveryFacts): string {
  return JSON.stringify(DELIVERY_COLUMNS.map(([, cell]) => cell(facts)));
}

/** 64 bits in decimal: JSON's numbers end at 53. */
function uidOf({ uidHigh, uidLow }: RequestReport): string {
  return ((BigInt(uidHigh >>> 0) << 32n) | BigInt(uidLow >>> 0)).toString();
}
