import type { ErrorClass } from './player-event.ts';
import type { UnixMs } from './time.ts';

export const INCIDENT_KINDS = [
  'startup_failure',
  'stall',
  'quality_collapse',
  'playback_failure',
  'failover',
  'silent_failure',
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** The closed set of causes (semantics.md section 5). */
export const VERDICTS = [
  'edge_error',
  'edge_slow',
  'origin_error',
  'origin_slow',
  'cache_miss',
  'network',
  'abr',
  'manifest_stale',
  'auth',
  'drm',
  'ad',
  'client',
  'failover',
  'unknown',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export type StallKind = 'connection' | 'seek';
export type SwitchReason = '5xx' | 'timeout' | 'stall' | 'steering' | 'unknown';

/** The session's media requests moved from one CDN to another. A failover is a switch with a bad sign before it. */
export type CdnSwitch = {
  readonly from: string;
  readonly to: string;
  readonly atMs: UnixMs;
  readonly reason: SwitchReason;
};

/** Something that hurt one viewer, from begin to end, with the cause and the requests that prove it. */
export type Incident = {
  readonly kind: IncidentKind;
  readonly beginMs: UnixMs;
  readonly endMs: UnixMs;
  /** Set when a player reported it: its begin on the player's clock, which identifies it. */
  readonly reportedMs?: UnixMs;
  /** Set for stalls. */
  readonly stallKind?: StallKind;
  /** Set for stalls: time the stall clock ran, without pauses and background; 0 for a flag of unknown length. */
  readonly stalledMs?: number;
  /** Set for stalls: reported states, inferred from delivered media time, or a CMCD v1 flag. */
  readonly precision?: 'exact' | 'inferred' | 'flag';
  /** Set for startup and playback failures, when the player said it. */
  readonly errorClass?: ErrorClass;
  /** Set for failovers. */
  readonly failover?: {
    readonly from: string;
    readonly to: string;
    readonly reason: SwitchReason;
    readonly result: 'recovered' | 'failed';
    /** Mean rendition requested in the 30 s before and after, kbit/s; NaN when no request said. */
    readonly bitrateBeforeKbps: number;
    readonly bitrateAfterKbps: number;
  };
  /** Set for silent failures: `5xx`, `timeout` or `slow`, and the CDN. */
  readonly silent?: { readonly cdn: string; readonly kind: '5xx' | 'timeout' | 'slow' };
  readonly verdict: Verdict;
  /** 0–1. */
  readonly confidence: number;
  /** Where those requests went, most of them: '' and NaN when they do not say. Absent when none prove it. */
  readonly where?: { readonly cdn: string; readonly pop: string; readonly bitrateKbps: number };
  /** Span ids of the requests that prove the verdict. */
  readonly evidence: readonly string[];
  /** One sentence for a person: what, where, how long. */
  readonly sentence: string;
};
