import type { PlaybackInterval, RenditionSwitch, SpanOutput } from '../../model/output.ts';
import type { SessionRef } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';

/** Whose clock a time is on: the player's is moved to the servers' when its offset is known best. */
export type TimelineClock = 'player' | 'server';

type Interval = Omit<PlaybackInterval, 'reportedMs'>;
type Told<Thing> = { readonly thing: Thing; readonly clock: TimelineClock; readonly endMs: UnixMs };

/**
 * What a timeline told and the trace shall show, held back on its own clock until the requests of that time have
 * settled: by then the player's clock is known as well as it can be.
 */
export class DeferredSpans {
  readonly #session: SessionRef;
  readonly #spans: SpanOutput;
  #intervals: Told<Interval>[] = [];
  #switches: Told<RenditionSwitch>[] = [];

  constructor(session: SessionRef, spans: SpanOutput) {
    this.#session = session;
    this.#spans = spans;
  }

  get isWaiting(): boolean {
    return this.#intervals.length > 0 || this.#switches.length > 0;
  }

  interval(interval: Interval, clock: TimelineClock): void {
    this.#intervals.push({ thing: interval, clock, endMs: interval.endMs });
  }

  renditionSwitch(change: RenditionSwitch, clock: TimelineClock): void {
    this.#switches.push({ thing: change, clock, endMs: change.atMs });
  }

  /** `nowMs` in server time; `offsetMs` is how far the player's clock is ahead of it. */
  settle(nowMs: UnixMs, offsetMs: number): void {
    let waiting = 0;
    for (const told of this.#intervals) {
      const shiftMs = told.clock === 'player' ? offsetMs : 0;
      if (told.endMs - shiftMs <= nowMs) this.#spans.interval(this.#session, movedInterval(told.thing, shiftMs));
      else this.#intervals[waiting++] = told;
    }
    // A list cut to nothing would keep its room.
    if (waiting > 0) this.#intervals.length = waiting;
    else if (this.#intervals.length > 0) this.#intervals = [];
    waiting = 0;
    for (const told of this.#switches) {
      const shiftMs = told.clock === 'player' ? offsetMs : 0;
      if (told.endMs - shiftMs <= nowMs) this.#spans.renditionSwitch(this.#session, movedSwitch(told.thing, shiftMs));
      else this.#switches[waiting++] = told;
    }
    if (waiting > 0) this.#switches.length = waiting;
    else if (this.#switches.length > 0) this.#switches = [];
  }
}

function movedInterval({ name, beginMs, endMs }: Interval, byMs: number): PlaybackInterval {
  return { name, beginMs: beginMs - byMs, endMs: endMs - byMs, reportedMs: beginMs };
}

function movedSwitch(change: RenditionSwitch, byMs: number): RenditionSwitch {
  const { atMs, requestedMs, appliedMs } = change;
  return {
    ...change,
    atMs: atMs - byMs,
    requestedMs: requestedMs - byMs,
    appliedMs: appliedMs - byMs,
    reportedMs: Number.isNaN(requestedMs) ? appliedMs : Math.min(requestedMs, appliedMs),
  };
}
