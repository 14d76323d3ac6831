import { ATTR } from '../contract.gen';
import { bufferPoints } from './buffer';
import { incidentsOf } from './incidents';
import { factsOf, missingSides, notesOf } from './notes';
import { playerStates } from './player-states';
import { pushTo } from './push-to';
import { renditionsOf } from './renditions';
import { type Request, wholeRequests } from './request';
import { type CdnRow, type PlayerError, type SessionModel, type Stretch } from './session-model';
import { type SessionSpans } from './session-spans';
import { listOf, numberOf, type Span, textOf } from './span';

/** One session from its spans, which may come from several traces and lack any part, within the time it took. */
export function buildSession(
  id: string,
  spans: SessionSpans,
  { startMs, endMs }: Extent,
  isTable: boolean
): SessionModel {
  const root = newestRoot(spans);
  const requests = wholeRequests(spans);
  const stretches = spans.named('requests').map(stretchFrom);
  const known = { spans, requests, stretches, ...(root && { root }) };
  const missing = missingSides(known);
  const isLive = root === undefined ? !isTable : textOf(root, ATTR.outcome) === 'in_progress';
  const states = playerStates(spans, {
    startMs,
    // What a table adds to a session that told its end does not make it longer.
    endMs: root ? spans.endMs : endMs,
    isInferred: missing.has('player'),
    ...(root && { root }),
  });
  return {
    id,
    traceIds: spans.traceIds,
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

export type Extent = { readonly startMs: number; readonly endMs: number };

/** A long session writes its span again and again under one id; the longest knows most. */
function newestRoot(spans: SessionSpans): Span | undefined {
  let newest: Span | undefined;
  for (const span of spans.named('session')) {
    if (newest === undefined || span.endMs > newest.endMs) {
      newest = span;
    }
  }
  return newest;
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
function playerErrors(spans: SessionSpans): PlayerError[] {
  return spans.all
    .filter(({ events }) => events.length > 0)
    .flatMap((span) =>
      span.events
        .filter(({ name }) => name === 'exception' || name === 'error')
        .map(({ atMs, name, fields }) => ({
          atMs,
          text: String(fields.get('exception.message') ?? fields.get('message') ?? name),
          span,
        }))
    );
}
