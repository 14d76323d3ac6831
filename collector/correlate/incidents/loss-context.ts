import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import type { UnixMs } from '../../model/time.ts';
import { renditionKbps, sentBytesOf, throughputKbps } from '../content/object-rates.ts';
import { isDelivered } from '../join/request-halves.ts';
import { objectDurationMs } from '../join/request-signs.ts';
import { SLOW_FIRST_BYTE_MS, timingOf } from '../join/request-timing.ts';
import type { Interval } from '../timeline/playback-listener.ts';
import type { IncidentEvidence } from './incident-draft.ts';
import type { LossContext } from './request-loss.ts';

/** What the requests around a suspect say about it, found out for the first that is asked for; `isAwaited` when the player stood still for all of them. */
export function lossContexts(
  suspects: readonly JoinedRequest[],
  evidence: IncidentEvidence,
  segmentMs: number,
  window: Interval,
  isAwaited: boolean,
): (request: JoinedRequest) => LossContext {
  const { requests, ladder, elsewhere } = evidence;
  let shared: SharedContext | null = null;
  return (request) => {
    shared ??= {
      ladder,
      elsewhere,
      segmentMs,
      isAwaited,
      isMissBurst: isMissBurst(suspects, requests, window),
      isToldAbove: toldAbove(requests),
      ...deliveryOf(requests),
    };
    return {
      ...shared,
      alongside: alongside(request, requests, segmentMs, window.endMs),
      retriedMs: nextOfLane(requests, request) ?? window.endMs,
    };
  };
}

type SharedContext = Omit<LossContext, 'alongside' | 'retriedMs'>;

/** How edge and cache did. */
function deliveryOf(
  requests: readonly JoinedRequest[],
): Pick<LossContext, 'hasEdge' | 'lossyCdns' | 'isEdgeSlow' | 'hitKbps' | 'hitTtfbMs'> {
  const lossyCdns = new Set<string>();
  const kbps: number[] = [];
  const ttfbsMs: number[] = [];
  let hasEdge = false;
  let isEdgeSlow = false;
  for (const request of requests) {
    const { edge, cdn, objectType } = request;
    if (edge !== null) hasEdge = true;
    if (isUnlogged(request)) lossyCdns.add(cdn);
    const timing = timingOf(request);
    if (!timing.isHit) continue;
    if (timing.edgeWaitMs > SLOW_FIRST_BYTE_MS) isEdgeSlow = true;
    if (isMediaObject(objectType)) kbps.push(throughputKbps(request));
    if (edge !== null) ttfbsMs.push(edge.report.ttfbMs);
  }
  return { hasEdge, lossyCdns, isEdgeSlow, hitKbps: middle(kbps), hitTtfbMs: middle(ttfbsMs) };
}

/** kbit/s of pictures that the line carried while a request was late, until `untilMs`: its own and those beside it. */
export function lineKbps(
  request: JoinedRequest,
  all: readonly JoinedRequest[],
  segmentMs: number,
  untilMs: UnixMs,
): number {
  return throughputKbps(request) + alongside(request, all, segmentMs, untilMs).kbps;
}

/**
 * What other pictures carried over the line while this one was late, and the highest rendition among them: what came
 * before it was due cost no one anything, nor what came when the incident was over.
 */
function alongside(
  request: JoinedRequest,
  all: readonly JoinedRequest[],
  segmentMs: number,
  untilMs: UnixMs,
): LossContext['alongside'] {
  let bits = 0;
  let askedKbps = 0;
  const dueMs = request.startMs + (isDelivered(request) ? objectDurationMs(request) || segmentMs : 0);
  const endMs = request.startMs < untilMs ? Math.min(request.endMs, untilMs) : request.endMs;
  const beginMs = dueMs < endMs ? dueMs : request.startMs;
  const lengthMs = Math.max(1, endMs - beginMs);
  for (const other of all) {
    const sentMs = sentSinceMs(other);
    const overlapMs = Math.min(endMs, other.endMs) - Math.max(beginMs, sentMs);
    const bytes = sentBytesOf(other);
    // Sound of its own has to come beside any rendition.
    if (other === request || other.objectType === 'audio' || !(overlapMs > 0) || !(bytes > 0)) continue;
    bits += (bytes * 8 * overlapMs) / Math.max(1, other.endMs - sentMs);
    askedKbps = Math.max(askedKbps, renditionKbps(other, segmentMs));
  }
  return { kbps: bits / lengthMs, askedKbps };
}

/** What a player asked for twice travelled once, when the edge says. */
function sentSinceMs({ startMs, edge }: JoinedRequest): UnixMs {
  return edge && edge.report.precisionMs <= 1 ? Math.max(startMs, edge.report.startMs) : startMs;
}

/** The player has it, and no line of its CDN tells of it. */
function isUnlogged(request: JoinedRequest): boolean {
  return request.player !== null && request.edge === null && isDelivered(request);
}

/** CDNs that missed something, and whether somebody above told of every miss. */
function toldAbove(requests: readonly JoinedRequest[]): ReadonlyMap<string, boolean> {
  const isTold = new Map<string, boolean>();
  for (const { cdn, edge, shield, origin } of requests) {
    if (edge?.report.cacheStatus !== 'miss' || edge.report.status >= 400) continue;
    const isSeen = shield !== null || origin !== null || edge.report.upstreamTtfbMs >= 0;
    isTold.set(cdn, (isSeen || edge.report.upstreamStatus > 0) && isTold.get(cdn) !== false);
  }
  return isTold;
}

/** NaN when there is nothing in it. */
function middle(values: readonly number[]): number {
  const known = values.filter((value) => value > 0).sort((a, b) => a - b);
  return known[known.length >> 1] ?? Number.NaN;
}

/** Most media was in cache before, and hardly any is now. */
function isMissBurst(now: readonly JoinedRequest[], all: readonly JoinedRequest[], { beginMs }: Interval): boolean {
  const misses = missShare(now);
  const before = missShare(all.filter((request) => request.endMs <= beginMs));
  return misses.count >= 2 && misses.share >= 0.6 && before.count >= 2 && before.share <= 0.5;
}

function missShare(requests: readonly JoinedRequest[]): { count: number; share: number } {
  const media = requests.filter(({ objectType, edge }) => isMediaObject(objectType) && edge?.report.cacheStatus);
  const misses = media.filter(({ edge }) => edge?.report.cacheStatus === 'miss');
  return { count: media.length, share: misses.length / media.length };
}

/** When the player asked again: for the next object of the same kind, or for anything on another CDN. */
function nextOfLane(requests: readonly JoinedRequest[], failed: JoinedRequest): number | undefined {
  let nextMs: number | undefined;
  for (const request of requests) {
    if (request.startMs <= failed.startMs || request === failed) continue;
    if (request.objectType !== failed.objectType && request.cdn === failed.cdn) continue;
    if (nextMs === undefined || request.startMs < nextMs) nextMs = request.startMs;
  }
  return nextMs;
}
