import type { Cmcd } from '../../model/cmcd.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import type { UnixMs } from '../../model/time.ts';
import type { SegmentIdentity } from '../content/segment-identity.ts';
import { isDelivered } from '../join/request-halves.ts';
import type { Track } from './delivered-media.ts';

/** A request is stamped about when the segment before it arrives. */
export const STAMP_MS = 100;

/** A media segment asked for. */
export type Flight = {
  readonly request: JoinedRequest;
  readonly cmcd: Cmcd;
  readonly track: Track;
  readonly identity: SegmentIdentity;
};

export function hasAudio(flights: readonly Flight[]): boolean {
  for (const { track } of flights) if (track === 'audio') return true;
  return false;
}

/** A segment whose arrival may have let this one be asked for, though a log that writes whole seconds dates it later. */
export function isLandingAbout({ request }: Flight, other: Flight): boolean {
  const slackMs = Math.max(STAMP_MS, request.edge?.report.precisionMs ?? 0);
  return other.request.endMs - request.startMs <= slackMs && isDelivered(other.request);
}

/** Since when media has been asked for without an answer. */
export function firstAskedMs(flights: readonly Flight[], nowMs: UnixMs): UnixMs {
  let leastMs = nowMs;
  for (const { request } of flights) if (request.startMs < leastMs) leastMs = request.startMs;
  return leastMs;
}
