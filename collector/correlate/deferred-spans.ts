import type { PlaybackInterval, RenditionSwitch, SpanOutput } from '../model/output.ts';
import type { SessionRef } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';

/**
 * What the player's timeline told and the trace shall show, held back until the requests of that time have settled:
 * by then the player's clock is known as well as it can be.
 */
export class DeferredSpans {
  readonly #session: SessionRef;
  readonly #spans: SpanOutput;
  #intervals: PlaybackInterval[] = [];
  #switches: RenditionSwitch[] = [];

  constructor(session: SessionRef, spans: SpanOutput) {
    this.#session = session;
    this.#spans = spans;
  }

  get isWaiting(): boolean {
    return this.#intervals.length > 0 || this.#switches.length > 0;
  }

  interval(interval: PlaybackInterval): void {
    this.#intervals.push(interval);
  }

  renditionSwitch(change: RenditionSwitch): void {
    this.#switches.push(change);
  }

  settle(nowMs: UnixMs): void {
    if (!this.isWaiting) return;
    for (const interval of this.#intervals) if (interval.endMs <= nowMs) this.#spans.interval(this.#session, interval);
    this.#intervals = this.#intervals.filter((interval) => interval.endMs > nowMs);
    for (const change of this.#switches) if (change.atMs <= nowMs) this.#spans.renditionSwitch(this.#session, change);
    this.#switches = this.#switches.filter((change) => change.atMs > nowMs);
  }
}
