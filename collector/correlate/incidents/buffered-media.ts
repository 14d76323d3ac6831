import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import type { UnixMs } from '../../model/time.ts';
import { segmentOf } from '../content/segment-identity.ts';
import { isDelivered } from '../join/request-halves.ts';
import { objectDurationMs } from '../join/request-signs.ts';

/** A request is stamped about when the segment before it arrives. */
const STAMP_MS = 100;

/**
 * Media that must have been in the player at `atMs`, at least; 0 when nothing proves any. The proof is what a request
 * said of its buffer (CMCD `bl` of a log line; a player's own report may carry a stale one) less the time since;
 * without a word, that more media arrived in some stretch before than could be played in it. The emptier of audio and
 * video counts.
 */
export function bufferedMediaMs(requests: readonly JoinedRequest[], atMs: UnixMs): number {
  const media = requests.filter(
    (request) => isMediaObject(request.objectType) && request.startMs < atMs && isNear(request),
  );
  const tracks = [...new Set(media.map(trackOf))];
  if (tracks.length === 0) return 0;
  return Math.min(
    ...tracks.map((track) =>
      leastOf(
        media.filter((request) => trackOf(request) === track),
        atMs,
      ),
    ),
  );
}

/** Seen at the viewer's side: what only a tier above tells of may have gone to nobody. */
function isNear({ player, edge }: JoinedRequest): boolean {
  return player !== null || edge !== null;
}

function trackOf({ objectType }: JoinedRequest): 'audio' | 'video' {
  return objectType === 'audio' ? 'audio' : 'video';
}

function leastOf(requests: readonly JoinedRequest[], atMs: UnixMs): number {
  const arrived = requests.filter((request) => request.endMs <= atMs && isDelivered(request));
  return Math.max(0, saidMs(requests, arrived, atMs) ?? surplusMs(arrived, atMs));
}

/** The newest word on the buffer, less what was played since, and what came since; it knows of jumps, too. */
function saidMs(
  requests: readonly JoinedRequest[],
  arrived: readonly JoinedRequest[],
  atMs: UnixMs,
): number | undefined {
  // A line that may be of after the moment tells of after it.
  const newest = requests
    .toSorted((a, b) => b.startMs - a.startMs)
    .find((request) => bufferOf(request) >= 0 && request.startMs + coarsenessOf(request) < atMs);
  if (!newest) return undefined;
  // What arrived about when it was asked is in its word already: logs that write whole seconds date it too early.
  const heardMs = newest.startMs + slackOf(newest);
  const sinceMs = arrived
    .filter((request) => request !== newest && request.endMs > heardMs)
    .reduce((sum, request) => sum + (objectDurationMs(request) || 0), 0);
  return bufferOf(newest) - (atMs - newest.startMs) + sinceMs;
}

function slackOf(request: JoinedRequest): number {
  return Math.max(STAMP_MS, coarsenessOf(request));
}

/** How much later than it is dated a request may have begun; 0 with a date to the millisecond. */
function coarsenessOf({ player, edge, shield, origin }: JoinedRequest): number {
  const precisionMs = (player ?? edge?.report ?? shield?.report ?? origin?.report)?.precisionMs ?? 0;
  return precisionMs > 1 ? precisionMs : 0;
}

function bufferOf({ edge, shield, origin }: JoinedRequest): number {
  return (edge ?? shield ?? origin)?.report.cmcd.bufferMs ?? Number.NaN;
}

/** Most that arrived beyond the time it had to be played in, over positions that follow each other. */
function surplusMs(arrived: readonly JoinedRequest[], atMs: UnixMs): number {
  let arrivedMs = 0;
  let mostMs = 0;
  let next: { stem: string; number: number } | null = null;
  for (const request of arrived.toSorted((a, b) => b.endMs - a.endMs)) {
    const position = segmentOf(request.path);
    // A jump is a seek, which threw away what was there; the same position again was fetched for nothing.
    if (next && (position.stem !== next.stem || !(position.number < next.number && position.number >= next.number - 1)))
      break;
    next = position;
    arrivedMs += objectDurationMs(request) || 0;
    mostMs = Math.max(mostMs, arrivedMs - (atMs - request.endMs));
  }
  return mostMs;
}
