import type { RequestReport } from '../../model/request.ts';
import type { ClockOffset } from './clock-offset.ts';
import { endOf, type Group, isOneStatus, JOIN_WINDOW_MS } from './request-group.ts';

const CONFIDENCE = 0.8;

/**
 * Joins what a player and the tiers above an edge tell of one request of which the edge's line was lost or thrown away:
 * the same path, answered above while the player waited, and nothing else that it could be. Returns the groups that
 * are left.
 */
export function joinAcrossLostEdges(groups: Group[], clock: ClockOffset): Group[] {
  const waiting = new Map<string, Group[]>();
  for (const group of groups) {
    if (group.player === null || group.edge !== null) continue;
    const known = waiting.get(group.player.path);
    if (known === undefined) waiting.set(group.player.path, [group]);
    else known.push(group);
  }
  if (waiting.size === 0) return groups;
  const joined = new Set<Group>();
  for (const group of groups) {
    const upper = group.player === null && group.edge === null ? (group.shield ?? group.origin) : null;
    if (upper === null) continue;
    const fitting = waiting.get(upper.path)?.filter(({ player, shield, origin }) => {
      return !shield && !origin && isDuring(upper, player as RequestReport, clock.offsetMs);
    });
    const [only] = fitting ?? [];
    if (only === undefined || fitting?.length !== 1) continue;
    takeUpper(only, group);
    joined.add(group);
  }
  return joined.size === 0 ? groups : groups.filter((group) => !joined.has(group));
}

function isDuring(upper: RequestReport, player: RequestReport, offsetMs: number): boolean {
  const beginMs = player.startMs - offsetMs - JOIN_WINDOW_MS;
  const endMs = endOf(player) - offsetMs + JOIN_WINDOW_MS;
  return upper.startMs >= beginMs && upper.startMs <= endMs && isOneStatus(player, upper);
}

function takeUpper(into: Group, { shield, shieldMethod, shieldConfidence, origin, ...from }: Group): void {
  into.shield = shield;
  into.shieldMethod = shield ? 'sid+time' : shieldMethod;
  into.shieldConfidence = shield ? CONFIDENCE : shieldConfidence;
  into.origin = origin;
  into.originMethod = shield ? from.originMethod : 'sid+time';
  into.originConfidence = shield ? from.originConfidence : CONFIDENCE;
}
