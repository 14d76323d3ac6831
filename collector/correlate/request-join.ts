import type { JoinMethod } from '../model/joined-request.ts';
import type { RequestReport } from '../model/request.ts';
import { alignInOrder } from './align.ts';
import type { ClockOffset } from './clock-offset.ts';

/** Two halves of one request that differ more than this in time are two requests, whatever their URL. */
const JOIN_WINDOW_MS = 2_000;
/** A player stamps a retried request with its first try, or reports it when it gives up (players.md section 2). */
const RETRY_WINDOW_MS = 30_000;

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
  return groups;
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
  if (!sameStatus(player, edge)) return Number.POSITIVE_INFINITY;
  const offset = clock.offsetMs;
  const startGap = Math.abs(player.startMs - offset - edge.startMs);
  const endGap = edge.isComplete ? Math.abs(endOf(player) - offset - endOf(edge)) : Number.POSITIVE_INFINITY;
  const slack = edge.precisionMs > 1 ? edge.precisionMs : 0;
  const gap = Math.max(0, Math.min(startGap, Number.isNaN(endGap) ? startGap : endGap) - slack);
  // Before any pair bounds the clock, time says nothing between two machines; order alone decides.
  const limit = clock.isBounded ? RETRY_WINDOW_MS : Number.POSITIVE_INFINITY;
  return gap > limit ? Number.POSITIVE_INFINITY : gap;
}

function sameStatus(player: RequestReport, edge: RequestReport): boolean {
  const left = player.status;
  const right = edge.status;
  if (Number.isNaN(left) || Number.isNaN(right)) return true;
  if (left === right) return true;
  // A cached or ranged answer may be 200 to one side and 206 or 304 to the other.
  return left < 400 && right < 400;
}

/** Hangs shield or origin halves under the edge half they served. Returns those that found one. */
function attachUpper(
  uppers: readonly RequestReport[],
  lowers: readonly RequestReport[],
  groupOf: Map<RequestReport, Group>,
  groups: Group[],
  tier: 'shield' | 'origin',
): RequestReport[] {
  if (uppers.length === 0) return [];
  const byId = new Map<string, RequestReport[]>();
  const byTrace = new Map<string, RequestReport[]>();
  const byOrder = new Map<string, RequestReport[]>();
  const byPath = new Map<string, RequestReport[]>();
  const emitters = new Set(lowers.map(({ source }) => source.emitter));
  for (const lower of lowers) {
    if (lower.method === 'OPTIONS') continue;
    if (lower.requestId !== '') multi(byId, lower.requestId).push(lower);
    const trace = key2(lower.traceId, lower.parentSpanId);
    if (trace !== '') multi(byTrace, trace).push(lower);
    if (!Number.isNaN(lower.cmcd.sn)) multi(byOrder, `${lower.cmcd.sn} ${lower.path}`).push(lower);
    multi(byPath, lower.path).push(lower);
  }
  const attached: RequestReport[] = [];
  for (const upper of [...uppers].sort(byTime)) {
    const free = (found: RequestReport[] | undefined): RequestReport | undefined =>
      found?.find((lower) => groupOf.get(lower)?.[tier] === null);
    let lower = free(byId.get(upper.parentRequestId)) ?? free(byId.get(upper.requestId));
    let method: JoinMethod = 'request_id';
    let confidence = 1;
    if (!lower) {
      lower = free(byTrace.get(key2(upper.traceId, upper.parentSpanId)));
      method = 'traceparent';
    }
    if (!lower && !Number.isNaN(upper.cmcd.sn)) {
      lower = free(byOrder.get(`${upper.cmcd.sn} ${upper.path}`));
      method = 'sid+url+order';
      confidence = 0.98;
    }
    if (!lower) {
      // A CDN's shield serves its own sites.
      const { emitter } = upper.source;
      const within = byPath
        .get(upper.path)
        ?.filter((low) => !emitters.has(emitter) || low.source.emitter === emitter)
        .filter((low) => isWithin(upper, low) && groupOf.get(low)?.[tier] === null);
      if (within?.length === 1) lower = within[0];
      method = 'sid+time';
      confidence = 0.7;
    }
    const group = lower && groupOf.get(lower);
    if (group) {
      group[tier] = upper;
      group[`${tier}Method`] = method;
      group[`${tier}Confidence`] = confidence;
      groupOf.set(upper, group);
      attached.push(upper);
    } else {
      const alone = emptyGroup();
      alone[tier] = upper;
      groups.push(alone);
      groupOf.set(upper, alone);
    }
  }
  return attached;
}

/** An upper tier answers inside the time its lower tier waited; only a miss waits at all. */
function isWithin(upper: RequestReport, lower: RequestReport): boolean {
  if (lower.cacheStatus === 'hit' || isNamedOtherwise(upper, lower)) return false;
  const slack = JOIN_WINDOW_MS + lower.precisionMs;
  return upper.startMs >= lower.startMs - slack && upper.startMs <= endOf(lower) + slack;
}

/**
 * Ids were there and did not meet, so these are two requests, and the line of either's partner was lost or thrown
 * away: the upper one names the request it served; or one CDN writes both tiers, with one id for all of a request.
 */
function isNamedOtherwise(upper: RequestReport, lower: RequestReport): boolean {
  if (lower.requestId === '') return false;
  return upper.parentRequestId !== '' || (upper.requestId !== '' && upper.source.emitter === lower.source.emitter);
}

/** End of a half on its own clock; its begin where the log has no duration. */
export function endOf(report: RequestReport): number {
  return !Number.isNaN(report.durationMs) ? report.startMs + report.durationMs : report.startMs;
}

function byTime(a: RequestReport, b: RequestReport): number {
  return a.startMs - b.startMs || endOf(a) - endOf(b) || a.uidHigh - b.uidHigh || a.uidLow - b.uidLow;
}

function key2(a: string, b: string): string {
  return a === '' || b === '' ? '' : a + b;
}

function multi<K, V>(map: Map<K, V[]>, key: K): V[] {
  let list = map.get(key);
  if (!list) {
    list = [];
    map.set(key, list);
  }
  return list;
}

function edgeGroup(edge: RequestReport): Group {
  const group = emptyGroup();
  group.edge = edge;
  return group;
}

function emptyGroup(): Group {
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
