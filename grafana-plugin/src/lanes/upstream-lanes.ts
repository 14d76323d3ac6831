import { ATTR } from '../contract.gen';
import { isShown, type RequestFilter } from '../model/filter';
import { formatDuration } from '../model/numbers';
import { isBad, OUTCOME_WEIGHT } from '../model/outcomes';
import { type Half, type Request } from '../model/request';
import { type SessionModel } from '../model/session-model';
import { textOf } from '../model/span';
import { type Lane, laneOf, type Mark, markOf } from './lane';
import { pushTo } from '../model/push-to';
import { packTracks } from './tracks';

type Served = { readonly request: Request; readonly half: Half };

/** What the edges had to fetch: a lane per shield and origin. */
export function upstreamLanes(session: SessionModel, filter: RequestFilter): Lane[] {
  const servers = { shield: new Map<string, Served[]>(), origin: new Map<string, Served[]>() };
  for (const request of session.requests) {
    if (!isShown(filter, request)) {
      continue;
    }
    for (const half of request.halves) {
      if (half.tier === 'shield' || half.tier === 'origin') {
        pushTo(servers[half.tier], textOf(half.span, ATTR.cdnName) || half.span.service, { request, half });
      }
    }
  }
  const lanes = (['shield', 'origin'] as const).flatMap((tier) =>
    [...servers[tier]].map(([name, served]) => serverLane(tier, name, served))
  );
  return servers.origin.size > 0 || session.requests.length === 0 || session.missing.get('origin') === undefined
    ? lanes
    : [...lanes, laneOf({ id: 'origin', label: 'Origin', heightPx: 24, missing: whyNoOrigin(session) })];
}

/** An origin that was not asked has nothing to tell. */
function whyNoOrigin({ requests, missing }: SessionModel): string {
  const isAllHits = requests.every(({ outcome }) => outcome === 'hit');
  return isAllHits ? 'Not asked: every request was a cache hit' : (missing.get('origin') ?? '');
}

function serverLane(tier: 'shield' | 'origin', name: string, served: Served[]): Lane {
  served.sort((a, b) => a.half.startMs - b.half.startMs);
  const halves = served.map(({ half }) => half);
  const { tracks, count } = packTracks(halves, 2);
  const marks = served.map(({ request, half }, index): Mark => {
    const failed = isBad(half.outcome);
    return markOf({
      startMs: half.startMs,
      endMs: half.endMs,
      track: tracks[index],
      style: failed ? half.outcome : 'origin',
      weight: OUTCOME_WEIGHT[half.outcome],
      ttfbMs: half.ttfbMs,
      label: failed ? String(half.status || half.outcome) : '',
      subject: { kind: 'half', request, half },
    });
  });
  return laneOf({
    id: `${tier}:${name}`,
    label: name || tier,
    detail: `${tier}, p95 ${formatDuration(percentile(halves.map(firstByteMs), 0.95))}`,
    heightPx: count > 1 ? 30 : 24,
    tracks: count,
    marks,
  });
}

/** What the edge waited for; all of it where nobody told the first byte. */
function firstByteMs({ ttfbMs, startMs, endMs }: Half): number {
  return Number.isNaN(ttfbMs) ? endMs - startMs : ttfbMs;
}

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
