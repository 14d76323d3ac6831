import { Cmcd } from '../../model/cmcd.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import type { RequestReport } from '../../model/request.ts';
import { isUnfinished } from './request-signs.ts';

const NO_CMCD = new Cmcd();

/** The CMCD a request was sent with: from the log lines first, because a player's report may carry later values. */
export function cmcdOf({ edge, shield, origin, player }: JoinedRequest): Cmcd {
  if (edge !== null && edge.report.cmcd.sid !== '') return edge.report.cmcd;
  if (shield !== null && shield.report.cmcd.sid !== '') return shield.report.cmcd;
  if (player !== null && player.cmcd.sid !== '') return player.cmcd;
  if (origin !== null && origin.report.cmcd.sid !== '') return origin.report.cmcd;
  return edge?.report.cmcd ?? player?.cmcd ?? origin?.report.cmcd ?? NO_CMCD;
}

/** Body bytes the viewer's side received; NaN when nobody counted. */
export function bodyBytesOf({ edge, shield, origin, player }: JoinedRequest): number {
  if (edge !== null && edge.report.bodyBytes >= 0) return edge.report.bodyBytes;
  if (player !== null && player.bodyBytes >= 0) return player.bodyBytes;
  if (shield !== null && shield.report.bodyBytes >= 0) return shield.report.bodyBytes;
  return origin?.report.bodyBytes ?? Number.NaN;
}

/** The viewer got the whole object. */
export function isDelivered(request: JoinedRequest): boolean {
  return request.status < 400 && !isUnfinished(request);
}

/** Media was in it, all of it: one party's word. */
export function hasMedia({ objectType, status, isComplete }: RequestReport): boolean {
  return isMediaObject(objectType) && status < 400 && isComplete;
}
