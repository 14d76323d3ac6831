import type { Incident } from '../model/incident.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import type { PlaybackInterval, RenditionSwitch, SpanOutput, Stretch } from '../model/output.ts';
import type { SessionRef, SessionSummary } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import { least, most } from './timeline/known-times.ts';

/**
 * Passes on what becomes spans and knows how far they reach, so that the session's own span covers them all: a
 * player renders what it has after its last request, and clocks are corrected while a session goes on.
 */
export class SpanExtent implements SpanOutput {
  /** NaN until something was told. */
  firstMs: UnixMs = Number.NaN;
  lastMs: UnixMs = Number.NaN;
  readonly #spans: SpanOutput;

  constructor(spans: SpanOutput) {
    this.#spans = spans;
  }

  record(session: SessionRef, request: JoinedRequest): void {
    this.#reach(request.startMs, request.endMs);
    this.#spans.record(session, request);
  }

  stretch(session: SessionRef, stretch: Stretch): void {
    this.#reach(stretch.beginMs, stretch.endMs);
    this.#spans.stretch(session, stretch);
  }

  interval(session: SessionRef, interval: PlaybackInterval): void {
    this.#reach(interval.beginMs, interval.endMs);
    this.#spans.interval(session, interval);
  }

  renditionSwitch(session: SessionRef, change: RenditionSwitch): void {
    this.#reach(least(change.requestedMs, change.appliedMs), change.appliedMs);
    this.#spans.renditionSwitch(session, change);
  }

  incident(session: SessionRef, incident: Incident): void {
    this.#reach(incident.beginMs, incident.endMs);
    this.#spans.incident(session, incident);
  }

  session(summary: SessionSummary, incidents: readonly Incident[]): void {
    this.#spans.session(summary, incidents);
  }

  #reach(beginMs: UnixMs, endMs: UnixMs): void {
    this.firstMs = least(this.firstMs, beginMs);
    this.lastMs = most(this.lastMs, endMs);
  }
}
