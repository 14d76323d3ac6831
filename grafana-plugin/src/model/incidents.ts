import { ATTR } from '../contract.gen';
import { type Request } from './request';
import { type Incident } from './session-model';
import { type SessionSpans } from './session-spans';
import { numberOf, type Span, textOf } from './span';

/** Incidents in order of time, each with the requests that prove it. */
export function incidentsOf(spans: SessionSpans, requests: readonly Request[]): Incident[] {
  // A seek's stall has no verdict; it is a state, not an incident.
  const stalls = spans.named('stall').filter((span) => textOf(span, ATTR.verdict) !== '');
  const told = [...spans.named('incident', 'failover'), ...stalls];
  const requestOf = requestsById(new Set(told.flatMap(({ links }) => links)), requests);
  return told
    .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs)
    .map((span, index) => incidentFrom(span, index + 1, requestOf));
}

/** Which request each of the wanted halves belongs to: a few of many. */
function requestsById(wanted: ReadonlySet<string>, requests: readonly Request[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { id, halves } of wanted.size === 0 ? [] : requests) {
    for (const { span } of halves) {
      if (wanted.has(span.spanId)) {
        found.set(span.spanId, id);
      }
    }
  }
  return found;
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
    // `unknown` is a verdict; a search that did not ask for it has none.
    verdict: textOf(span, ATTR.verdict) || 'verdict not told',
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
