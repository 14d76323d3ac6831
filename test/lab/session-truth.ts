import type { StallKind, SwitchReason, Verdict } from '../../collector/model/incident.ts';
import type { Outcome } from '../../collector/model/session.ts';
import type { LostMs } from './blame.ts';
import type { SwitchTruth } from './cdn-path.ts';
import type { PlayerKind } from './scenario.ts';

export type StallTruth = {
  readonly beginMs: number;
  endMs: number;
  readonly kind: StallKind;
  cause: Verdict;
  lostMs: LostMs;
};

export type FailoverTruth = {
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
  readonly reason: SwitchReason;
  readonly recovered: boolean;
  readonly beginMs: number;
  /** null when the new CDN never delivered. */
  readonly endMs: number | null;
  readonly isSilent: boolean;
};

/** A request that failed, or for media that came slower than real time, in a session whose player told of no error. */
export type SilentFailureTruth = {
  readonly cdn: string;
  readonly kind: '5xx' | 'timeout' | 'slow';
  readonly atMs: number;
  readonly path: string;
};

/** Counts of one tier; classes are `2xx`, `3xx`, `4xx`, `5xx` and `none` for requests without an answer. */
export type TierTruth = { requests: number; bytes: number; statusClasses: Record<string, number> };

/** What hurt this viewer, in the words of collector/model/incident.ts. */
export type IncidentTruth = {
  readonly kind: 'startup_failure' | 'stall' | 'quality_collapse' | 'playback_failure' | 'failover';
  readonly beginMs: number;
  readonly endMs: number;
  readonly cause: Verdict;
  /** What each cause took of the time that was lost before it; its cause took the most. */
  readonly lostMs: LostMs;
};

/**
 * What really happened in one session, in true time. One JSON object a line in truth.sessions.jsonl; times are Unix
 * ms, durations ms, rates kbit/s, absent numbers null.
 */
export type SessionTruth = {
  readonly serial: number;
  readonly tenant: string;
  /** The player's id. `isSidSent`: at least one request or delivered post carried it. */
  readonly sid: string;
  readonly isSidSent: boolean;
  /** Identity for sessions without an id: address, user agent and content, tab separated. */
  readonly key: string;
  readonly content: string;
  readonly streamType: 'live' | 'vod';
  readonly player: PlayerKind;
  readonly device: string;
  readonly country: string;
  readonly network: string;
  readonly site: string;
  readonly cdns: readonly string[];
  readonly hasSharedHost: boolean;
  readonly startMs: number;
  readonly endMs: number;
  readonly playRequestedMs: number | null;
  /** Play request to first frame without the pre-roll; null without a first frame. */
  readonly startupMs: number | null;
  readonly preloadingMs: number;
  readonly startingMs: number;
  readonly adMs: number;
  readonly playingMs: number;
  /** Connection-induced and seek-induced. */
  readonly stalledMs: number;
  readonly seekStalledMs: number;
  readonly seekingMs: number;
  readonly pausedMs: number;
  readonly stalls: readonly StallTruth[];
  readonly seeks: number;
  /** Whole files stored for offline use. */
  readonly downloads: number;
  readonly pauses: number;
  readonly switchesUp: number;
  readonly switchesDown: number;
  readonly renderedSeconds: number;
  readonly averageKbps: number | null;
  readonly cdnSwitches: readonly SwitchTruth[];
  readonly failovers: readonly FailoverTruth[];
  readonly requests: { readonly edge: TierTruth; readonly shield: TierTruth; readonly origin: TierTruth };
  readonly outcome: Outcome;
  /** The player gave up; null otherwise. */
  readonly fatal: { readonly atMs: number; readonly cause: Verdict } | null;
  readonly silentFailures: readonly SilentFailureTruth[];
  readonly incidents: readonly IncidentTruth[];
  readonly blocked: boolean;
  readonly isTabClosed: boolean;
  readonly postsMade: number;
  readonly postsDelivered: number;
  readonly clockSkewMs: number;
};

export function emptyTier(): TierTruth {
  return { requests: 0, bytes: 0, statusClasses: {} };
}

export function statusClassOf(status: number): string {
  return status >= 100 ? `${Math.floor(status / 100)}xx` : 'none';
}

export function countRequest(tier: TierTruth, status: number, bytes: number): void {
  const statusClass = statusClassOf(status);
  tier.requests++;
  tier.bytes += bytes;
  tier.statusClasses[statusClass] = (tier.statusClasses[statusClass] ?? 0) + 1;
}
