import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject, type StreamType } from '../../model/media.ts';
import type { UnixMs } from '../../model/time.ts';
import { segmentOf } from '../content/segment-identity.ts';
import { isDelivered } from '../join/request-halves.ts';

/** A live player polls at least this often before silence means that there was nothing new. */
const MIN_POLLS = 2;
/** Polling one playlist this often is what live players do, said or not. */
const LIVE_POLLS = 3;
/** An answer this late, to a playlist or init segment, is what the player waited for. */
const LATE_MS = 600;

export type StaleStretch = {
  readonly beginMs: UnixMs;
  readonly endMs: UnixMs;
  readonly polls: readonly JoinedRequest[];
};

/**
 * Stretches in which a live player kept asking for the playlist, got it, and found no segment to fetch: nothing was
 * asked for and nothing was under way. `requests` in order of begin.
 */
export function staleStretches(
  requests: readonly JoinedRequest[],
  streamType: StreamType,
  segmentMs: number,
  untilMs: UnixMs,
): StaleStretch[] {
  const polls = requests.filter((request) => request.objectType === 'manifest' && isDelivered(request));
  if (!isLive(streamType, polls)) return [];
  const media = requests.filter((request) => isMediaObject(request.objectType));
  const stride = smallestStride(media);
  const stretches: StaleStretch[] = [];
  let busyUntilMs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < media.length; i++) {
    const request = media[i] as JoinedRequest;
    busyUntilMs = Math.max(busyUntilMs, request.endMs, request.startMs + segmentMs);
    const nextMs = Math.min(untilMs, media[i + 1]?.startMs ?? untilMs);
    if (nextMs <= busyUntilMs || !isDelivered(request)) continue;
    // Positions were passed over of which no line tells: it fetched them then.
    if (stepTo(media, i) > stride) continue;
    const between = polls.filter((poll) => poll.startMs >= request.startMs && poll.startMs < nextMs);
    const isWaiting = requests.some(
      ({ startMs, endMs }) => endMs - startMs > LATE_MS && startMs < nextMs && endMs > busyUntilMs,
    );
    if (between.length >= MIN_POLLS && !isWaiting)
      stretches.push({ beginMs: busyUntilMs, endMs: nextMs, polls: between });
  }
  return stretches;
}

/** How many positions on the next object of the same lane is; NaN when there is none, or nothing counts them. */
function stepTo(media: readonly JoinedRequest[], at: number): number {
  const { stem, number } = segmentOf((media[at] as JoinedRequest).path);
  for (let i = at + 1; i < media.length; i++) {
    const next = segmentOf((media[i] as JoinedRequest).path);
    if (next.stem === stem && next.number !== number) return next.number - number;
  }
  return Number.NaN;
}

/** The distance of neighbours; infinite when no two are there. */
function smallestStride(media: readonly JoinedRequest[]): number {
  const steps = media.map((_, i) => stepTo(media, i)).filter((step) => step > 0);
  return Math.min(...steps);
}

function isLive(streamType: StreamType, polls: readonly JoinedRequest[]): boolean {
  if (streamType === 'vod') return false;
  if (streamType !== '') return true;
  const counts = new Map<string, number>();
  for (const { path } of polls) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts.values()].some((count) => count >= LIVE_POLLS);
}
