import type { PlayerEvent } from '../../model/player-event.ts';
import type { RequestReport } from '../../model/request.ts';
import type { UnixMs } from '../../model/time.ts';
import type { LoneRequest } from './lone-request.ts';
import { endOf, type Group } from './request-group.ts';

/** Requests are stepped by their begin; of those of one moment the one that was over first. */
export function inRequestOrder(a: LoneRequest, b: LoneRequest): number {
  return a.startMs - b.startMs || a.endMs - b.endMs || a.edge.report.uidLow - b.edge.report.uidLow;
}

/** Player events are stepped by their time, then as the player counted them. */
export function inPlayerOrder(a: PlayerEvent, b: PlayerEvent): number {
  return a.tsMs - b.tsMs || (a.seq ?? 0) - (b.seq ?? 0) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/** One event that two posts carried. */
export function isSameEvent(a: PlayerEvent, b: PlayerEvent): boolean {
  return a.tsMs === b.tsMs && a.name === b.name && a.seq === b.seq && a.seq !== undefined && a.state === b.state;
}

/** Where a group of halves stands in that order, in server time; `tie` tells groups of one moment apart. */
export function placeOf(group: Group, offsetMs: number): { startMs: UnixMs; endMs: UnixMs; tie: number } {
  const nearest = (group.player ?? group.edge ?? group.shield ?? group.origin) as RequestReport;
  const startMs = nearest.startMs - (group.player ? offsetMs : 0);
  let endMs = startMs;
  for (const half of [group.player, group.edge, group.shield, group.origin]) {
    if (!half) continue;
    endMs = Math.max(endMs, endOf(half) - (half === group.player ? offsetMs : 0));
  }
  return { startMs, endMs, tie: nearest.uidLow };
}
