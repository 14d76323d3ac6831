import { spanIdOf } from '../model/ids.ts';
import type { JoinedRequest, JoinMethod, ServerHalf } from '../model/joined-request.ts';
import type { ObjectType } from '../model/media.ts';
import type { RequestReport } from '../model/request.ts';
import type { Group } from './request-join.ts';

const RID = /^[0-9a-f]{16}$/;

/** Which CDN serves a host, learnt from the lines that edges wrote; names what only the player saw. */
export type CdnOfHost = ReadonlyMap<string, string>;

/** A group of halves as one request in server time, with the ids its spans will have. */
export function joinedRequest(group: Group, traceId: string, offsetMs: number, cdnOfHost: CdnOfHost): JoinedRequest {
  const { player, edge, shield, origin } = group;
  const nearest = (player ?? edge ?? shield ?? origin) as RequestReport;
  const server = edge ?? shield;
  const answered = player ?? edge ?? shield ?? origin;
  const startMs = player ? player.startMs - offsetMs : nearest.startMs;
  const durationMs = !Number.isNaN(nearest.durationMs) ? nearest.durationMs : 0;
  return {
    player,
    edge: half(edge, group.edgeMethod, group.edgeConfidence),
    shield: half(shield, group.shieldMethod, group.shieldConfidence),
    origin: half(origin, group.originMethod, group.originConfidence),
    startMs,
    endMs: startMs + durationMs,
    cdn: server ? server.source.emitter : player ? player.cmcd.cdn || (cdnOfHost.get(player.host) ?? player.host) : '',
    path: nearest.path,
    objectType: objectTypeOf(group),
    status: statusOf(answered, server),
    spanId: outermostSpanId(group, traceId),
  };
}

/** Span id of a server half: its record's fingerprint, so the same line always makes the same span. */
export function serverSpanId(traceId: string, report: RequestReport): string {
  return spanIdOf(traceId, `${report.source.tier}/${report.uidHigh}/${report.uidLow}`);
}

function outermostSpanId(group: Group, traceId: string): string {
  const { player } = group;
  if (!player) return serverSpanId(traceId, (group.edge ?? group.shield ?? group.origin) as RequestReport);
  if (RID.test(player.rid)) return player.rid;
  return spanIdOf(traceId, `player/${player.host}${player.path}/${player.startMs}/${player.uidHigh}/${player.uidLow}`);
}

function half(report: RequestReport | null, joinMethod: JoinMethod | '', joinConfidence: number): ServerHalf | null {
  return report && { report, joinMethod, joinConfidence };
}

/** CMCD `ot` on the edge line is the player's own word; a path extension is a guess. */
function objectTypeOf({ player, edge, shield, origin }: Group): ObjectType {
  for (const report of [edge, player, shield, origin]) {
    if (report && report.objectType !== 'other') return report.objectType;
  }
  return 'other';
}

/** What the viewer got; a player that could not see the status leaves it to the edge. */
function statusOf(answered: RequestReport | null, server: RequestReport | null): number {
  if (answered && answered.status > 0) return answered.status;
  return server?.status ?? Number.NaN;
}
