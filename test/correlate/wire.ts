import type { IncidentDraft, IncidentEvidence } from '../../collector/correlate/incidents/incident-draft.ts';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import type { CacheStatus, ObjectType } from '../../collector/model/media.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { report, T0 } from './support.ts';

/** One fetch in the words of a test: what each party saw, milliseconds after T0. */
export type Fetch = {
  readonly at: number;
  /** As the nearest party saw it. */
  readonly tookMs: number;
  readonly type?: ObjectType;
  readonly status?: number;
  readonly cdn?: string;
  readonly path?: string;
  readonly kbps?: number;
  readonly bytes?: number;
  readonly mediaMs?: number;
  readonly cache?: CacheStatus;
  readonly isLost?: boolean;
  /** null leaves the half out. */
  readonly player?: Partial<RequestReport> | null;
  readonly edge?: Partial<RequestReport> | null;
  readonly origin?: Partial<RequestReport> | null;
};

let number = 0;

/** Edge and player by default, a hit of a 2 s segment; no origin. */
export function fetched(fetch: Fetch): JoinedRequest {
  const { at, tookMs, type = 'video', status = 200, cdn = 'edge-a', bytes = 500_000, cache = 'hit' } = fetch;
  const path = fetch.path ?? `/v/seg_${number}.m4s`;
  const cmcd = {
    sid: 's',
    bitrateKbps: fetch.kbps ?? 2_000,
    objectDurationMs: fetch.mediaMs ?? (['video', 'audio', 'muxed'].includes(type) ? 2_000 : Number.NaN),
  };
  const fields = {
    at,
    durationMs: tookMs,
    status,
    path,
    objectType: type,
    bodyBytes: bytes,
    isComplete: !fetch.isLost,
    cmcd,
  };
  const half = (
    tier: 'player' | 'edge' | 'origin',
    more: Partial<RequestReport> | null | undefined,
  ): RequestReport | null =>
    more === null
      ? null
      : Object.assign(report({ tier, ...(tier === 'edge' ? { emitter: cdn } : {}), ...fields }), more);
  const player = half('player', fetch.player);
  const edge = half('edge', fetch.edge === null ? null : { cacheStatus: cache, ...fetch.edge });
  const origin = fetch.origin ? half('origin', fetch.origin) : null;
  return {
    player,
    edge: edge && { report: edge, joinMethod: 'request_id', joinConfidence: 1 },
    shield: null,
    origin: origin && { report: origin, joinMethod: 'request_id', joinConfidence: 1 },
    startMs: T0 + at,
    endMs: T0 + at + tookMs,
    cdn,
    path,
    objectType: type,
    status: fetch.isLost && !fetch.status ? Number.NaN : status,
    spanId: `span-${number++}`,
  };
}

/** Quick 2 s segments, one every 2 s. */
export function healthy(fromMs: number, toMs: number, more: Partial<Fetch> = {}): JoinedRequest[] {
  const requests: JoinedRequest[] = [];
  for (let at = fromMs; at < toMs; at += 2_000) requests.push(fetched({ at, tookMs: 100, ...more }));
  return requests;
}

export function stall(beginMs: number, endMs: number, more: Partial<IncidentDraft> = {}): IncidentDraft {
  const stalledMs = endMs - beginMs;
  return {
    kind: 'stall',
    stallKind: 'connection',
    beginMs: T0 + beginMs,
    endMs: T0 + endMs,
    stalledMs,
    precision: 'exact',
    ...more,
  };
}

export function incident(
  kind: IncidentDraft['kind'],
  beginMs: number,
  endMs: number,
  more: Partial<IncidentDraft> = {},
): IncidentDraft {
  return { kind, beginMs: T0 + beginMs, endMs: T0 + endMs, ...more };
}

export function evidenceOf(requests: readonly JoinedRequest[], more: Partial<IncidentEvidence> = {}): IncidentEvidence {
  return {
    requests,
    ladder: { lowestKbps: 300, topKbps: 4_000 },
    errors: [],
    switches: [],
    streamType: 'vod',
    ...more,
  };
}
