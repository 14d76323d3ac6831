import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import type { UnixMs } from '../../model/time.ts';
import type { Ladder } from '../content/content-memory.ts';
import { ABANDONED_MS, firstPositive, renditionKbps, throughputKbps } from '../content/object-rates.ts';
import { bodyBytesOf } from '../join/request-halves.ts';
import { isUnfinished, objectDurationMs } from '../join/request-signs.ts';
import { type RequestTiming, SLOW_FIRST_BYTE_MS, timingOf } from '../join/request-timing.ts';
import type { Elsewhere } from './delivery-elsewhere.ts';

export type Fault =
  | 'edge_error'
  | 'origin_error'
  | 'auth'
  | 'drm'
  | 'missing'
  | 'client'
  | 'edge_slow'
  | 'origin_slow'
  | 'cache_miss'
  | 'network'
  | 'abr';

/** Time one request cost the viewer, and what took it. */
export type Loss = {
  readonly fault: Fault;
  readonly request: JoinedRequest;
  readonly beginMs: UnixMs;
  readonly endMs: UnixMs;
  /** 0–1: how sure this fault is, given the halves that were there. */
  readonly certainty: number;
};

/** What the requests around one say about it. */
export type LossContext = {
  readonly ladder: Ladder;
  /** Duration of a media object that does not state its own. */
  readonly segmentMs: number;
  /** The player stood still and waited for it: no time of it was free. */
  readonly isAwaited: boolean;
  /**
   * Whether somebody above tells of a CDN's misses: then an error that nobody above tells of is its own, else it may
   * have come from there. Absent for a CDN that missed nothing.
   */
  readonly isToldAbove: ReadonlyMap<string, boolean>;
  /** The middle first byte of hits at the edge; NaN when none was timed. */
  readonly hitTtfbMs: number;
  /** Some request was reported by an edge: where one is missing, it never got there, if its CDN logs all of them. */
  readonly hasEdge: boolean;
  /** CDNs that delivered what no line of theirs tells of: lost, or thrown away. */
  readonly lossyCdns: ReadonlySet<string>;
  /** A cached object had a slow first byte too, so the edge itself is slow. */
  readonly isEdgeSlow: boolean;
  /** The cache held before and does not now. */
  readonly isMissBurst: boolean;
  /** What the viewer's line carried of media from cache, kbit/s; NaN when none came from there. */
  readonly hitKbps: number;
  /** What else came over the same line meanwhile: requests share it. */
  readonly alongside: { readonly kbps: number; readonly askedKbps: number };
  /** What the same CDNs gave to others at that time. */
  readonly elsewhere: Elsewhere | undefined;
  /** When the player asked for the next object after this one's failure. */
  readonly retriedMs: UnixMs;
};

/** A body this many times slower than those from cache was slow on its way into the cache. */
const SLOW_FILL = 3;
/** A rate this many times above or below the lowest rendition leaves no doubt; nor is what it asked for another one. */
const CLEARLY = 1.3;
/** An answer this many times later than a hit's, and by so much, came from above. */
const ASKED_ABOVE = 2;
const MIN_WAY_MS = 8;
/** A playlist, key or init segment is late from here on. */
const LATE_SMALL_OBJECT_MS = 600;

/** It was refused, given up, or came later than it plays. Most requests around an incident did their job in time. */
export function hasLost(request: JoinedRequest, context: Pick<LossContext, 'segmentMs' | 'isAwaited'>): boolean {
  if (isRefused(request)) return true;
  if (!isUnfinished(request)) return lateMs(request, context) > 0;
  return request.endMs - request.startMs >= ABANDONED_MS || isTimeout(request);
}

/** The time lost by a request that `hasLost` some, by cause. */
export function lossesOf(request: JoinedRequest, context: LossContext): Loss[] {
  const { startMs, endMs } = request;
  if (isRefused(request)) {
    const [fault, certainty] = refusal(request, context);
    return [{ fault, request, beginMs: startMs, endMs: Math.max(endMs, context.retriedMs), certainty }];
  }
  // Nothing of an unfinished object is used, so all of its time is lost.
  const lostMs = isUnfinished(request) ? Math.max(endMs, context.retriedMs) - startMs : lateMs(request, context);
  return spread(request, lostMs, endMs, context);
}

function isRefused({ status }: JoinedRequest): boolean {
  return status >= 400 && status !== 499;
}

function lateMs(
  request: JoinedRequest,
  { segmentMs, isAwaited }: Pick<LossContext, 'segmentMs' | 'isAwaited'>,
): number {
  const tookMs = request.endMs - request.startMs;
  if (isAwaited) return tookMs;
  const playsMs = isMediaObject(request.objectType)
    ? firstPositive(objectDurationMs(request), segmentMs)
    : LATE_SMALL_OBJECT_MS;
  return tookMs - playsMs;
}

function isTimeout({ player, edge }: JoinedRequest): boolean {
  return [player?.errorType, edge?.report.errorType].some((type) => type === 'timeout' || type === 'no_response');
}

/** Who refused, and how sure that is. */
function refusal(request: JoinedRequest, context: LossContext): readonly [Fault, number] {
  const { isToldAbove, hitTtfbMs } = context;
  const { status, objectType, edge, shield, origin, player } = request;
  if (objectType === 'key') return ['drm', 0.9];
  if (status === 401 || status === 402 || status === 403 || status === 451) return ['auth', 0.96];
  if (status === 404 || status === 410) return ['missing', origin || edge ? 0.8 : 0.6];
  if (status < 500) return status === 429 ? ['edge_error', 0.7] : ['client', 0.5];
  if (origin && origin.report.status >= 500) return ['origin_error', 0.98];
  const server = (edge ?? shield)?.report;
  const failing = context.elsewhere?.failing(request) ?? '';
  if (!server && failing === 'everywhere') return ['origin_error', 0.8];
  if (!server) return ['edge_error', failing === 'one_site' ? 0.8 : player ? 0.6 : 0.5];
  if (server.upstreamStatus >= 500 || server.isGeneratedUpstream) return ['origin_error', 0.95];
  // A miss was asked for above; an edge that answers by itself calls it an error, or nothing.
  if (server.cacheStatus === 'miss') return ['origin_error', 0.75];
  // The edge asked above and got nothing it could pass on.
  if (server.errorType === 'origin_connect' || status === 502 || status === 504) return ['origin_error', 0.7];
  if (isToldAbove.get(request.cdn)) return ['edge_error', 0.97];
  // One origin behind all sites fails at all of them, an edge at its own.
  if (failing === 'everywhere') return ['origin_error', 0.85];
  if (failing === 'one_site') return ['edge_error', 0.9];
  // An error that took longer than a hit was fetched.
  const isFetched = server.ttfbMs > ASKED_ABOVE * hitTtfbMs && server.ttfbMs > hitTtfbMs + MIN_WAY_MS;
  if (isFetched) return ['origin_error', 0.7];
  if (!isToldAbove.has(request.cdn)) return ['edge_error', 0.97];
  return ['edge_error', server.ttfbMs >= 0 && hitTtfbMs >= 0 ? 0.85 : 0.7];
}

/** Delays of origin and edge come first; what is left is the way to the viewer, or the choice of rendition. */
function spread(request: JoinedRequest, lostMs: number, endMs: UnixMs, context: LossContext): Loss[] {
  const timing = timingOf(request);
  const losses: Loss[] = [];
  let leftMs = lostMs;
  const take = (fault: Fault, ms: number, certainty: number): void => {
    const takenMs = Math.min(leftMs, ms);
    if (!(takenMs > 0)) return;
    const upToMs = endMs - (lostMs - leftMs);
    losses.push({ fault, request, beginMs: upToMs - takenMs, endMs: upToMs, certainty });
    leftMs -= takenMs;
  };
  take('origin_slow', timing.originWaitMs - SLOW_FIRST_BYTE_MS, request.origin ? 0.95 : 0.9);
  const [waitFault, sure] = firstByteFault(request, timing, context);
  take(waitFault, timing.edgeWaitMs - SLOW_FIRST_BYTE_MS, sure);
  if (isSlowAbove(timing)) {
    const [fillCause, certainty] = fillFault(request, timing, context);
    take(fillCause, leftMs, certainty);
  }
  const [fault, certainty] = wayFault(request, timing, context);
  take(fault, leftMs, certainty);
  return losses;
}

/** Who kept the first byte waiting, the origin's own share taken out. */
function firstByteFault(
  request: JoinedRequest,
  { isHit, isMiss, originWaitMs }: RequestTiming,
  context: LossContext,
): readonly [Fault, number] {
  const { edge, origin } = request;
  if (isHit) return ['edge_slow', edge && edge.report.ttfbMs >= 0 ? 0.92 : 0.7];
  if (edge && (!isMiss || context.isEdgeSlow)) return ['edge_slow', 0.7];
  if (context.elsewhere?.isEdgeLate(request)) return ['edge_slow', 0.8];
  // The origin has said what its part of the wait was. While the cache holds what it held, a miss is no reason to wait.
  if (edge && !Number.isNaN(originWaitMs)) {
    const isHolding = context.elsewhere?.isCacheHolding(request) === true && !context.isMissBurst;
    return isHolding ? ['edge_slow', 0.65] : ['cache_miss', origin ? 0.8 : 0.7];
  }
  const above = faultAbove(request, context);
  if (above !== null) return above;
  // Without the origin's word, a miss that waits most likely waits for the origin.
  return edge ? ['origin_slow', 0.65] : ['edge_slow', 0.45];
}

/** What is wrong above an edge whose tiers above keep no log: what its other requests show. */
function faultAbove(request: JoinedRequest, { elsewhere, isMissBurst }: LossContext): readonly [Fault, number] | null {
  if (elsewhere?.isOriginLate(request)) return ['origin_slow', 0.85];
  if (elsewhere?.isCacheGone(request)) return ['cache_miss', 0.85];
  // One viewer's misses are a chance, or a cold title, while the others get as much from cache as ever.
  return isMissBurst && !elsewhere?.isCacheHolding(request) ? ['cache_miss', 0.7] : null;
}

/** The body was as slow into the edge as out of it. */
function isSlowAbove({ originBodyMs, transferMs }: RequestTiming): boolean {
  return originBodyMs > SLOW_FIRST_BYTE_MS && originBodyMs >= 0.6 * transferMs;
}

/** An origin whose body would not carry the lowest rendition is slow; else it was the miss that cost the time. */
function fillFault(request: JoinedRequest, timing: RequestTiming, context: LossContext): readonly [Fault, number] {
  const { originBodyMs, originWaitMs } = timing;
  // A shield that had it asked no one: what took the time is that the edge had to ask.
  if (request.shield && !request.origin && originWaitMs === 0) return ['cache_miss', 0.75];
  // Nobody says which part of it was waiting for the first byte.
  const above = Number.isNaN(originWaitMs) ? faultAbove(request, context) : null;
  if (above !== null) return above;
  // The origin began at once, and everybody's misses come at the same time.
  if (originWaitMs <= SLOW_FIRST_BYTE_MS && context.elsewhere?.isCacheGone(request)) return ['cache_miss', 0.8];
  // Of an object the viewer gave up, the tiers above sent more than the viewer got.
  const sentBytes = (request.origin ?? request.shield)?.report.bodyBytes ?? Number.NaN;
  const kbps = ((sentBytes >= 0 ? sentBytes : bodyBytesOf(request)) * 8) / originBodyMs;
  const { lowestKbps } = context.ladder;
  return [lowestKbps > 0 && kbps >= lowestKbps ? 'cache_miss' : 'origin_slow', 0.75];
}

/** What took the time that nobody timed, or that the body took. */
function wayFault(request: JoinedRequest, timing: RequestTiming, context: LossContext): readonly [Fault, number] {
  return faultBeforeWay(request, timing, context) ?? lineFault(request, timing, context);
}

/** What kept it before it was on the way to the viewer, where nobody timed that; null when nothing did. */
function faultBeforeWay(
  request: JoinedRequest,
  timing: RequestTiming,
  context: LossContext,
): readonly [Fault, number] | null {
  const { edge, player } = request;
  const isLost = !edge && context.lossyCdns.has(request.cdn);
  const isUnseen = !edge && !isLost && context.hasEdge && player !== null && !(request.status > 0);
  if (isUnseen) return ['network', 0.65];
  const above = isLost && isLineWell(request, context) ? faultAbove(request, context) : null;
  if (above !== null) return [above[0], 0.6];
  // Not a byte had come out of the edge, and nothing else was on the line.
  const isUnsent = edge?.report.bodyBytes === 0 && isUnfinished(request) && !hasFirstByte(request);
  if (isUnsent && !(context.alongside.kbps > 0)) return firstByteFault(request, timing, context);
  if (isSlowUnseen(request, timing, context)) return faultAbove(request, context) ?? ['origin_slow', 0.65];
  // Nobody timed its first byte, and what else the site has comes late, too.
  const isEdgeLate = context.isEdgeSlow || context.elsewhere?.isEdgeLate(request) === true;
  return edge && !hasFirstByte(request) && isEdgeLate ? ['edge_slow', 0.75] : null;
}

/** Throughput below the lowest rendition is the network; above it, a lower rendition would have come in time. */
function lineFault(request: JoinedRequest, timing: RequestTiming, context: LossContext): readonly [Fault, number] {
  const { edge } = request;
  const kbps = throughputKbps(request) + context.alongside.kbps;
  const ownKbps = request.objectType === 'audio' ? 0 : renditionKbps(request, context.segmentMs);
  const askedKbps = Math.max(ownKbps, context.alongside.askedKbps);
  const { lowestKbps } = context.ladder;
  const isChoice = lowestKbps * CLEARLY < askedKbps && kbps >= lowestKbps;
  if (!edge) return [isChoice ? 'abr' : 'network', 0.5];
  const isWayTimed = hasFirstByte(request) || edge.report.upstreamDurationMs >= 0;
  // Near the lowest rendition it could be either; of a miss that nobody above timed it could be the way into the edge.
  const isSure = isWayTimed && (!timing.isMiss || timing.originBodyMs >= 0);
  if (isChoice) return ['abr', isSure && kbps > CLEARLY * lowestKbps ? 0.8 : 0.7];
  return ['network', isSure && !(kbps * CLEARLY > lowestKbps) ? 0.85 : 0.7];
}

/** What came from cache came fast enough for what was asked for; a small object asks for nothing. */
function isLineWell(request: JoinedRequest, { hitKbps, segmentMs }: LossContext): boolean {
  return !isMediaObject(request.objectType) || hitKbps >= renditionKbps(request, segmentMs);
}

/**
 * A miss that nobody above the edge timed. When its first byte is not known either, or its cache held before, and it
 * came much slower than what the cache had, it was slow before it reached the edge.
 */
function isSlowUnseen(request: JoinedRequest, timing: RequestTiming, context: LossContext): boolean {
  if (!timing.isMiss) return false;
  const isTimed = hasFirstByte(request) || (request.edge?.report.upstreamDurationMs ?? -1) >= 0;
  const isAilingAbove = faultAbove(request, context) !== null;
  if (!isTimed && isAilingAbove) return true;
  if (timing.originBodyMs >= 0 || (isTimed && !isAilingAbove)) return false;
  return !(throughputKbps(request) * SLOW_FILL >= context.hitKbps);
}

function hasFirstByte({ edge, player }: JoinedRequest): boolean {
  return (edge?.report.ttfbMs ?? -1) >= 0 || (player?.ttfbMs ?? -1) >= 0;
}
