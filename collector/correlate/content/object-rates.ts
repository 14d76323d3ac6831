import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import { bodyBytesOf, cmcdOf } from '../join/request-halves.ts';
import { isUnfinished, objectDurationMs } from '../join/request-signs.ts';
import { timingOf } from '../join/request-timing.ts';

/** A player that gives up an object before this has changed its mind; later, the object was too slow for it. */
export const ABANDONED_MS = 500;
const SOCKET_BYTES = 65_536;

/**
 * kbit/s the body travelled at, waits for edge and origin taken out; NaN when nobody counted the bytes, or when so
 * few of an unfinished body were sent that they may never have left the edge's socket.
 */
export function throughputKbps(request: JoinedRequest): number {
  const bytes = sentBytesOf(request);
  if (isUnfinished(request) && !(bytes >= SOCKET_BYTES)) return Number.NaN;
  const { tookMs, transferMs } = timingOf(request);
  // An edge may go on after the player has left: its bytes took its time.
  const edgeMs = (request.edge?.report.durationMs ?? 0) - (tookMs - transferMs);
  return (bytes * 8) / Math.max(transferMs, edgeMs, 1);
}

/** The same; of an unfinished body whose bytes prove nothing, the most that they can have been. */
export function mostThroughputKbps(request: JoinedRequest): number {
  const kbps = throughputKbps(request);
  const tookMs = request.endMs - request.startMs;
  return Number.isNaN(kbps) && isUnfinished(request) && tookMs >= ABANDONED_MS ? (SOCKET_BYTES * 8) / tookMs : kbps;
}

/**
 * Bitrate of the rendition a media object is of: stated, else its size over its length, which of an object that
 * never came whole is the least it can be; 0 when neither is known.
 */
export function renditionKbps(request: JoinedRequest, segmentMs: number): number {
  const statedKbps = cmcdOf(request).bitrateKbps;
  if (statedKbps > 0) return statedKbps;
  if (!isMediaObject(request.objectType)) return 0;
  return (sentBytesOf(request) * 8) / firstPositive(objectDurationMs(request), segmentMs) || 0;
}

/** Body bytes; with their headers, where a log counts only both together. */
export function sentBytesOf(request: JoinedRequest): number {
  const bytes = bodyBytesOf(request);
  return bytes >= 0 ? bytes : (request.edge?.report.totalBytes ?? Number.NaN);
}

/** The first that says something; NaN when none does. */
export function firstPositive(...values: readonly number[]): number {
  return values.find((value) => value > 0) ?? Number.NaN;
}
