import { pushTo } from './push-to';
import { type Span } from './span';

/** Spans of one trace by their ids. */
export type Trace = ReadonlyMap<string, Span>;

/** The spans of one session. Ten thousand are looked through once here, so that nobody else has to. */
export class SessionSpans {
  readonly all: readonly Span[];
  readonly startMs: number;
  readonly endMs: number;
  readonly traceIds: readonly string[];
  // Not #traces: the build makes a weak map of it, and this is asked tens of thousands of times.
  private readonly traces: readonly Trace[];
  private readonly byName = new Map<string, Span[]>();

  constructor(traces: readonly Trace[]) {
    this.traces = traces;
    this.all = traces.flatMap((trace) => [...trace.values()]);
    const traceIds = new Set<string>();
    let [startMs, endMs] = [Infinity, -Infinity];
    for (const span of this.all) {
      pushTo(this.byName, span.name, span);
      traceIds.add(span.traceId);
      startMs = Math.min(startMs, span.startMs);
      endMs = Math.max(endMs, span.endMs);
    }
    this.traceIds = [...traceIds];
    this.startMs = startMs;
    this.endMs = endMs;
  }

  withId(spanId: string): Span | undefined {
    for (const trace of spanId === '' ? [] : this.traces) {
      const span = trace.get(spanId);
      if (span) {
        return span;
      }
    }
    return undefined;
  }

  named(...names: readonly string[]): readonly Span[] {
    return names.flatMap((name) => this.byName.get(name) ?? []);
  }
}
