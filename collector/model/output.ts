import type { Client } from './client.ts';
import type { CdnSwitch, Incident } from './incident.ts';
import type { JoinedRequest } from './joined-request.ts';
import type { PlayerEvent } from './player-event.ts';
import type { RequestReport } from './request.ts';
import type { CutReason, SessionRef, SessionSummary, ViewerDimensions } from './session.ts';
import type { Source } from './source.ts';
import type { UnixMs } from './time.ts';

/** Seconds and counts of one stretch of one session, to be added to counters. */
export type PlaybackDelta = {
  readonly playingMs: number;
  readonly seekingMs: number;
  readonly pausedMs: number;
  readonly renderedKbit: number;
  readonly renderedMediaSeconds: number;
  readonly switchesUp: number;
  readonly switchesDown: number;
  readonly droppedFrames: number;
  readonly decodedFrames: number;
};

/** Who says so: the player, or what servers delivered (semantics.md section 6). */
export type PlaybackSource = 'player' | 'server';

/**
 * What correlation finds, in the order it finds it. Metrics, traces and audience implement it; the correlator calls
 * it synchronously and never waits. Everything counted here is counted before any sampling.
 */
export interface CorrelatorOutput {
  /** A record that was counted before came again and was left out. */
  duplicate(source: Source): void;
  /** A record came after its session had been closed. */
  late(source: Source): void;
  /** A server half arrived that was not a duplicate. The report is valid during the call only. */
  delivery(report: RequestReport): void;
  /** `client`: as far as it is known by then. */
  sessionStarted(session: SessionRef, dimensions: ViewerDimensions, atMs: UnixMs, client: Client | null): void;
  startup(session: SessionRef, dimensions: ViewerDimensions, startupMs: number): void;
  playback(session: SessionRef, dimensions: ViewerDimensions, delta: PlaybackDelta, source: PlaybackSource): void;
  /** A player reported that a file was downloaded, not played. */
  downloaded?(session: SessionRef, event: PlayerEvent): void;
  /** A player said where its playhead is: `event.playheadMs` is set. In the order of the player's clock. */
  position?(session: SessionRef, event: PlayerEvent): void;
  liveLatency(session: SessionRef, dimensions: ViewerDimensions, latencyMs: number): void;
  /** Seek start → first frame at the target; scrubs < 500 ms apart are one seek. */
  seek(session: SessionRef, dimensions: ViewerDimensions, seekMs: number): void;
  /** A player changed what it shows; the times are on its clock. */
  renditionSwitch(session: SessionRef, dimensions: ViewerDimensions, change: RenditionSwitch): void;
  playbackError(session: SessionRef, dimensions: ViewerDimensions, event: PlayerEvent): void;
  /** A request is complete, or the sources of its missing halves can no longer deliver them. */
  request(session: SessionRef, request: JoinedRequest): void;
  /** A server half no session claimed. */
  unjoined(report: RequestReport): void;
  /** A server half of no session, whether one could have claimed it or not. Valid during the call only. */
  sessionless?(report: RequestReport): void;
  cdnSwitch(session: SessionRef, change: CdnSwitch): void;
  incident(session: SessionRef, dimensions: ViewerDimensions, incident: Incident): void;
  /** A stall whose length is in; `verdict` arrives with its incident. */
  sessionClosed(summary: SessionSummary, incidents: readonly Incident[], cut: CutReason): void;
}

/** A stretch of one session worth a span of its own; times are server time. */
export type PlaybackInterval = {
  readonly name: 'startup' | 'seek' | 'pause' | 'ad';
  readonly beginMs: UnixMs;
  readonly endMs: UnixMs;
  /** Begin on the clock it was reported in: what identifies it, however much is learnt of that clock. */
  readonly reportedMs: UnixMs;
};

export type RenditionSwitch = {
  readonly atMs: UnixMs;
  readonly fromKbps: number;
  readonly toKbps: number;
  readonly direction: 'up' | 'down';
  readonly reason: string;
  /** When the player asked for it; NaN when only the change was seen. */
  readonly requestedMs: UnixMs;
  readonly appliedMs: UnixMs;
  /** As with intervals; the change itself while nobody moved its times. */
  readonly reportedMs?: UnixMs;
};

/** Requests of a healthy stretch that were counted but not exported one by one. */
export type Stretch = {
  readonly beginMs: UnixMs;
  endMs: UnixMs;
  requests: number;
  hits: number;
  errors: number;
  bytes: number;
  readonly cdns: Set<string>;
};

/** What becomes spans: only what the flight recorder keeps (semantics.md section 8). */
export interface SpanOutput {
  record(session: SessionRef, request: JoinedRequest): void;
  stretch(session: SessionRef, stretch: Stretch): void;
  interval(session: SessionRef, interval: PlaybackInterval): void;
  renditionSwitch(session: SessionRef, change: RenditionSwitch): void;
  incident(session: SessionRef, incident: Incident): void;
  session(summary: SessionSummary, incidents: readonly Incident[]): void;
}
