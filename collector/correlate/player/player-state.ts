import type { PlaybackDelta } from '../../model/output.ts';
import type { PlayerEvent } from '../../model/player-event.ts';
import type { QoeNumbers } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import type { PlaybackListener, Stall, TimelineState } from '../timeline/playback-listener.ts';
import { PlaybackNumbers } from '../timeline/playback-numbers.ts';
import { FrameCounter } from './frame-counter.ts';
import { RecentEvents } from './recent-events.ts';
import { RenditionTrack } from './rendition-track.ts';
import { StateMachine } from './state-machine.ts';
import type { StateTimes } from './state-times.ts';

/** Statements about the present: an older one must not undo a newer one. */
type Topic = 'state' | 'ad' | 'visibility' | 'rendition';

/**
 * Folds the player events of one playback, sorted by (tsMs, seq) and in one clock, into states, times and counts.
 * Each event is folded once and nothing is kept of it, so an hour of playback costs as much memory as a minute.
 *
 * An event older than the timeline's clock is late. The past it speaks of is already counted; what it says about
 * the present still holds unless a newer event said otherwise.
 */
export class PlayerTimeline {
  readonly #listener: PlaybackListener;
  readonly #numbers = new PlaybackNumbers();
  readonly #recent = new RecentEvents();
  readonly #machine: StateMachine;
  readonly #renditions: RenditionTrack;
  readonly #frames: FrameCounter;
  readonly #statedMs: Record<Topic, UnixMs> = {
    state: Number.NEGATIVE_INFINITY,
    ad: Number.NEGATIVE_INFINITY,
    visibility: Number.NEGATIVE_INFINITY,
    rendition: Number.NEGATIVE_INFINITY,
  };
  #beginMs = Number.NaN;
  #lastEventMs = Number.NaN;
  #saysStates = false;
  /** The fatal error no frame has followed; 'state' when the player only said it failed. */
  #failure: PlayerEvent | 'state' | null = null;
  #bufferMs = Number.NaN;
  #playheadMs = Number.NaN;
  #isFinished = false;

  constructor(listener: PlaybackListener) {
    this.#listener = listener;
    const { total } = this.#numbers;
    this.#renditions = new RenditionTrack(listener, total);
    this.#machine = new StateMachine(listener, total, this.#renditions);
    this.#frames = new FrameCounter(total);
  }

  get state(): TimelineState {
    return this.#machine.state;
  }

  /** When the current state was entered. */
  get sinceMs(): UnixMs {
    return this.#machine.sinceMs;
  }

  /** Time of the first event; NaN before any. */
  get beginMs(): UnixMs {
    return this.#beginMs;
  }

  /** Time of the newest event; NaN before any. */
  get lastEventMs(): UnixMs {
    return this.#lastEventMs;
  }

  /** Play was asked for. */
  get isAttempt(): boolean {
    return this.#machine.isAttempt;
  }

  /** A content frame was shown. */
  get hasStarted(): boolean {
    return this.#machine.hasStarted;
  }

  get hasEnded(): boolean {
    return this.state === 'ended' || this.state === 'failed' || this.state === 'quit';
  }

  /** A fatal error no frame has followed. */
  get isFailed(): boolean {
    return this.#failure !== null;
  }

  /** That error as the player reported it; null when there is none or it only said `failed`. */
  get failure(): PlayerEvent | null {
    return this.#failure === 'state' ? null : this.#failure;
  }

  get isInAd(): boolean {
    return this.#machine.isInAd;
  }

  /** `inferred`: this player never says its state, so playing was concluded from what moved. */
  get precision(): 'exact' | 'inferred' | 'unknown' {
    return this.#saysStates ? 'exact' : this.hasStarted ? 'inferred' : 'unknown';
  }

  /** This player never says its state, nor when it starved. */
  get isStateless(): boolean {
    return !this.#saysStates && this.#numbers.total.flaggedStalls === 0;
  }

  /** A stall its requests showed, in server time; this player's clock is `offsetMs` ahead of it. */
  infer(stall: Stall, offsetMs: number): void {
    if (this.#isFinished || !this.isStateless) return;
    this.#machine.infer({ ...stall, beginMs: stall.beginMs + offsetMs, endMs: stall.endMs + offsetMs });
  }

  /** The stalls it was told by `infer` lasted so much longer, or shorter, all in all. */
  correct(stalledMs: number): void {
    if (!this.#isFinished && this.isStateless) this.#machine.move('connection', stalledMs);
  }

  /** kbit/s on screen; NaN while unknown. */
  get renderedKbps(): number {
    return this.#renditions.kbps;
  }

  /** Where the time from `beginMs` to the clock went; the parts sum up to it exactly. */
  get times(): Readonly<StateTimes> {
    return this.#machine.times;
  }

  /** Totals so far. A fatal error counts as one until a frame follows it; then it was a warning. */
  get qoe(): QoeNumbers {
    const { total } = this.#numbers;
    return { ...total, fatalErrors: total.fatalErrors + (this.#failure && !this.#isFinished ? 1 : 0) };
  }

  /** What was added since the last call; null when nothing was. */
  takeDelta(): PlaybackDelta | null {
    return this.#numbers.takeDelta();
  }

  step(event: PlayerEvent): void {
    const atMs = Number.isFinite(event.tsMs) ? event.tsMs : this.#machine.clockMs;
    if (this.#isFinished || !Number.isFinite(atMs) || !this.#recent.isNew(event)) return;
    const previousMs = this.#lastEventMs;
    this.#machine.advance(atMs);
    if (Number.isNaN(this.#beginMs)) this.#beginMs = this.#machine.clockMs;
    this.#lastEventMs = Math.max(atMs, Number.isNaN(previousMs) ? atMs : previousMs);
    const isLate = atMs < this.#machine.clockMs;
    if (!isLate) this.#frames.read(event, this.state === 'playing' && !this.#machine.isBackground);
    if (event.isBackground !== undefined && this.#isNewest('visibility', atMs)) {
      this.#machine.isBackground = event.isBackground;
    }
    this.#apply(event, atMs, previousMs);
    if (!isLate) this.#measure(event);
  }

  /** Lets the current state last until `nowMs`: a promise that no older event will come. */
  advance(nowMs: UnixMs): void {
    if (!this.#isFinished && !Number.isNaN(this.#beginMs) && Number.isFinite(nowMs)) this.#machine.advance(nowMs);
  }

  /** Nothing more will come: what is open ends at `endMs`. Later calls change nothing. */
  finish(endMs: UnixMs): void {
    if (this.#isFinished || Number.isNaN(this.#beginMs)) return;
    this.advance(endMs);
    this.#machine.finish();
    this.#renditions.finish();
    if (this.#failure) this.#numbers.total.fatalErrors++;
    this.#isFinished = true;
  }

  #apply(event: PlayerEvent, atMs: UnixMs, previousMs: UnixMs): void {
    switch (event.name) {
      case 'play_requested':
        this.#machine.requestPlay();
        break;
      case 'seek':
        if (this.#isNewest('state', atMs)) this.#machine.seek();
        // Its state is `seeking`, said or not.
        return;
      case 'ad_start':
        if (this.#isNewest('ad', atMs)) this.#machine.beginAd();
        break;
      case 'ad_end':
        if (this.#isNewest('ad', atMs)) this.#machine.endAd();
        break;
      case 'starved':
        // A player that tells its states has told this stall already, and dash.js flags its initial buffering as well.
        if (!this.#saysStates) this.#machine.flag(event.starvedMs ?? Number.NaN, previousMs);
        break;
      case 'startup':
        this.#startup(event);
        break;
      case 'rendition':
        if (this.#isNewest('rendition', atMs)) this.#rendition(event);
        break;
      case 'error':
        this.#listener.error(event, this.hasStarted);
        if (event.isFatal) {
          // A player that gave up is in `failed`, whatever it last noted.
          this.#fail(event, atMs);
          return;
        }
        this.#numbers.total.warnings++;
        break;
      case 'state':
      case 'heartbeat':
      case 'visibility':
      case 'download':
      case 'cdn':
        break;
      default:
        event.name satisfies never;
    }
    if (event.state === undefined || !this.#isNewest('state', atMs)) return;
    this.#saysStates = true;
    this.#enter(event.state);
  }

  #enter(state: NonNullable<PlayerEvent['state']>): void {
    this.#machine.enter(state);
    if (state === 'failed') this.#failure ??= 'state';
    if (state === 'playing' && this.#failure) {
      this.#failure = null;
      this.#numbers.total.warnings++;
    }
  }

  #startup(event: PlayerEvent): void {
    const isPlausible = this.#machine.stateStartup(event.startupMs ?? Number.NaN);
    // Shaka's minified build never says its state, but measures its start once it has started.
    if (isPlausible && !this.#saysStates && !this.isAttempt) this.#enter('playing');
  }

  #rendition({ bitrateKbps, fromBitrateKbps, phase, bufferMs, reason = '' }: PlayerEvent): void {
    const { clockMs, hasStarted, isAbrInCharge } = this.#machine;
    const kbps = bitrateKbps ?? Number.NaN;
    // What a player comes from is on screen, or the first in its buffer.
    if (Number.isNaN(this.#renditions.kbps)) this.#renditions.observed(fromBitrateKbps ?? Number.NaN, clockMs, false);
    if (phase === 'requested') {
      // Nothing is ahead of what the first frame will show.
      const isFirst = !hasStarted && Number.isNaN(this.#renditions.kbps);
      this.#renditions.requested(kbps, clockMs, isFirst ? 0 : (bufferMs ?? Number.NaN), reason);
      return;
    }
    this.#renditions.applied(kbps, clockMs, reason, isAbrInCharge);
  }

  #fail(event: PlayerEvent, atMs: UnixMs): void {
    if (!this.#isNewest('state', atMs)) {
      // Late: the player has said how it went on.
      if (this.#failure === null) this.#numbers.total.warnings++;
      return;
    }
    if (this.#failure === null || this.#failure === 'state') this.#failure = event;
    this.#machine.enter('failed');
  }

  /** The measures that may ride on any event. */
  #measure({ name, bitrateKbps, liveLatencyMs, bufferMs, playheadMs }: PlayerEvent): void {
    const machine = this.#machine;
    if (bitrateKbps !== undefined && name !== 'rendition') {
      this.#renditions.observed(bitrateKbps, machine.clockMs, machine.isAbrInCharge);
    }
    if (!this.#saysStates && name === 'heartbeat') {
      // Media only leaves the buffer, and the playhead only moves on, while it plays.
      const hasMoved = (bufferMs ?? Number.NaN) < this.#bufferMs || (playheadMs ?? Number.NaN) > this.#playheadMs;
      if (hasMoved && !this.hasStarted) this.#enter('playing');
      this.#bufferMs = bufferMs ?? Number.NaN;
      this.#playheadMs = playheadMs ?? Number.NaN;
    }
    if (liveLatencyMs === undefined || this.state !== 'playing') return;
    this.#listener.liveLatency(liveLatencyMs, machine.clockMs);
  }

  /** Newest word on its topic so far; equal times keep their order. */
  #isNewest(topic: Topic, atMs: UnixMs): boolean {
    if (atMs < this.#statedMs[topic]) return false;
    this.#statedMs[topic] = atMs;
    return true;
  }
}
