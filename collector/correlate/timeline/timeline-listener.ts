import type { RenditionSwitch } from '../../model/output.ts';
import type { PlayerEvent } from '../../model/player-event.ts';
import type { UnixMs } from '../../model/time.ts';
import type { TimelineClock } from './deferred-spans.ts';
import type { Collapse, Interval, PlaybackListener, Stall, TimelineState } from './playback-listener.ts';

/** Takes what a timeline tells, together with the clock its times are on. */
export type TimelineTeller = {
  attempted(atMs: UnixMs): void;
  started(startupMs: number, interval: Interval, clock: TimelineClock): void;
  stateChanged(atMs: UnixMs): void;
  stalled(stall: Stall, clock: TimelineClock): void;
  switched(change: RenditionSwitch, clock: TimelineClock): void;
  collapsed(collapse: Collapse, clock: TimelineClock): void;
  passed(name: 'seek' | 'pause' | 'ad', interval: Interval, clock: TimelineClock): void;
  behindLive(latencyMs: number): void;
  failed(reported: PlayerEvent, hasStarted: boolean, clock: TimelineClock): void;
};

/** One per timeline, without a closure per kind of news: there are as many of these as there are sessions. */
export class TimelineListener implements PlaybackListener {
  readonly #to: TimelineTeller;
  readonly #clock: TimelineClock;

  /** `clock`: the one the times of this timeline are on. */
  constructor(to: TimelineTeller, clock: TimelineClock) {
    this.#to = to;
    this.#clock = clock;
  }

  attempt(atMs: UnixMs): void {
    this.#to.attempted(atMs);
  }

  startup(startupMs: number, interval: Interval): void {
    this.#to.started(startupMs, interval, this.#clock);
  }

  stateChanged(_state: TimelineState, atMs: UnixMs): void {
    this.#to.stateChanged(atMs);
  }

  stall(stall: Stall): void {
    this.#to.stalled(stall, this.#clock);
  }

  renditionSwitch(change: RenditionSwitch): void {
    this.#to.switched(change, this.#clock);
  }

  qualityCollapse(collapse: Collapse): void {
    this.#to.collapsed(collapse, this.#clock);
  }

  seek(seek: Interval): void {
    this.#to.passed('seek', seek, this.#clock);
  }

  pause(pause: Interval): void {
    this.#to.passed('pause', pause, this.#clock);
  }

  ad(ad: Interval): void {
    this.#to.passed('ad', ad, this.#clock);
  }

  liveLatency(latencyMs: number): void {
    this.#to.behindLive(latencyMs);
  }

  error(event: PlayerEvent, hasStarted: boolean): void {
    this.#to.failed(event, hasStarted, this.#clock);
  }
}
