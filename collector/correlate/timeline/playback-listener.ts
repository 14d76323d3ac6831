import type { StallKind } from '../../model/incident.ts';
import type { PlayerState } from '../../model/media.ts';
import type { RenditionSwitch } from '../../model/output.ts';
import type { PlayerEvent } from '../../model/player-event.ts';
import type { UnixMs } from '../../model/time.ts';

/** A state of the machine, or `unknown` while the player has not said any. */
export type TimelineState = PlayerState | 'unknown';

/** How well a stall's edges are known: reported states, delivered media time (semantics.md section 6), or a CMCD flag. */
export type StallPrecision = 'exact' | 'inferred' | 'flag';

export type Stall = {
  readonly beginMs: UnixMs;
  readonly endMs: UnixMs;
  /** Time the stall clock ran: without pauses and background. 0 for a flag of unknown length. */
  readonly stalledMs: number;
  readonly kind: StallKind;
  readonly precision: StallPrecision;
  /** It began while an ad was on screen. */
  readonly isInAd: boolean;
};

export type Interval = { readonly beginMs: UnixMs; readonly endMs: UnixMs };

/** Rendered below half of what the session had sustained, for 10 s or more; kbit/s are means. */
export type Collapse = Interval & { readonly sustainedKbps: number; readonly renderedKbps: number };

/** What one playback's history turns into, told once each, in order of time. */
export type PlaybackListener = {
  /** Play was asked for, or the first sign that it had been. */
  attempt(atMs: UnixMs): void;
  /** First content frame. `startupMs` leaves out ads, pauses and hidden time, so it may be shorter than the interval. */
  startup(startupMs: number, interval: Interval): void;
  stateChanged(state: TimelineState, atMs: UnixMs, previous: TimelineState, sinceMs: UnixMs): void;
  /** A stall of 250 ms or more has ended. */
  stall(stall: Stall): void;
  renditionSwitch(change: RenditionSwitch): void;
  /** It is over, or has lasted a minute. */
  qualityCollapse(collapse: Collapse): void;
  seek(seek: Interval): void;
  pause(pause: Interval): void;
  ad(ad: Interval): void;
  /** While playing, as the player's clock says: it may be negative or absurd, and is counted as such. */
  liveLatency(latencyMs: number, atMs: UnixMs): void;
  error(event: PlayerEvent, hasStarted: boolean): void;
};
