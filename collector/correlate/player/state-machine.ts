import type { StallKind } from '../../model/incident.ts';
import type { PlayerState } from '../../model/media.ts';
import type { QoeNumbers } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import type { PlaybackListener, Stall, TimelineState } from '../timeline/playback-listener.ts';
import { SeekWatch } from '../timeline/seek-watch.ts';
import { StallWatch } from '../timeline/stall-watch.ts';
import type { RenditionTrack } from './rendition-track.ts';
import { StartupClock } from './startup-clock.ts';
import { noTimes, type StateTimes } from './state-times.ts';

/**
 * The states of one playback and the time spent in them (semantics.md section 2). It is told transitions in order
 * of time; the wall clock between two of them belongs to the state entered first.
 */
export class StateMachine {
  readonly #listener: PlaybackListener;
  readonly #total: QoeNumbers;
  readonly #renditions: RenditionTrack;
  readonly #times = noTimes();
  readonly #startup = new StartupClock();
  readonly #stalls: StallWatch;
  readonly #seeks: SeekWatch;
  #state: TimelineState = 'unknown';
  #sinceMs = Number.NaN;
  #clockMs = Number.NaN;
  #startedMs = Number.NaN;
  #adBeginMs = Number.NaN;
  #isAttempt = false;
  /** Stalled time that is to be taken from playing time the clock has not reached. */
  readonly #owedMs: Record<StallKind, number> = { connection: 0, seek: 0 };
  isBackground = false;

  constructor(listener: PlaybackListener, total: QoeNumbers, renditions: RenditionTrack) {
    this.#listener = listener;
    this.#total = total;
    this.#renditions = renditions;
    this.#stalls = new StallWatch(listener, total, 'exact');
    this.#seeks = new SeekWatch(listener, total);
  }

  get state(): TimelineState {
    return this.#state;
  }

  get sinceMs(): UnixMs {
    return this.#sinceMs;
  }

  /** NaN before the first `advance`. */
  get clockMs(): UnixMs {
    return this.#clockMs;
  }

  get times(): Readonly<StateTimes> {
    return this.#times;
  }

  get isAttempt(): boolean {
    return this.#isAttempt;
  }

  /** A content frame was shown. */
  get hasStarted(): boolean {
    return !Number.isNaN(this.#startedMs);
  }

  get isInAd(): boolean {
    return !Number.isNaN(this.#adBeginMs);
  }

  /** A rendition change now would be the ABR logic's decision, not the start's, an ad's or a seek's. */
  get isAbrInCharge(): boolean {
    return this.hasStarted && !this.isInAd && this.#state !== 'seeking' && !this.#seeks.isRecentAt(this.#clockMs);
  }

  /** Lets the current state last until `nowMs`; an earlier time changes nothing. */
  advance(nowMs: UnixMs): void {
    if (Number.isNaN(this.#clockMs)) {
      this.#clockMs = nowMs;
      this.#sinceMs = nowMs;
    }
    if (!(nowMs > this.#clockMs)) return;
    const durationMs = nowMs - this.#clockMs;
    const bucket = this.#bucket();
    this.#times[bucket] += durationMs;
    switch (bucket) {
      case 'playing':
        this.#total.playingMs += durationMs;
        this.#renditions.play(this.#clockMs, nowMs, this.isAbrInCharge);
        this.move('connection', 0);
        this.move('seek', 0);
        break;
      case 'seeking':
        this.#total.seekingMs += durationMs;
        break;
      case 'paused':
        this.#total.pausedMs += durationMs;
        break;
      case 'stalled':
      case 'seekStalled':
        this.#stalls.run(durationMs, nowMs);
        break;
      case 'starting':
      case 'preloading':
        if (!this.isBackground) this.#startup.run(durationMs);
    }
    this.#clockMs = nowMs;
    this.#seeks.settle(nowMs);
  }

  requestPlay(): void {
    if (this.hasStarted) return;
    this.#startup.requested(this.#clockMs);
    this.#attempt();
    const isIdle = ['unknown', 'preloading', 'paused', 'waiting'].includes(this.#state);
    if (isIdle) this.#transit('starting');
  }

  enter(state: PlayerState): void {
    switch (state) {
      case 'playing':
        this.#attempt();
        if (!this.isInAd) this.#start();
        this.#seeks.end(this.#clockMs, true);
        this.#stalls.leave();
        break;
      case 'rebuffering':
        if (this.hasStarted) this.#stall();
        else this.#begin();
        break;
      case 'starting':
        this.#begin();
        this.#stalls.leave();
        break;
      case 'seeking':
        if (this.hasStarted && this.#state !== 'seeking') this.#seeks.begin(this.#clockMs);
        this.#begin();
        this.#stalls.leave();
        break;
      case 'paused':
      case 'waiting':
        // An open stall stays open: a pause stops its clock, and buffering after it is the same stall.
        this.#startup.interrupted();
        this.#seeks.end(this.#clockMs, false);
        break;
      case 'preloading':
        break;
      case 'ended':
      case 'failed':
      case 'quit':
        this.#seeks.end(this.#clockMs, false);
        this.#stalls.leave();
        break;
      default:
        state satisfies never;
    }
    this.#transit(state);
  }

  /** A seek began, which during a seek is a scrub. */
  seek(): void {
    if (!this.hasStarted) return;
    if (this.#state === 'seeking') this.#seeks.begin(this.#clockMs);
    this.enter('seeking');
  }

  beginAd(): void {
    this.endAd();
    this.#adBeginMs = this.#clockMs;
  }

  endAd(): void {
    if (!this.isInAd) return;
    this.#listener.ad({ beginMs: this.#adBeginMs, endMs: this.#clockMs });
    this.#adBeginMs = Number.NaN;
    if (this.#state === 'playing') this.#start();
  }

  /** The player's own startup measure (CMCD `msd`); true if it can only have been taken at a first frame. */
  stateStartup(startupMs: number): boolean {
    this.#startup.state(startupMs);
    if (this.hasStarted) this.#tellStartup();
    return this.#startup.isStatedPlausible;
  }

  /** CMCD `bs` (`starvedMs` NaN) or `bsd`: starved since `previousMs`. */
  flag(starvedMs: number, previousMs: UnixMs): void {
    if (!this.hasStarted) return;
    const kind = this.#seeks.isRecentAt(this.#clockMs) ? 'seek' : 'connection';
    const stalledMs = this.#stalls.flag(starvedMs, kind, this.#clockMs, previousMs, this.#startedMs, this.isInAd);
    this.move(kind, stalledMs);
  }

  /** A stall that only the requests showed. */
  infer(stall: Stall): void {
    if (!this.hasStarted || stall.endMs <= this.#startedMs || !(stall.stalledMs > 0)) return;
    this.#stalls.infer(stall);
    this.move(stall.kind, stall.stalledMs);
  }

  /** Takes from playing what was counted as that, because nobody knew; or will be, when the clock comes to it. */
  move(kind: StallKind, stalledMs: number): void {
    const owedMs = this.#owedMs[kind] + stalledMs;
    const movedMs = Math.min(owedMs, this.#total.playingMs);
    this.#owedMs[kind] = owedMs - movedMs;
    if (movedMs === 0) return;
    this.#total.playingMs -= movedMs;
    this.#times.playing -= movedMs;
    this.#renditions.unplay(movedMs);
    this.#times[kind === 'seek' ? 'seekStalled' : 'stalled'] += movedMs;
    this.#total[kind === 'seek' ? 'seekStalledMs' : 'stalledMs'] += movedMs;
  }

  finish(): void {
    this.#stalls.leave();
    this.#seeks.finish(this.#clockMs);
    this.#endPause();
    this.endAd();
  }

  #stall(): void {
    const isSeeking = this.#state === 'seeking' || this.#seeks.isCauseAt(this.#clockMs);
    this.#stalls.enter(isSeeking ? 'seek' : 'connection', this.#clockMs, this.isInAd);
  }

  /** The player is on its way to the first frame. */
  #begin(): void {
    if (this.hasStarted) return;
    this.#attempt();
    this.#startup.starting(this.#clockMs);
  }

  #attempt(): void {
    if (this.#isAttempt) return;
    this.#isAttempt = true;
    this.#listener.attempt(this.#clockMs);
  }

  #start(): void {
    if (this.hasStarted) return;
    this.#startedMs = this.#clockMs;
    this.#tellStartup();
  }

  #tellStartup(): void {
    const { startupMs, beginMs } = this.#startup;
    if (!Number.isNaN(this.#total.startupMs) || Number.isNaN(startupMs)) return;
    this.#total.startupMs = startupMs;
    const endMs = this.#startedMs;
    this.#listener.startup(startupMs, { beginMs: Number.isNaN(beginMs) ? endMs - startupMs : beginMs, endMs });
  }

  #transit(state: PlayerState): void {
    if (state === this.#state) return;
    this.#endPause();
    const previous = this.#state;
    const sinceMs = this.#sinceMs;
    this.#state = state;
    this.#sinceMs = this.#clockMs;
    this.#listener.stateChanged(state, this.#clockMs, previous, sinceMs);
  }

  #endPause(): void {
    if (this.#state === 'paused') this.#listener.pause({ beginMs: this.#sinceMs, endMs: this.#clockMs });
  }

  #bucket(): keyof StateTimes {
    const state = this.#state;
    switch (state) {
      case 'ended':
      case 'failed':
      case 'quit':
        return 'over';
      case 'paused':
      case 'waiting':
      case 'unknown':
        return state;
      case 'rebuffering':
        if (!this.hasStarted) return this.isInAd ? 'ad' : 'starting';
        if (this.isBackground) return 'hidden';
        return this.#stalls.kind === 'seek' ? 'seekStalled' : 'stalled';
      default:
        if (this.isInAd) return 'ad';
        return this.hasStarted || state === 'preloading' ? state : 'starting';
    }
  }
}
