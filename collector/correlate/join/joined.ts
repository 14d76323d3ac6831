import { spanIdOf, spanIdOfNumbers } from '../../model/ids.ts';
import type { JoinedRequest, JoinMethod, ServerHalf } from '../../model/joined-request.ts';
import type { ObjectType } from '../../model/media.ts';
import type { RequestReport } from '../../model/request.ts';
import type { UnixMs } from '../../model/time.ts';
import type { Group } from './request-group.ts';

const RID = /^[0-9a-f]{16}$/;

/** A request in server time. Its span id is derived when first asked for: most are counted and never become spans. */
class SettledRequest implements JoinedRequest {
  readonly player: RequestReport | null;
  readonly edge: ServerHalf | null;
  readonly shield: ServerHalf | null;
  readonly origin: ServerHalf | null;
  readonly startMs: UnixMs;
  readonly endMs: UnixMs;
  readonly cdn: string;
  readonly path: string;
  readonly objectType: ObjectType;
  readonly status: number;
  readonly #traceId: string;
  #spanId = '';

  constructor(
    player: RequestReport | null,
    edge: ServerHalf | null,
    shield: ServerHalf | null,
    origin: ServerHalf | null,
    startMs: UnixMs,
    endMs: UnixMs,
    cdn: string,
    path: string,
    objectType: ObjectType,
    status: number,
    traceId: string,
  ) {
    this.player = player;
    this.edge = edge;
    this.shield = shield;
    this.origin = origin;
    this.startMs = startMs;
    this.endMs = endMs;
    this.cdn = cdn;
    this.path = path;
    this.objectType = objectType;
    this.status = status;
    this.#traceId = traceId;
  }

  get spanId(): string {
    if (this.#spanId === '') this.#spanId = outermostSpanId(this, this.#traceId);
    return this.#spanId;
  }
}

/** A group of halves as one request that `cdn` answered. `offsetMs`: how far the player's clock is ahead of the servers'. */
export function groupedRequest(group: Group, traceId: string, offsetMs: number, cdn: string): JoinedRequest {
  const { player, edge, shield, origin } = group;
  const nearest = (player ?? edge ?? shield ?? origin) as RequestReport;
  const server = edge ?? shield;
  const startMs = player ? player.startMs - offsetMs : nearest.startMs;
  const endMs = startMs + (Number.isNaN(nearest.durationMs) ? 0 : nearest.durationMs);
  return new SettledRequest(
    player,
    half(edge, group.edgeMethod, group.edgeConfidence),
    half(shield, group.shieldMethod, group.shieldConfidence),
    half(origin, group.originMethod, group.originConfidence),
    startMs,
    player && edge ? Math.max(endMs, lastByteMs(player, edge)) : endMs,
    cdn,
    nearest.path,
    objectTypeOf(group),
    statusOf(nearest, server),
    traceId,
  );
}

/**
 * A player that retries by itself tells the begin of its first try and the duration of its last (players.md): the
 * request was not over before the edge had written the last byte. An edge that the viewer left proves nothing.
 */
function lastByteMs(player: RequestReport, edge: RequestReport): UnixMs {
  if (!player.isComplete || !edge.isComplete || Number.isNaN(edge.durationMs)) return Number.NEGATIVE_INFINITY;
  // Whole seconds would stretch every request of such a log.
  return edge.precisionMs > 1 ? Number.NEGATIVE_INFINITY : edge.startMs + edge.durationMs;
}

/** Span id of a server half: its record's fingerprint, so the same line always makes the same span. */
export function serverSpanId(traceId: string, report: RequestReport): string {
  return spanIdOfNumbers(traceId, report.source.tier, report.uidHigh, report.uidLow);
}

function outermostSpanId({ player, edge, shield, origin }: JoinedRequest, traceId: string): string {
  if (!player) return serverSpanId(traceId, ((edge ?? shield ?? origin) as ServerHalf).report);
  if (RID.test(player.rid)) return player.rid;
  return spanIdOf(traceId, `player/${player.host}${player.path}/${player.startMs}/${player.uidHigh}/${player.uidLow}`);
}

function half(report: RequestReport | null, joinMethod: JoinMethod | '', joinConfidence: number): ServerHalf | null {
  return report && { report, joinMethod, joinConfidence };
}

/** CMCD `ot` is the player's own word, on the edge line first; a path extension is a guess. */
function objectTypeOf({ player, edge, shield, origin }: Group): ObjectType {
  let guessed: ObjectType = 'other';
  for (const report of [edge, player, shield, origin]) {
    if (!report || report.objectType === 'other') continue;
    if (report.cmcd.objectType !== '') return report.objectType;
    if (guessed === 'other') guessed = report.objectType;
  }
  return guessed;
}

/** What the viewer got; a player that could not see the status leaves it to the edge. */
function statusOf(answered: RequestReport | null, server: RequestReport | null): number {
  if (answered && answered.status > 0) return answered.status;
  return server?.status ?? Number.NaN;
}
