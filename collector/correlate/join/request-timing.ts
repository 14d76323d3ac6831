import type { JoinedRequest } from '../../model/joined-request.ts';

/** A first byte, or an origin, is not slow before this. */
export const SLOW_FIRST_BYTE_MS = 300;

const ONE_PACKET_BYTES = 1_400;

/** Where the time of one request went, as far as its halves tell; absent is NaN. */
export type RequestTiming = {
  /** Sent → last byte, nearest the viewer. */
  readonly tookMs: number;
  readonly isHit: boolean;
  readonly isMiss: boolean;
  /** Wait for the origin's first byte, as the origin saw it, else as the edge did. */
  readonly originWaitMs: number;
  /** Body from the tier above into the edge. */
  readonly originBodyMs: number;
  /** First byte at the edge without the origin's share. */
  readonly edgeWaitMs: number;
  /** What is left: bytes on their way to the viewer. */
  readonly transferMs: number;
};

/** Takes a request's time apart: origin, edge, and the way to the viewer. */
export function timingOf(request: JoinedRequest): RequestTiming {
  const player = request.player;
  const edge = (request.edge ?? request.shield)?.report ?? null;
  const shield = request.edge ? (request.shield?.report ?? null) : null;
  const origin = request.origin?.report ?? null;
  const tookMs = request.endMs - request.startMs;
  const upstreamTtfbMs = edge?.upstreamTtfbMs ?? Number.NaN;
  const hasWaited = isWaitForOther(edge);
  const isHit = HITS.has(edge?.cacheStatus ?? '') && !hasWaited;
  const isAsked = origin !== null || shield !== null || upstreamTtfbMs >= 0 || hasWaited;
  const isMiss = !isHit && (MISSES.has(edge?.cacheStatus ?? '') || isAsked);
  const isFromShield = shield !== null && HITS.has(shield.cacheStatus) && !isWaitForOther(shield);
  const aboveMs = firstKnown(origin?.ttfbMs, shield?.upstreamTtfbMs, shield?.ttfbMs, upstreamTtfbMs);
  const originWaitMs = isMiss && !isFromShield ? aboveMs : 0;
  const originBodyMs = isMiss ? bodyAboveMs(edge, shield, origin) : 0;
  // Where the edge logs no first byte of its own, or nothing, what the player waited for is the nearest to it.
  const firstByteMs = firstKnown(
    edge?.ttfbMs,
    isMiss ? upstreamTtfbMs : Number.NaN,
    waitedAt(edge, player),
    onePacketMs(edge),
  );
  const edgeWaitMs = Math.max(0, firstByteMs - orZero(originWaitMs));
  const known = orZero(originWaitMs) + orZero(edgeWaitMs);
  return {
    tookMs,
    isHit,
    isMiss,
    originWaitMs,
    originBodyMs,
    edgeWaitMs,
    transferMs: Math.max(0, tookMs - known),
  };
}

/** Where an edge or shield had its answer from, as far as its log tells. */
export function servedFrom(report: {
  readonly cacheStatus: string;
  readonly cacheStatusRaw: string;
}): 'cache' | 'above' | '' {
  if (isWaitForOther(report) || MISSES.has(report.cacheStatus)) return 'above';
  return HITS.has(report.cacheStatus) ? 'cache' : '';
}

const HITS: ReadonlySet<string> = new Set(['hit', 'hit_upper', 'partial_hit', 'stale_hit', 'revalidated']);
const MISSES: ReadonlySet<string> = new Set(['miss', 'bypass']);

const WAIT = /\bwait\b/i;

/** A hit that waited for somebody else's miss (Fastly HIT-WAIT) waited for the tier above. */
function isWaitForOther(report: { readonly cacheStatusRaw: string } | null): boolean {
  return report !== null && report.cacheStatusRaw.length >= 4 && WAIT.test(report.cacheStatusRaw);
}

/** By the nearest tier that timed it: the edge's own count, else the answer of the tier that it asked. */
function bodyAboveMs(edge: Above, shield: Above, origin: Above): number {
  if (edge !== null && edge.upstreamDurationMs >= 0) {
    return Math.max(0, edge.upstreamDurationMs - firstKnown(edge.upstreamTtfbMs, origin?.ttfbMs, 0));
  }
  if (shield !== null && shield.durationMs >= 0) {
    return Math.max(0, shield.durationMs - firstKnown(shield.ttfbMs, origin?.ttfbMs, 0));
  }
  return Math.max(0, (origin?.durationMs ?? Number.NaN) - firstKnown(edge?.upstreamTtfbMs, origin?.ttfbMs, 0));
}

type Above = (NonNullable<Half> & { readonly upstreamTtfbMs: number; readonly upstreamDurationMs: number }) | null;
type Half = { readonly ttfbMs: number; readonly durationMs: number } | null;

/** What fits into one packet has no way to be slow on: its last byte is its first. */
function onePacketMs(edge: (NonNullable<Half> & { readonly bodyBytes: number }) | null): number {
  return edge !== null && edge.bodyBytes > 0 && edge.bodyBytes <= ONE_PACKET_BYTES ? edge.durationMs : Number.NaN;
}

/** The player's first byte, unless the edge was done before it: then it was the way that took the time. */
function waitedAt(edge: Half, player: Half): number {
  if (!player || (edge && !(edge.durationMs >= player.ttfbMs))) return Number.NaN;
  return player.ttfbMs;
}

type Known = number | undefined;

function firstKnown(first: Known, second?: Known, third?: Known, fourth?: Known): number {
  if (isKnown(first)) return first;
  if (isKnown(second)) return second;
  if (isKnown(third)) return third;
  return isKnown(fourth) ? fourth : Number.NaN;
}

function isKnown(value: Known): value is number {
  return value !== undefined && value >= 0 && value < Number.POSITIVE_INFINITY;
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(0, value);
}
