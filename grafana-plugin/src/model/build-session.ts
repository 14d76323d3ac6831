import { ATTR } from '../contract.gen';
import { bufferPoints } from './buffer';
import { incidentsOf } from './incidents';
import { factsOf, missingSides, notesOf } from './notes';
import { playerStates } from './player-states';
import { pushTo } from './push-to';
import { renditionsOf } from './renditions';
import { type Request, wholeRequests } from './request';
import { type CdnRow, type PlayerError, type SessionModel, type Stretch } from './session-model';
import { listOf, numberOf, type Span, textOf } from './span';

/** One session from its spans, which may come from several traces and lack any part. */
export function buildSession(id: string, spans: readonly Span[]): SessionModel {
  const root = newestRoot(spans);
  const requests = wholeRequests(spans);
  const stretches = spans.filter(({ name }) => name === 'requests').map(stretchFrom);
  const { startMs, endMs } = extentOf(spans);
  const traceIds = [...new Set(spans.map(({ traceId }) => traceId))];
  const known = { spans, requests, stretches, traceIds, ...(root && { root }) };
  const missing = missingSides(known);
  const isLive = root === undefined || textOf(root, ATTR.outcome) === 'in_progress';
  const states = playerStates(spans, { startMs, endMs, isInferred: missing.has('player'), ...(root && { root }) });
  return {
    id,
    traceIds,
    ...(root && { root }),
    startMs,
    endMs,
    isLive,
    facts: factsOf({ id, ...(root && { root }) }),
    missing,
    states,
    buffer: bufferPoints(requests, states),
    renditions: renditionsOf(spans, requests, startMs),
    requests,
    cdns: cdnRows(requests, stretches),
    stretches,
    incidents: incidentsOf(spans, requests),
    errors: playerErrors(spans),
    notes: notesOf(known, missing, isLive),
  };
}

/** A long session writes its span again and again under one id; the longest knows most. */
function newestRoot(spans: readonly Span[]): Span | undefined {
  let newest: Span | undefined;
  for (const span of spans) {
    if (span.name === 'session' && (newest === undefined || span.endMs > newest.endMs)) {
      newest = span;
    }
  }
  return newest;
}

function extentOf(spans: readonly Span[]): { startMs: number; endMs: number } {
  let startMs = Infinity;
  let endMs = -Infinity;
  for (const span of spans) {
    startMs = Math.min(startMs, span.startMs);
    endMs = Math.max(endMs, span.endMs);
  }
  return { startMs, endMs: Math.max(endMs, startMs + 1) };
}

function stretchFrom(span: Span): Stretch {
  return {
    startMs: span.startMs,
    endMs: span.endMs,
    requests: numberOf(span, ATTR.requestCount),
    errors: numberOf(span, ATTR.requestErrors),
    hits: numberOf(span, ATTR.hits),
    cdns: listOf(span, ATTR.cdns),
    span,
  };
}

/** One row per CDN, in the order the session met them. What only an upstream told is in the lanes of upstreams. */
function cdnRows(requests: readonly Request[], stretches: readonly Stretch[]): CdnRow[] {
  const rows = new Map<string, Request[]>();
  for (const request of requests) {
    const [{ tier }] = request.halves;
    if (tier !== 'player' && tier !== 'edge') {
      continue;
    }
    pushTo(rows, request.cdn, request);
  }
  for (const cdn of stretches.flatMap(({ cdns }) => cdns)) {
    if (!rows.has(cdn)) {
      rows.set(cdn, []);
    }
  }
  return [...rows].map(([name, of]) => ({ name, requests: of }));
}

/** Exceptions players record on their spans. */
function playerErrors(spans: readonly Span[]): PlayerError[] {
  return spans.flatMap((span) =>
    span.events
      .filter(({ name }) => name === 'exception' || name === 'error')
      .map(({ atMs, name, fields }) => ({
        atMs,
        text: String(fields.get('exception.message') ?? fields.get('message') ?? name),
        span,
      }))
  );
}
