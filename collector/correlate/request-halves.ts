import { Cmcd } from '../model/cmcd.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import { isUnfinished } from './request-signs.ts';

const NO_CMCD = new Cmcd();

/** The CMCD a request was sent with: from the log lines first, because a player's report may carry later values. */
export function cmcdOf({ edge, shield, origin, player }: JoinedRequest): Cmcd {
  for (const report of [edge?.report, shield?.report, player, origin?.report]) {
    if (report && report.cmcd.sid !== '') return report.cmcd;
  }
  return edge?.report.cmcd ?? player?.cmcd ?? origin?.report.cmcd ?? NO_CMCD;
}

/** Body bytes the viewer's side received; NaN when nobody counted. */
export function bodyBytesOf({ edge, shield, origin, player }: JoinedRequest): number {
  for (const report of [edge?.report, player, shield?.report, origin?.report]) {
    if (report && report.bodyBytes >= 0) return report.bodyBytes;
  }
  return Number.NaN;
}

/** The viewer got the whole object. */
export function isDelivered(request: JoinedRequest): boolean {
  return request.status < 400 && !isUnfinished(request);
}
