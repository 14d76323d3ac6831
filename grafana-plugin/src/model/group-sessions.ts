import { ATTR } from '../contract.gen';
import { pushTo } from './push-to';
import { type Span, textOf } from './span';

/** The spans of each session, in the order the sessions began. Chapter traces of one session come together. */
export function groupSessions(spans: readonly Span[]): Array<readonly [id: string, spans: Span[]]> {
  const traces = new Map<string, Span[]>();
  for (const span of newestCopies(spans)) {
    pushTo(traces, span.traceId, span);
  }
  const sessions: Session[] = [];
  for (const [traceId, trace] of traces) {
    const id = idOf(trace) || traceId;
    const content = contentOf(trace);
    // A player may use one id for several contents, each its own session. A chapter without its root does not tell.
    const known = sessions.find(
      (other) => other.id === id && (content === '' || other.content === '' || other.content === content)
    );
    if (known === undefined) {
      sessions.push({ id, content, spans: trace });
    } else {
      known.spans.push(...trace);
      known.content = known.content || content;
    }
  }
  return sessions.map(({ id, spans: own }) => [id, own] as const).sort((a, b) => beginOf(a[1]) - beginOf(b[1]));
}

type Session = { readonly id: string; content: string; readonly spans: Span[] };

/** Redelivery writes a span again under its id; the copy that ends last is the newest. */
function newestCopies(spans: readonly Span[]): Iterable<Span> {
  const copies = new Map<string, Span>();
  for (const span of spans) {
    const key = `${span.traceId}${span.spanId}`;
    const known = copies.get(key);
    if (known === undefined || span.endMs > known.endMs) {
      copies.set(key, span);
    }
  }
  return copies.values();
}

function idOf(trace: readonly Span[]): string {
  for (const span of trace) {
    const id = textOf(span, ATTR.sessionId);
    if (id !== '') {
      return id;
    }
  }
  return '';
}

function contentOf(trace: readonly Span[]): string {
  return textOf(
    trace.find(({ name }) => name === 'session'),
    ATTR.contentId
  );
}

function beginOf(spans: readonly Span[]): number {
  return spans.reduce((begin, { startMs }) => Math.min(begin, startMs), Infinity);
}
