import type { Audience } from '../audience/audience.ts';
import type { Client } from '../model/client.ts';
import type { CdnSwitch, Incident } from '../model/incident.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import type { CorrelatorOutput, PlaybackDelta, PlaybackSource, RenditionSwitch } from '../model/output.ts';
import type { PlayerEvent } from '../model/player-event.ts';
import type { RequestReport } from '../model/request.ts';
import type { CutReason, SessionRef, SessionSummary, ViewerDimensions } from '../model/session.ts';
import type { Source } from '../model/source.ts';
import type { UnixMs } from '../model/time.ts';

/** Who else listens to sessions besides the metrics: the live query API, or the files of a replay. */
export type SessionListener = {
  readonly started: (session: SessionRef, dimensions: ViewerDimensions, atMs: UnixMs) => void;
  readonly incident: (session: SessionRef, incident: Incident) => void;
  readonly position?: (session: SessionRef, event: PlayerEvent) => void;
  readonly closed: (summary: SessionSummary, incidents: readonly Incident[]) => void;
  /** Who keeps every line of a server, if anybody does. */
  readonly deliveries?: DeliveryListener;
  /** Who counts viewers and listeners, if anybody does. */
  readonly audience?: Audience;
};

/** Told of every server line once. Reports are valid during the call only. */
export type DeliveryListener = {
  readonly request: (session: SessionRef, request: JoinedRequest) => void;
  readonly sessionless: (report: RequestReport) => void;
};

/** Gives everything to the metrics, what concerns whole sessions to a listener, and who watches what to the audience. */
export class FanOut implements CorrelatorOutput {
  readonly #metrics: CorrelatorOutput;
  readonly #listener: SessionListener;
  readonly #audience: Audience | undefined;

  constructor(metrics: CorrelatorOutput, listener: SessionListener) {
    this.#metrics = metrics;
    this.#listener = listener;
    this.#audience = listener.audience;
  }

  duplicate(source: Source): void {
    this.#metrics.duplicate(source);
  }

  late(source: Source): void {
    this.#metrics.late(source);
  }

  delivery(report: RequestReport): void {
    this.#metrics.delivery(report);
  }

  sessionStarted(session: SessionRef, dimensions: ViewerDimensions, atMs: UnixMs, client: Client | null): void {
    this.#metrics.sessionStarted(session, dimensions, atMs, client);
    this.#audience?.started(session, dimensions, client, atMs);
    this.#listener.started(session, dimensions, atMs);
  }

  startup(session: SessionRef, dimensions: ViewerDimensions, startupMs: number): void {
    this.#metrics.startup(session, dimensions, startupMs);
  }

  seek(session: SessionRef, dimensions: ViewerDimensions, seekMs: number): void {
    this.#metrics.seek(session, dimensions, seekMs);
  }

  playback(session: SessionRef, dimensions: ViewerDimensions, delta: PlaybackDelta, source: PlaybackSource): void {
    this.#metrics.playback(session, dimensions, delta, source);
    this.#audience?.played(session, dimensions, delta, source);
  }

  downloaded(session: SessionRef, event: PlayerEvent): void {
    this.#audience?.downloaded(session, event);
  }

  position(session: SessionRef, event: PlayerEvent): void {
    this.#listener.position?.(session, event);
  }

  renditionSwitch(session: SessionRef, dimensions: ViewerDimensions, change: RenditionSwitch): void {
    this.#metrics.renditionSwitch(session, dimensions, change);
  }

  liveLatency(session: SessionRef, dimensions: ViewerDimensions, latencyMs: number): void {
    this.#metrics.liveLatency(session, dimensions, latencyMs);
  }

  playbackError(session: SessionRef, dimensions: ViewerDimensions, event: PlayerEvent): void {
    this.#metrics.playbackError(session, dimensions, event);
  }

  request(session: SessionRef, request: JoinedRequest): void {
    this.#metrics.request(session, request);
    this.#audience?.request(session, request);
    this.#listener.deliveries?.request(session, request);
  }

  sessionless(report: RequestReport): void {
    this.#listener.deliveries?.sessionless(report);
  }

  unjoined(report: RequestReport): void {
    this.#metrics.unjoined(report);
  }

  cdnSwitch(session: SessionRef, change: CdnSwitch): void {
    this.#metrics.cdnSwitch(session, change);
  }

  incident(session: SessionRef, dimensions: ViewerDimensions, incident: Incident): void {
    this.#metrics.incident(session, dimensions, incident);
    this.#listener.incident(session, incident);
  }

  sessionClosed(summary: SessionSummary, incidents: readonly Incident[], cut: CutReason): void {
    this.#metrics.sessionClosed(summary, incidents, cut);
    this.#audience?.closed(summary);
    this.#listener.closed(summary, incidents);
  }
}
