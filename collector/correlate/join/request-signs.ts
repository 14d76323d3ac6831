import type { SwitchReason } from '../../model/incident.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import type { RequestReport } from '../../model/request.ts';

/** A request nobody waits for this long on purpose: aborted after it, the object had timed out for the viewer. */
const PATIENCE_MS = 4_000;

/** Media seconds of the object in milliseconds, NaN when nobody said. */
export function objectDurationMs(request: JoinedRequest): number {
  const { player, edge, shield } = request;
  if (player !== null && player.cmcd.objectDurationMs > 0) return player.cmcd.objectDurationMs;
  if (edge !== null && edge.report.cmcd.objectDurationMs > 0) return edge.report.cmcd.objectDurationMs;
  if (shield !== null && shield.report.cmcd.objectDurationMs > 0) return shield.report.cmcd.objectDurationMs;
  return Number.NaN;
}

/** What was wrong with a request, from the viewer's side. */
export type BadSign = '5xx' | '4xx' | 'timeout' | 'slow';

/** '' when the request did its job. `segmentMs`: how long an object plays that does not say so; NaN when unknown. */
export function badSign(request: JoinedRequest, segmentMs = Number.NaN): BadSign | '' {
  const { status } = request;
  if (status >= 500) return '5xx';
  if (status >= 400 && status !== 499) return '4xx';
  const tookMs = request.endMs - request.startMs;
  const isMedia = isMediaObject(request.objectType);
  const mediaMs = objectDurationMs(request) || (isMedia ? segmentMs : Number.NaN);
  if (isUnfinished(request)) {
    if (hasTimedOut(request)) return 'timeout';
    // A player aborts early when it changes its mind; it aborts late when the object did not come.
    return tookMs > (mediaMs > 0 ? mediaMs : PATIENCE_MS) ? 'timeout' : '';
  }
  if (isMedia && mediaMs > 0 && tookMs > mediaMs) return 'slow';
  return '';
}

/** The object reached the viewer whole and in time. */
export function isGood(request: JoinedRequest): boolean {
  return !isUnfinished(request) && badSign(request) === '' && request.status < 400;
}

/** Bad sign as the reason of a switch. */
export function switchReason(sign: BadSign): SwitchReason {
  return sign === '5xx' ? '5xx' : sign === 'timeout' ? 'timeout' : sign === 'slow' ? 'stall' : 'unknown';
}

/**
 * First byte at the party nearest the viewer, in server time; the end when no first byte is known. A player that
 * retries by itself dates the request by its first try: no byte came before the edge was asked.
 */
export function firstByteMs(request: JoinedRequest): number {
  const edge = request.edge?.report;
  const askedMs = edge && edge.precisionMs <= 1 ? edge.startMs : Number.NEGATIVE_INFINITY;
  for (const report of halvesOf(request)) {
    const byteMs = request.startMs + report.ttfbMs;
    if (byteMs >= askedMs) return Math.min(byteMs, request.endMs);
    if (report === edge && report.ttfbMs >= 0) return Math.min(askedMs + report.ttfbMs, request.endMs);
  }
  return request.endMs;
}

export function isUnfinished(request: JoinedRequest): boolean {
  const { player, edge, shield } = request;
  const nearest = player ?? (edge ?? shield)?.report;
  return nearest !== undefined && (!nearest.isComplete || !(nearest.status > 0));
}

function hasTimedOut(request: JoinedRequest): boolean {
  return halvesOf(request).some((report) => report.errorType === 'timeout' || report.errorType === 'no_response');
}

/** The halves that speak for the viewer's side, nearest first. */
export function halvesOf(request: JoinedRequest): RequestReport[] {
  const halves: RequestReport[] = [];
  if (request.player) halves.push(request.player);
  if (request.edge) halves.push(request.edge.report);
  if (request.shield) halves.push(request.shield.report);
  return halves;
}
