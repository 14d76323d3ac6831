import type { JoinMethod } from '../../model/joined-request.ts';
import type { RequestReport } from '../../model/request.ts';

/** Two halves of one request that differ more than this in time are two requests, whatever their URL. */
export const JOIN_WINDOW_MS = 2_000;

/** A group being built: at most one half per tier. */
export type Group = {
  player: RequestReport | null;
  edge: RequestReport | null;
  edgeMethod: JoinMethod | '';
  edgeConfidence: number;
  shield: RequestReport | null;
  shieldMethod: JoinMethod | '';
  shieldConfidence: number;
  origin: RequestReport | null;
  originMethod: JoinMethod | '';
  originConfidence: number;
};

/** Whether two parties may tell of one answer. */
export function isOneStatus(player: RequestReport, edge: RequestReport): boolean {
  const left = player.status;
  const right = edge.status;
  if (Number.isNaN(left) || Number.isNaN(right)) return true;
  if (left === right) return true;
  // A cached or ranged answer may be 200 to one side and 206 or 304 to the other.
  return left < 400 && right < 400;
}

/** End of a half on its own clock; its begin where the log has no duration. */
export function endOf(report: RequestReport): number {
  return !Number.isNaN(report.durationMs) ? report.startMs + report.durationMs : report.startMs;
}

/** In order of begin; halves of one moment in an order that no arrival changes. */
export function byTime(a: RequestReport, b: RequestReport): number {
  return a.startMs - b.startMs || endOf(a) - endOf(b) || a.uidHigh - b.uidHigh || a.uidLow - b.uidLow;
}

/** Both ids in one key; '' when one is missing. */
export function key2(a: string, b: string): string {
  return a === '' || b === '' ? '' : a + b;
}

/** The list under a key, made when it is first asked for. */
export function multi<K, V>(map: Map<K, V[]>, key: K): V[] {
  let list = map.get(key);
  if (!list) {
    list = [];
    map.set(key, list);
  }
  return list;
}

/** A request that so far only an edge told of. */
export function edgeGroup(edge: RequestReport): Group {
  const group = emptyGroup();
  group.edge = edge;
  return group;
}

/** A request nobody has told of yet. */
export function emptyGroup(): Group {
  return {
    player: null,
    edge: null,
    edgeMethod: '',
    edgeConfidence: 1,
    shield: null,
    shieldMethod: '',
    shieldConfidence: 1,
    origin: null,
    originMethod: '',
    originConfidence: 1,
  };
}
