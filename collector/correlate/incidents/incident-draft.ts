import type { CdnSwitch, Incident, Verdict } from '../../model/incident.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import type { StreamType } from '../../model/media.ts';
import type { PlayerEvent } from '../../model/player-event.ts';
import type { UnixMs } from '../../model/time.ts';
import type { Ladder } from '../content/content-memory.ts';
import type { Elsewhere } from './delivery-elsewhere.ts';

/** An incident before its cause is known. */
export type IncidentDraft = Omit<Incident, 'verdict' | 'confidence' | 'where' | 'evidence' | 'sentence'> & {
  /** It began while an ad was on screen. */
  readonly isInAd?: boolean;
};

/** What is known around an incident. `requests` overlap [beginMs − lookback, endMs] of the draft, in any order. */
export type IncidentEvidence = {
  readonly requests: readonly JoinedRequest[];
  readonly ladder: Ladder;
  /** Duration of the content's segments as other viewers' players stated it; NaN or absent when none did. */
  readonly segmentMs?: number;
  /** Error events of the player near the incident, fatal or not. */
  readonly errors: readonly PlayerEvent[];
  /** CDN changes of this session near the incident. */
  readonly switches: readonly CdnSwitch[];
  readonly streamType: StreamType;
  /** When the stall before this one was over: what was lost until then is its loss. NaN or absent without one. */
  readonly stalledUntilMs?: UnixMs;
  /** What the same CDNs gave to others; absent when nobody knows. */
  readonly elsewhere?: Elsewhere;
};

export type Decision = {
  readonly verdict: Verdict;
  /** 0–1: proof about 0.95, inference 0.6–0.8, guess at most 0.5. */
  readonly confidence: number;
  readonly where?: Incident['where'];
  /** Span ids of the requests that prove it, in order of time. */
  readonly evidence: string[];
  /** The cause in words, without subject or full stop: `edge-a answered 503 to 3 segments; origin healthy`. */
  readonly cause: string;
};
