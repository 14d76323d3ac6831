import { ATTR } from '../contract.gen';
import { SessionSpans, type Trace } from './session-spans';
import { type Span, textOf } from './span';

/** The spans of each session, in the order the sessions began. Chapter traces of one session come together. */
export function groupSessions(spans: readonly Span[]): Array<readonly [id: string, spans: SessionSpans]> {
  const sessions: Session[] = [];
  for (const [traceId, trace] of newestCopies(spans)) {
    const id = idOf(trace) || traceId;
    const content = contentOf(trace);
    // A player may use one id for several contents, each its own session. A chapter without its root does not tell.
    const known = sessions.find(
      (other) => other.id === id && (content === '' || other.content === '' || other.content === content)
    );
    if (known === undefined) {
      sessions.push({ id, content, traces: [trace] });
    } else {
      known.traces.push(trace);
      known.content = known.content || content;
    }
  }
  return sessions
    .map(({ id, traces }) => [id, new SessionSpans(traces)] as const)
    .sort(([, a], [, b]) => a.startMs - b.startMs);
}

type Session = { readonly id: string; content: string; readonly traces: Trace[] };

/** Redelivery writes a span again under its id; the copy that ends last is the newest. */
function newestCopies(spans: readonly Span[]): ReadonlyMap<string, Trace> {
  const traces = new Map<string, Map<string, Span>>();
  for (const span of spans) {
    let trace = traces.get(span.traceId);
    if (trace === undefined) {
      trace = new Map();
      traces.set(span.traceId, trace);
    }
    const known = trace.get(span.spanId);
    if (known === undefined || span.endMs > known.endMs) {
      trace.set(span.spanId, span);
    }
  }
  return traces;
}

function idOf(trace: Trace): string {
  for (const span of trace.values()) {
    const id = textOf(span, ATTR.sessionId);
    if (id !== '') {
      return id;
    }
  }
  return '';
}

function contentOf(trace: Trace): string {
  for (const span of trace.values()) {
    if (span.name === 'session') {
      return textOf(span, ATTR.contentId);
    }
  }
  return '';
}
