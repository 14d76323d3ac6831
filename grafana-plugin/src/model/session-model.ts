import { type IncidentKind } from '../contract.gen';
import { type Request } from './request';
import { type Span } from './span';

export const PLAYER_STATES = ['startup', 'playing', 'stalled', 'seeking', 'paused', 'ad', 'ended', 'failed'] as const;
export type PlayerState = (typeof PLAYER_STATES)[number];

export type StateInterval = {
  readonly state: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Concluded from what was delivered, not told by the player. */
  readonly isInferred: boolean;
  readonly span?: Span;
};

/** A value at a time, Unix milliseconds. */
export type Point = { readonly atMs: number; readonly value: number };

export type RenditionSwitch = {
  readonly requestedMs: number;
  readonly appliedMs: number;
  /** bit/s */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly span: Span;
};

export type Renditions = {
  /** Bitrates of the ladder as far as this session used it, bit/s, ascending. */
  readonly levels: readonly number[];
  /** What was asked for, by the time of asking. */
  readonly requested: readonly Point[];
  /** What was on screen; empty when the player did not tell. */
  readonly applied: readonly Point[];
  readonly switches: readonly RenditionSwitch[];
};

/** A healthy stretch whose requests the flight recorder summed up instead of keeping. */
export type Stretch = {
  readonly startMs: number;
  readonly endMs: number;
  readonly requests: number;
  readonly errors: number;
  readonly hits: number;
  readonly cdns: readonly string[];
  readonly span: Span;
};

export type Incident = {
  readonly id: string;
  /** 1-based, in order of time. */
  readonly number: number;
  readonly kind: IncidentKind | string;
  readonly startMs: number;
  readonly endMs: number;
  readonly verdict: string;
  /** 0–1, NaN when not told. */
  readonly confidence: number;
  readonly sentence: string;
  readonly failover?: { readonly from: string; readonly to: string; readonly reason: string; readonly result: string };
  /** Ids of the requests that prove the verdict, as far as they are in the data. */
  readonly evidence: ReadonlySet<string>;
  /** Requests the incident points at that are not in the data. */
  readonly missingEvidence: number;
  readonly span: Span;
};

/** An error the player reported by itself. */
export type PlayerError = { readonly atMs: number; readonly text: string; readonly span: Span };

export type Side = 'player' | 'cdn' | 'origin';

export type Note = { readonly severity: 'info' | 'warning'; readonly text: string };

export type CdnRow = { readonly name: string; readonly requests: readonly Request[] };

/** One playback, ready to be drawn. */
export type SessionModel = {
  readonly id: string;
  readonly traceIds: readonly string[];
  readonly root?: Span;
  readonly startMs: number;
  readonly endMs: number;
  readonly isLive: boolean;
  readonly facts: ReadonlyArray<readonly [label: string, value: string]>;
  readonly missing: ReadonlyMap<Side, string>;
  readonly states: readonly StateInterval[];
  readonly buffer: readonly Point[];
  readonly renditions: Renditions;
  readonly requests: readonly Request[];
  readonly cdns: readonly CdnRow[];
  readonly stretches: readonly Stretch[];
  readonly incidents: readonly Incident[];
  readonly errors: readonly PlayerError[];
  readonly notes: readonly Note[];
};
