import type { CorrelatorOutput, RenditionSwitch } from '../model/output.ts';
import type { ErrorClass, PlayerEvent } from '../model/player-event.ts';
import type { SessionRef } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import type { FlightRecorder } from './flight-recorder.ts';
import type { CdnSwitches } from './incidents/cdn-switches.ts';
import { classOfError } from './incidents/error-fault.ts';
import type { IncidentDesk } from './incidents/incident-desk.ts';
import type { IncidentDraft } from './incidents/incident-draft.ts';
import type { ClockOffset } from './join/clock-offset.ts';
import type { DeferredSpans, TimelineClock } from './timeline/deferred-spans.ts';
import { least } from './timeline/known-times.ts';
import type { Collapse, Interval, Stall } from './timeline/playback-listener.ts';
import type { SignsOfLife } from './timeline/signs-of-life.ts';
import type { TimelineTeller } from './timeline/timeline-listener.ts';
import type { Viewer } from './viewer.ts';

/** The parts of one playback that hear what its timelines tell. */
export type NewsReaders = {
  readonly session: SessionRef;
  readonly viewer: Viewer;
  readonly signs: SignsOfLife;
  readonly output: CorrelatorOutput;
  readonly clock: ClockOffset;
  readonly switches: CdnSwitches;
  readonly desk: IncidentDesk;
  readonly later: DeferredSpans;
  readonly recorder: FlightRecorder;
};

/**
 * What the timelines of one playback tell, passed on to whoever needs it: numbers at once, incidents and spans as
 * drafts until the requests of their time have settled. What the trace shows is moved to server time when it is told.
 */
export class PlaybackNews implements TimelineTeller {
  readonly #readers: NewsReaders;
  /** Begins of stalls that the switch detector has not heard of yet, each on its timeline's clock. */
  #stalls: { readonly beginMs: UnixMs; readonly clock: TimelineClock }[] = [];
  /** On its timeline's clock. */
  #attemptMs = Number.NaN;
  #firstFrameMs = Number.NaN;

  constructor(readers: NewsReaders) {
    this.#readers = readers;
  }

  /** Play was asked for. */
  get isAttempt(): boolean {
    return !Number.isNaN(this.#attemptMs);
  }

  attempted(atMs: UnixMs): void {
    this.#attemptMs = atMs;
  }

  started(startupMs: number, interval: Interval, clock: TimelineClock): void {
    const { session, viewer, output, recorder, later } = this.#readers;
    this.#firstFrameMs = interval.endMs - this.#shiftMs(clock);
    recorder.started(this.#firstFrameMs);
    output.startup(session, viewer.dimensions, startupMs);
    later.interval({ name: 'startup', ...interval }, clock);
  }

  stateChanged(atMs: UnixMs): void {
    this.#readers.signs.stateChanged(atMs);
  }

  stalled(stall: Stall, clock: TimelineClock): void {
    const { beginMs, endMs, kind, precision, stalledMs, isInAd } = stall;
    if (kind === 'connection') this.#stalls.push({ beginMs, clock });
    this.draft({ kind: 'stall', beginMs, endMs, stallKind: kind, stalledMs, precision, isInAd }, [], clock);
  }

  switched(change: RenditionSwitch, clock: TimelineClock): void {
    const { session, viewer, output, later } = this.#readers;
    // Servers see a segment leave, not when it is shown.
    if (clock === 'player') output.renditionSwitch(session, viewer.dimensions, change);
    later.renditionSwitch(change, clock);
  }

  collapsed({ beginMs, endMs }: Collapse, clock: TimelineClock): void {
    this.draft({ kind: 'quality_collapse', beginMs, endMs }, [], clock);
  }

  passed(name: 'seek' | 'pause' | 'ad', interval: Interval, clock: TimelineClock): void {
    const { session, viewer, output, later } = this.#readers;
    if (name === 'seek') output.seek(session, viewer.dimensions, interval.endMs - interval.beginMs);
    later.interval({ name, ...interval }, clock);
  }

  behindLive(latencyMs: number): void {
    const { session, viewer, output } = this.#readers;
    output.liveLatency(session, viewer.dimensions, latencyMs);
  }

  failed(reported: PlayerEvent, hasStarted: boolean, clock: TimelineClock): void {
    const { session, viewer, output, desk } = this.#readers;
    const event: PlayerEvent = { ...reported, errorClass: classOfError(reported) };
    desk.evidence.failed(event, event.tsMs - this.#shiftMs(clock));
    output.playbackError(session, viewer.dimensions, event);
    if (event.isFatal) this.fatal(event.tsMs, classOfError(event), clock, hasStarted);
  }

  /** Playback could not go on. `atMs` on its timeline's clock; `isSeen`: it had begun, though nobody told of its start. */
  fatal(atMs: UnixMs, errorClass: ErrorClass | undefined, clock: TimelineClock, isSeen: boolean): void {
    const shiftMs = this.#shiftMs(clock);
    const hasFrame = isSeen || this.#firstFrameMs <= atMs - shiftMs;
    this.#readers.switches.failed(atMs - shiftMs);
    const beginMs = hasFrame ? atMs : least(this.#attemptMs, atMs);
    const kind = hasFrame ? 'playback_failure' : 'startup_failure';
    this.draft({ kind, beginMs, endMs: atMs, ...(errorClass === undefined ? {} : { errorClass }) }, [], clock);
  }

  /** A stall is a bad sign on the CDN of its time, so the switch detector must hear of it in order. */
  noteStalls(beforeMs: UnixMs): void {
    for (;;) {
      const [next] = this.#stalls;
      if (!next) return;
      const atMs = next.beginMs - this.#shiftMs(next.clock);
      if (atMs > beforeMs) return;
      this.#stalls.shift();
      this.#readers.switches.stalled(atMs);
    }
  }

  draft(draft: IncidentDraft, evidence: readonly string[], clock: TimelineClock): void {
    const { recorder, desk } = this.#readers;
    const shiftMs = this.#shiftMs(clock);
    recorder.incident(draft.beginMs - shiftMs, draft.endMs - shiftMs);
    desk.draft(draft, evidence, clock);
  }

  #shiftMs(clock: TimelineClock): number {
    return clock === 'player' ? this.#readers.clock.offsetMs : 0;
  }
}
