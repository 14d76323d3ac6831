import type { JoinedRequest } from '../model/joined-request.ts';
import { isMediaObject } from '../model/media.ts';
import type { UnixMs } from '../model/time.ts';
import type { IncidentDraft, IncidentEvidence } from './incident-draft.ts';
import type { Interval } from './playback-listener.ts';
import { cmcdOf, isDelivered } from './request-halves.ts';
import { objectDurationMs } from './request-signs.ts';

/** Nothing older caused an incident: players buffer no more than this. */
const LOOKBACK_MS = 60_000;
/** Without media durations the draining cannot be traced; this much before is looked at. */
const BLIND_LOOKBACK_MS = 30_000;
/** What made a player step down happened just before it did. */
const DECISION_MS = 20_000;

/**
 * When the cause was at work (semantics.md section 5): for a stall, from the moment the buffer was fullest; for a
 * collapse, before the player asked for less; for the others, the incident itself.
 */
export function causeWindow(draft: IncidentDraft, evidence: IncidentEvidence): Interval {
  const { beginMs, endMs, kind } = draft;
  const requests = evidence.requests;
  switch (kind) {
    case 'stall':
      if (draft.stallKind === 'seek') return { beginMs, endMs };
      // A flag only says that the buffer ran dry some time before it was raised.
      if (draft.precision === 'flag') return { beginMs: drainBegan(requests, endMs), endMs };
      return { beginMs: drainBegan(requests, beginMs), endMs };
    case 'quality_collapse': {
      const decidedMs = steppedDown(requests, beginMs);
      return { beginMs: decidedMs - DECISION_MS, endMs: decidedMs };
    }
    case 'playback_failure':
      return { beginMs: drainBegan(requests, beginMs), endMs };
    case 'startup_failure':
      // Playlists are often loaded before anyone presses play.
      return { beginMs: beginMs - BLIND_LOOKBACK_MS, endMs };
    case 'failover':
    case 'silent_failure':
      return { beginMs, endMs };
    default:
      return kind satisfies never;
  }
}

/**
 * When the buffer that was empty at `emptyMs` had been fullest. Going back in time it grows by the time that passes
 * and shrinks by the media that arrived.
 */
function drainBegan(requests: readonly JoinedRequest[], emptyMs: UnixMs): UnixMs {
  const arrivals = requests
    .filter((request) => isMain(request) && request.endMs <= emptyMs && isDelivered(request))
    .sort((a, b) => b.endMs - a.endMs);
  if (arrivals.length === 0 || arrivals.every((request) => !(objectDurationMs(request) > 0))) {
    return emptyMs - BLIND_LOOKBACK_MS;
  }
  let fullestMs = 0;
  let beganMs = emptyMs;
  let arrivedMs = 0;
  for (const request of arrivals) {
    if (emptyMs - request.endMs > LOOKBACK_MS) break;
    const leftMs = emptyMs - request.endMs - arrivedMs;
    if (leftMs > fullestMs) {
      fullestMs = leftMs;
      beganMs = request.endMs;
    }
    arrivedMs += objectDurationMs(request) || 0;
  }
  return beganMs;
}

/** The last time before `shownMs` that the player asked for a lower rendition than before. */
function steppedDown(requests: readonly JoinedRequest[], shownMs: UnixMs): UnixMs {
  let decidedMs = shownMs;
  let lastKbps = Number.NaN;
  for (const request of requests.filter(isMain).sort((a, b) => a.startMs - b.startMs)) {
    if (request.startMs > shownMs) break;
    const kbps = cmcdOf(request).bitrateKbps;
    if (kbps < lastKbps) decidedMs = request.startMs;
    if (kbps > 0) lastKbps = kbps;
  }
  return decidedMs;
}

function isMain({ objectType }: JoinedRequest): boolean {
  return isMediaObject(objectType) && objectType !== 'audio';
}
