import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import type { UnixMs } from '../../model/time.ts';
import { cmcdOf, isDelivered } from '../join/request-halves.ts';
import { objectDurationMs } from '../join/request-signs.ts';
import type { Interval } from '../timeline/playback-listener.ts';
import type { IncidentDraft } from './incident-draft.ts';

/** Nothing older caused an incident: players buffer no more than this. */
const LOOKBACK_MS = 60_000;
/** Without media durations the draining cannot be traced; this much before is looked at. */
const BLIND_LOOKBACK_MS = 30_000;
/** What made a player step down happened just before it did. */
const DECISION_MS = 20_000;

/**
 * When the cause was at work (semantics.md section 5): for a stall, from the moment the buffer was fullest; for a
 * collapse, before the player asked for less; for the others, the incident itself. `requests` in order of begin;
 * `stalledUntilMs`: when the stall before it was over, NaN without one.
 */
export function causeWindow(
  draft: IncidentDraft,
  requests: readonly JoinedRequest[],
  stalledUntilMs = Number.NaN,
): Interval {
  const { beginMs, endMs, kind } = draft;
  switch (kind) {
    case 'stall':
      if (draft.stallKind === 'seek') return { beginMs, endMs };
      // A flag only says that the buffer ran dry some time before it was raised.
      return {
        beginMs: laterOf(drainBegan(requests, draft.precision === 'flag' ? endMs : beginMs), stalledUntilMs),
        endMs,
      };
    case 'quality_collapse':
      return decision(requests, beginMs);
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

function laterOf(beginMs: UnixMs, stalledUntilMs: UnixMs): UnixMs {
  return stalledUntilMs > beginMs ? stalledUntilMs : beginMs;
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

/**
 * From the last object that came at the old bitrate to the moment a lower one was asked for, for the last such
 * moment before it was on screen.
 */
function decision(requests: readonly JoinedRequest[], shownMs: UnixMs): Interval {
  let window = { beginMs: shownMs - DECISION_MS, endMs: shownMs };
  let lastKbps = Number.NaN;
  let lastGoodMs = Number.NEGATIVE_INFINITY;
  for (const request of requests) {
    const { startMs, endMs } = request;
    if (startMs > shownMs) break;
    if (!isMain(request)) continue;
    const kbps = cmcdOf(request).bitrateKbps;
    if (kbps < lastKbps) {
      window = { beginMs: Math.max(lastGoodMs, startMs - DECISION_MS), endMs: startMs };
    }
    if (kbps > 0) lastKbps = kbps;
    // Begun rather than come: one that came late is the reason, not the last good thing before it.
    if (isDelivered(request) && !(endMs - startMs > objectDurationMs(request))) lastGoodMs = startMs;
  }
  return window;
}

function isMain({ objectType }: JoinedRequest): boolean {
  return isMediaObject(objectType) && objectType !== 'audio';
}
