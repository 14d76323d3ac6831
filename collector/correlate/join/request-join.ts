import type { JoinMethod } from '../../model/joined-request.ts';
import type { RequestReport } from '../../model/request.ts';
import { alignInOrder } from './align.ts';
import type { ClockOffset } from './clock-offset.ts';
import { joinAcrossLostEdges } from './lost-edges.ts';
import { byTime, edgeGroup, emptyGroup, endOf, type Group, isOneStatus, key2, multi } from './request-group.ts';
import { attachUpper } from './upper-join.ts';

/** A player stamps a retried request with its first try, or reports it when it gives up (players.md section 2). */
const RETRY_WINDOW_MS = 30_000;

export type Halves = {
  readonly player: readonly RequestReport[];
  readonly edge: readonly RequestReport[];
  readonly shield: readonly RequestReport[];
  readonly origin: readonly RequestReport[];
};

/**
 * Recognises the halves that are one request among the halves of one session. Pure: the same halves in any order
 * give the same groups. Methods are tried best first (semantics.md section 8); every half ends in exactly one group.
 * Pairs found by id bound the clock, which then judges pairs by time; `clock` is a copy that the caller gives up,
 * because halves still on their way may undo a pair.
 */
export function joinRequests(halves: Halves, clock: ClockOffset): Group[] {
  if (halves.player.length === 0 && halves.shield.length === 0 && halves.origin.length === 0) {
    return halves.edge.map(edgeGroup);
  }
  const edges = [...halves.edge].sort(byTime);
  const players = [...halves.player].sort(byTime);
  const groups: Group[] = [];
  const groupOfEdge = new Map<RequestReport, Group>();
  for (const edge of edges) {
    const group = edgeGroup(edge);
    groups.push(group);
    groupOfEdge.set(edge, group);
  }
  const shields = attachUpper(halves.shield, edges, groupOfEdge, groups, 'shield');
  attachUpper(halves.origin, [...edges, ...shields], groupOfEdge, groups, 'origin');
  joinPlayers(players, edges, groupOfEdge, groups, clock);
  return joinAcrossLostEdges(groups, clock);
}

function joinPlayers(
  players: readonly RequestReport[],
  edges: readonly RequestReport[],
  groupOfEdge: ReadonlyMap<RequestReport, Group>,
  groups: Group[],
  clock: ClockOffset,
): void {
  if (players.length === 0) return;
  const waiting = new Set(players);
  const open = new Set(edges.filter((edge) => edge.method !== 'OPTIONS'));
  const pair = (player: RequestReport, edge: RequestReport, method: JoinMethod, confidence: number): void => {
    const group = groupOfEdge.get(edge) as Group;
    group.player = player;
    group.edgeMethod = method;
    group.edgeConfidence = confidence;
    waiting.delete(player);
    open.delete(edge);
    boundClock(group, clock);
  };
  const byKey = (keyOf: (report: RequestReport) => string, method: JoinMethod, confidence: number): void => {
    const candidates = new Map<string, RequestReport[]>();
    for (const edge of open) {
      const key = keyOf(edge);
      if (key !== '') multi(candidates, key).push(edge);
    }
    if (candidates.size === 0) return;
    for (const player of players) {
      if (!waiting.has(player)) continue;
      const key = keyOf(player);
      const found = key === '' ? undefined : candidates.get(key)?.find((edge) => open.has(edge));
      if (found) pair(player, found, method, confidence);
    }
  };
  byKey(
    (r) => (r.source.tier === 'player' ? key2(r.traceId, r.spanId) : key2(r.traceId, r.parentSpanId)),
    'traceparent',
    1,
  );
  byKey((r) => r.rid, 'request_id', 1);
  byKey((r) => r.requestId, 'request_id', 1);
  // `rr` events carry the counter of their own event target: not the request's (players.md section 1).
  byKey(
    (r) => (r.cmcd.event === '' && !Number.isNaN(r.cmcd.sn) ? `${r.cmcd.sn} ${r.path}` : ''),
    'sid+url+order',
    0.99,
  );
  byUrl(waiting, open, (r) => `${r.host} ${r.path}`, clock, pair, 'sid+url+order');
  byUrl(waiting, open, (r) => r.path, clock, pair, 'sid+time');
  for (const player of players) {
    if (!waiting.has(player)) continue;
    const group = emptyGroup();
    group.player = player;
    groups.push(group);
  }
}

/** What a joined pair says about the player's clock. An edge goes on after its viewer has left, so only whole ones count. */
export function boundClock({ player, edge }: Group, clock: ClockOffset): void {
  if (!player || !edge) return;
  const isWhole = edge.isComplete && player.isComplete;
  const playerEndMs = isWhole ? endOf(player) : Number.NaN;
  clock.addPair(player.startMs, playerEndMs, edge.startMs, endOf(edge), edge.precisionMs);
}

/** Pairs what an exact key left over: the reports of each URL, in order, as far as status and time allow. */
function byUrl(
  waiting: ReadonlySet<RequestReport>,
  open: ReadonlySet<RequestReport>,
  keyOf: (report: RequestReport) => string,
  clock: ClockOffset,
  pair: (player: RequestReport, edge: RequestReport, method: JoinMethod, confidence: number) => void,
  method: JoinMethod,
): void {
  if (waiting.size === 0 || open.size === 0) return;
  const edgesOf = new Map<string, RequestReport[]>();
  for (const edge of open) multi(edgesOf, keyOf(edge)).push(edge);
  const playersOf = new Map<string, RequestReport[]>();
  for (const player of waiting) multi(playersOf, keyOf(player)).push(player);
  const ambiguous: [RequestReport[], RequestReport[]][] = [];
  for (const [url, group] of playersOf) {
    const candidates = edgesOf.get(url);
    if (!candidates) continue;
    const [player, edge] = [group[0], candidates[0]];
    if (group.length === 1 && candidates.length === 1 && player && edge) {
      // Only one of each: the URL within the session names the request, and the pair helps to bound the clock.
      if (timeCost(player, edge, clock) < Number.POSITIVE_INFINITY) pair(player, edge, method, 0.95);
    } else ambiguous.push([group, candidates]);
  }
  for (const [group, candidates] of ambiguous) {
    group.sort(byTime);
    candidates.sort(byTime);
    const pairs = alignInOrder(group.length, candidates.length, (p, e) =>
      timeCost(group[p] as RequestReport, candidates[e] as RequestReport, clock),
    );
    const isWhole = group.length === candidates.length;
    for (const [p, player] of group.entries()) {
      const edge = candidates[pairs[p] as number];
      if (edge) pair(player, edge, isWhole ? method : 'sid+time', isWhole ? 0.95 : 0.85);
    }
  }
}

/** Milliseconds between two reports of one URL after clock correction; Infinity when they cannot be one request. */
function timeCost(player: RequestReport, edge: RequestReport, clock: ClockOffset): number {
  if (!isOneStatus(player, edge)) return Number.POSITIVE_INFINITY;
  const offset = clock.offsetMs;
  const startGap = Math.abs(player.startMs - offset - edge.startMs);
  const endGap = edge.isComplete ? Math.abs(endOf(player) - offset - endOf(edge)) : Number.POSITIVE_INFINITY;
  const slack = edge.precisionMs > 1 ? edge.precisionMs : 0;
  const gap = Math.max(0, Math.min(startGap, Number.isNaN(endGap) ? startGap : endGap) - slack);
  // Before any pair bounds the clock, time says nothing between two machines; order alone decides.
  const limit = clock.isBounded ? RETRY_WINDOW_MS : Number.POSITIVE_INFINITY;
  return gap > limit ? Number.POSITIVE_INFINITY : gap;
}
