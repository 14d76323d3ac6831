import { PlayerTimeline } from '../../collector/correlate/player/player-state.ts';
import type {
  Collapse,
  Interval,
  PlaybackListener,
  Stall,
  TimelineState,
} from '../../collector/correlate/timeline/playback-listener.ts';
import type { RenditionSwitch } from '../../collector/model/output.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import { sourceOf, T0 } from './support.ts';

/** A listener that writes everything down; times relative to T0. */
export class PlaybackLog implements PlaybackListener {
  readonly attempts: number[] = [];
  readonly startups: { startupMs: number; beginMs: number; endMs: number }[] = [];
  readonly states: [state: TimelineState, atMs: number][] = [];
  readonly stalls: Stall[] = [];
  readonly switches: RenditionSwitch[] = [];
  readonly collapses: Collapse[] = [];
  readonly seeks: Interval[] = [];
  readonly pauses: Interval[] = [];
  readonly ads: Interval[] = [];
  readonly latencies: number[] = [];
  readonly errors: PlayerEvent[] = [];

  attempt(atMs: number): void {
    this.attempts.push(atMs - T0);
  }
  startup(startupMs: number, interval: Interval): void {
    this.startups.push({ startupMs, ...relative(interval) });
  }
  stateChanged(state: TimelineState, atMs: number): void {
    this.states.push([state, atMs - T0]);
  }
  stall(stall: Stall): void {
    this.stalls.push(relative(stall));
  }
  renditionSwitch(change: RenditionSwitch): void {
    const { atMs, requestedMs, appliedMs } = change;
    this.switches.push({ ...change, atMs: atMs - T0, requestedMs: requestedMs - T0, appliedMs: appliedMs - T0 });
  }
  qualityCollapse(collapse: Collapse): void {
    this.collapses.push(relative(collapse));
  }
  seek(seek: Interval): void {
    this.seeks.push(relative(seek));
  }
  pause(pause: Interval): void {
    this.pauses.push(relative(pause));
  }
  ad(ad: Interval): void {
    this.ads.push(relative(ad));
  }
  liveLatency(latencyMs: number): void {
    this.latencies.push(latencyMs);
  }
  error(event: PlayerEvent): void {
    this.errors.push(event);
  }
}

function relative<T extends Interval>(interval: T): T {
  return { ...interval, beginMs: interval.beginMs - T0, endMs: interval.endMs - T0 };
}

/** A player event `at` milliseconds after T0. */
export function playerEvent(at: number, name: PlayerEvent['name'], more: Partial<PlayerEvent> = {}): PlayerEvent {
  return {
    kind: 'player',
    name,
    source: sourceOf('player', 'player'),
    sid: 's',
    tsMs: T0 + at,
    receivedMs: T0 + at,
    ...more,
  };
}

/** The player entered a state. */
export function state(
  at: number,
  entered: NonNullable<PlayerEvent['state']>,
  more: Partial<PlayerEvent> = {},
): PlayerEvent {
  return playerEvent(at, 'state', { state: entered, ...more });
}

/** A playback that asked at 0 and showed its first frame at 1 s. */
export const started: readonly PlayerEvent[] = [playerEvent(0, 'play_requested'), state(1_000, 'playing')];

/** Folds a history; finished at `endMs` after T0, or left open. */
export function played(
  events: readonly PlayerEvent[],
  endMs?: number,
): { readonly log: PlaybackLog; readonly timeline: PlayerTimeline } {
  const log = new PlaybackLog();
  const timeline = new PlayerTimeline(log);
  for (const event of events) timeline.step(event);
  if (endMs !== undefined) timeline.finish(T0 + endMs);
  return { log, timeline };
}
