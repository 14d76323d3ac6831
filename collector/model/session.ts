import type { Client } from './client.ts';
import type { StreamType } from './media.ts';
import type { PlayerEvent } from './player-event.ts';
import type { UnixMs } from './time.ts';

/** One playback of one content by one player instance (semantics.md section 1), after sid reuse is resolved. */
export type SessionRef = {
  readonly tenant: string;
  /** 32 hex digits. Trace id = session id. */
  readonly traceId: string;
  /** The id as the player sent it, or the inferred key; for people and search. */
  readonly sessionId: string;
  /** Not the player's id: derived from device and content because no line carried one. */
  readonly isInferred: boolean;
};

export type Outcome = 'played' | 'start_failure' | 'exit_before_start' | 'lost_signal' | 'in_progress';
export type Visibility = 'player' | 'server' | 'both';
/** Why a session window was closed. Constants double as the label of playpath_session_cuts_total. */
export type CutReason = 'ended' | 'idle' | 'grid' | 'event_limit' | 'evicted' | 'shutdown';

/** Labels of the QoE families; every value comes from a bounded set or ends in `other`. */
export type ViewerDimensions = {
  readonly tenant: string;
  readonly property: string;
  readonly streamType: StreamType;
  readonly player: string;
  readonly device: string;
  readonly country: string;
};

/** QoE of one session or of one window of it; every number adds up over windows unless it says otherwise. */
export type QoeNumbers = {
  /** NaN until the first frame is known. */
  startupMs: number;
  playingMs: number;
  stalledMs: number;
  seekStalledMs: number;
  seekingMs: number;
  pausedMs: number;
  stalls: number;
  seekStalls: number;
  /** Stalls known only from a CMCD v1 flag: no length (`precision="flag"`). */
  flaggedStalls: number;
  seeks: number;
  switchesUp: number;
  switchesDown: number;
  /** Σ rendition kbit/s × media seconds, and Σ media seconds. */
  renderedKbit: number;
  renderedMediaSeconds: number;
  droppedFrames: number;
  decodedFrames: number;
  fatalErrors: number;
  warnings: number;
};

/** What is known of a session when a window of it closes. */
export type SessionSummary = SessionRef & {
  readonly dimensions: ViewerDimensions;
  readonly contentId: string;
  readonly title: string;
  /** The viewer's id as the site sent it; '' when it sends none. */
  readonly viewerId: string;
  /** Host of the page it was watched on; '' when nobody said. */
  readonly referrer: string;
  readonly client: Client | null;
  readonly beginMs: UnixMs;
  readonly endMs: UnixMs;
  readonly outcome: Outcome;
  readonly visibility: Visibility;
  /** `live` while the session is open. */
  readonly cut: CutReason | 'live';
  readonly qoe: QoeNumbers;
  readonly cdns: readonly string[];
  readonly pops: readonly string[];
  readonly requests: number;
  readonly errors: number;
  readonly bytes: number;
  /** What the player reported as errors, newest 64, in server time. */
  readonly playerErrors: readonly { readonly event: PlayerEvent; readonly atMs: UnixMs }[];
  /** Player clock minus server clock, seconds; NaN when nothing bounds it. */
  readonly clockOffsetSeconds: number;
  /** Player halves joined per method, and what stayed alone. */
  readonly joins: Readonly<Record<string, number>>;
  /** Trace id of the session this one continues (sid reused), '' otherwise. */
  readonly previousTraceId: string;
};
