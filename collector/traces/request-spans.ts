import { spanIdOfNumbers } from '../model/ids.ts';
import type { JoinedRequest, ServerHalf } from '../model/joined-request.ts';
import type { RequestReport } from '../model/request.ts';
import { ATTR } from '../model/semconv.ts';
import type { SessionRef } from '../model/session.ts';
import type { Span } from '../model/span.ts';
import type { UnixMs } from '../model/time.ts';
import { AttributeList } from './attributes.ts';

const NOTHING: readonly never[] = [];

/**
 * Hands `sink` the spans of one request: player, edge, shield, origin, each under the half below it, all under the
 * session. HOT PATH: most exported spans are these.
 */
export function requestSpans(
  session: SessionRef,
  sessionSpanId: string,
  request: JoinedRequest,
  sink: (span: Span) => void,
): void {
  const { player, edge, shield, origin } = request;
  let parent: Span | null = null;
  if (player) {
    parent = playerSpan(session, sessionSpanId, request, player);
    sink(parent);
  }
  if (edge) {
    parent = serverSpan(session, sessionSpanId, parent, 'edge', edge, request);
    sink(parent);
  }
  if (shield) {
    parent = serverSpan(session, sessionSpanId, parent, 'shield', shield, request);
    sink(parent);
  }
  if (origin) sink(serverSpan(session, sessionSpanId, parent, 'origin', origin, request));
}

function playerSpan(session: SessionRef, parentSpanId: string, request: JoinedRequest, report: RequestReport): Span {
  const attributes = new AttributeList()
    .text(ATTR.sessionId, session.sessionId)
    .text(ATTR.method, report.method || 'GET')
    .text(ATTR.urlFull, urlOf(report))
    .text(ATTR.urlPath, report.path)
    .text(ATTR.serverAddress, report.host)
    .number(ATTR.status, report.status > 0 ? report.status : Number.NaN)
    .number(ATTR.bodySize, report.bodyBytes)
    .seconds(ATTR.playerTtfb, report.ttfbMs)
    .text(ATTR.cdnName, request.cdn);
  media(attributes, request, report);
  const isFailed = report.status >= 400 || report.errorType !== '';
  attributes.text(ATTR.errorType, isFailed ? report.errorType || String(report.status) : '');
  return {
    traceId: session.traceId,
    spanId: request.spanId,
    parentSpanId,
    name: 'request',
    kind: 'client',
    service: 'player',
    tenant: session.tenant,
    startMs: request.startMs,
    endMs: request.endMs,
    attributes: attributes.pairs,
    events: NOTHING,
    links: playerLink(session, report),
    error: isFailed ? errorText(report) : '',
  };
}

/** A player that exports spans of its own keeps its trace; ours points at it. */
function playerLink(session: SessionRef, report: RequestReport): Span['links'] {
  if (report.traceId === '' || report.spanId === '' || report.traceId === session.traceId) return NOTHING;
  return [{ traceId: report.traceId, spanId: report.spanId, attributes: [] }];
}

function serverSpan(
  session: SessionRef,
  sessionSpanId: string,
  parent: Span | null,
  tier: 'edge' | 'shield' | 'origin',
  { report, joinMethod, joinConfidence }: ServerHalf,
  request: JoinedRequest,
): Span {
  const method = joinMethod || report.sessionJoin || 'sid+time';
  const attributes = new AttributeList()
    .text(ATTR.sessionId, session.sessionId)
    .text(ATTR.cdnName, report.source.emitter)
    .text(ATTR.cdnTier, tier)
    .text(ATTR.cdnPop, report.pop)
    .text(ATTR.method, report.method)
    .text(ATTR.urlPath, report.path)
    .text(ATTR.urlQuery, report.query)
    .text(ATTR.serverAddress, report.host)
    .number(ATTR.status, report.status > 0 ? report.status : Number.NaN)
    .text(ATTR.cacheStatus, report.cacheStatus)
    .text(ATTR.cacheStatusRaw, report.cacheStatusRaw)
    .text(ATTR.cdnRequestId, report.requestId)
    .number(ATTR.bodySize, report.bodyBytes)
    .seconds(ATTR.ttfb, report.ttfbMs)
    .seconds(ATTR.upstreamTtfb, report.upstreamTtfbMs)
    .text(ATTR.completion, report.isComplete ? '' : 'false')
    .text(ATTR.joinMethod, method)
    .number(ATTR.joinConfidence, joinMethod === '' ? 0.9 : joinConfidence);
  if (report.status >= 500) attributes.text(ATTR.generatedBy, report.isGeneratedUpstream ? above(tier) : tier);
  media(attributes, request, report);
  const isFailed = report.status >= 500 || report.errorType !== '';
  attributes.text(ATTR.errorType, isFailed ? report.errorType || String(report.status) : '');
  const fitted = fitInto(report, parent);
  if (fitted.isClipped) attributes.text(ATTR.clockClipped, 'true');
  return {
    traceId: session.traceId,
    spanId: serverSpanIdOf(session, report, request),
    parentSpanId: parent?.spanId ?? sessionSpanId,
    name: tier,
    kind: 'server',
    service: report.source.emitter,
    tenant: session.tenant,
    startMs: fitted.startMs,
    endMs: fitted.endMs,
    attributes: attributes.pairs,
    events: NOTHING,
    links: NOTHING,
    error: isFailed ? errorText(report) : '',
  };
}

function serverSpanIdOf(session: SessionRef, report: RequestReport, request: JoinedRequest): string {
  const isOutermost = !request.player && (request.edge ?? request.shield ?? request.origin)?.report === report;
  if (isOutermost) return request.spanId;
  return spanIdOfNumbers(session.traceId, report.source.tier, report.uidHigh, report.uidLow);
}

/**
 * Server time is right but coarse, and an edge goes on filling its cache after the viewer has left (players.md):
 * a child is fitted into its parent and says so, instead of stretching it.
 */
function fitInto(report: RequestReport, parent: Span | null): { startMs: UnixMs; endMs: UnixMs; isClipped: boolean } {
  const startMs = report.startMs;
  const endMs = Number.isNaN(report.durationMs) ? startMs : startMs + report.durationMs;
  if (!parent) return { startMs, endMs, isClipped: false };
  const fittedStart = Math.min(Math.max(startMs, parent.startMs), parent.endMs);
  const fittedEnd = Math.min(Math.max(endMs, fittedStart), parent.endMs);
  const isClipped = Math.abs(fittedStart - startMs) > 0.5 || Math.abs(fittedEnd - endMs) > 0.5;
  return { startMs: fittedStart, endMs: fittedEnd, isClipped };
}

function media(attributes: AttributeList, request: JoinedRequest, report: RequestReport): void {
  const { cmcd } = report;
  attributes
    .text(ATTR.objectType, request.objectType)
    .text(ATTR.contentId, cmcd.cid)
    .text(ATTR.streamType, cmcd.streamType)
    .kbps(ATTR.renditionBitrate, cmcd.bitrateKbps)
    .seconds(ATTR.objectDuration, cmcd.objectDurationMs)
    .seconds(ATTR.bufferLength, cmcd.bufferMs)
    .kbps(ATTR.measuredThroughput, cmcd.measuredKbps)
    .seconds(ATTR.deadline, cmcd.deadlineMs)
    .text(ATTR.playerState, cmcd.state)
    .text(ATTR.isStarved, cmcd.isStarved ? 'true' : '');
}

function urlOf(report: RequestReport): string {
  if (report.host === '') return '';
  const query = report.query === '' ? '' : `?${report.query}`;
  return `${report.scheme || 'https'}://${report.host}${report.path}${query}`;
}

function errorText(report: RequestReport): string {
  return report.status >= 400 ? `HTTP ${report.status}` : report.errorType;
}

function above(tier: 'edge' | 'shield' | 'origin'): string {
  return tier === 'edge' ? 'upstream' : 'origin';
}
