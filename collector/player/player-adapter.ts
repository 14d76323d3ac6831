import type { Rendition } from './rendition.ts';

/** A request the player gave up on; Resource Timing shows it too in most browsers, but not why. */
export type FailedRequest = {
  readonly url: string;
  /** Absent or 0 when nothing was answered. */
  readonly status: number | undefined;
  readonly isTimeout?: boolean;
};

export type PlayerError = {
  readonly code: string;
  readonly message: string | undefined;
  readonly isFatal: boolean;
  /** Set when a request is behind it. */
  readonly request?: FailedRequest | undefined;
};

/** What an adapter tells the hook. */
export type PlayerReports = {
  requested(rendition: Rendition, reason?: string): void;
  applied(rendition: Rendition): void;
  error(error: PlayerError): void;
  failed(request: FailedRequest): void;
  /** Play was asked for, though the media element does not know yet. */
  asked(): void;
  /** The player holds playback back (or lets it go) by itself, whatever the media element says. */
  held(isHeld: boolean): void;
  /** Content steering was read: a move to another CDN soon after is its doing. */
  steered(): void;
};

/** One kind of player behind one face. Everything here may be called at any time, also before a source is loaded. */
export type PlayerAdapter = {
  readonly name: string;
  element(): HTMLMediaElement | null;
  /** Session id the player puts into its CMCD; nothing when it has none or keeps it to itself. */
  session?(): string | null | undefined;
  /** Play was asked for without a call to `play()`. */
  isAutoplayWanted?(): boolean;
  /** The player's bandwidth estimate. */
  measuredKbps?(): number | undefined;
  /** Wall clock minus programme time at the playhead; NaN when not live. */
  liveLatencySeconds?(): number | undefined;
  /** Rendition on screen now, for players that do not announce it. */
  rendition?(): Rendition | undefined;
  /** Starts reporting and, when `withJoinKey` is given, marking media requests. Returns what undoes both. */
  listen(reports: PlayerReports, withJoinKey: ((url: string) => string) | null): () => void;
};
