import { ATTR } from '../contract.gen';
import { type Request } from './request';
import { type Incident } from './session-model';
import { numberOf, type Span, textOf } from './span';

/** Incidents in order of time, each with the requests that prove it. */
export function incidentsOf(spans: readonly Span[], requests: readonly Request[]): Incident[] {
  const requestOf = new Map<string, string>();
  for (const request of requests) {
    for (const { span } of request.halves) {
      requestOf.set(span.spanId, request.id);
    }
  }
  return spans
    .filter((span) => isIncident(span))
    .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs)
    .map((span, index) => incidentFrom(span, index + 1, requestOf));
}

function isIncident(span: Span): boolean {
  const isNamed = span.name === 'incident' || span.name === 'failover';
  // A seek's stall has no verdict; it is a state, not an incident.
  return isNamed || (span.name === 'stall' && textOf(span, ATTR.verdict) !== '');
}

function incidentFrom(span: Span, number: number, requestOf: ReadonlyMap<string, string>): Incident {
  const known = span.links.map((id) => requestOf.get(id)).filter((id) => id !== undefined);
  const from = textOf(span, ATTR.failoverFrom);
  return {
    id: span.spanId,
    number,
    kind: textOf(span, ATTR.incidentKind) || span.name,
    startMs: span.startMs,
    endMs: span.endMs,
    verdict: textOf(span, ATTR.verdict) || 'unknown',
    confidence: numberOf(span, ATTR.verdictConfidence),
    sentence: textOf(span, ATTR.verdictSentence),
    ...(from !== '' && {
      failover: {
        from,
        to: textOf(span, ATTR.failoverTo),
        reason: textOf(span, ATTR.failoverReason),
        result: textOf(span, ATTR.failoverResult),
      },
    }),
    evidence: new Set(known),
    missingEvidence: span.links.length - known.length,
    span,
  };
}
