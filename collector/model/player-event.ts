import type { Client } from './client.ts';
import type { PlayerState, StreamType } from './media.ts';
import type { Source } from './source.ts';
import type { UnixMs } from './time.ts';

/** What a player told us, whatever it speaks: CMCD event, beacon, OTel span or log, IVS heartbeat. */
export const PLAYER_EVENT_NAMES = [
  /** A state of the machine was entered; `state` is set. */
  'state',
  /** Play was asked for: click, autoplay, API. Starts the attempt and the startup clock. */
  'play_requested',
  /** Periodic measures, nothing changed. Keeps a session concurrent. */
  'heartbeat',
  /** A rendition was asked for (`requested`) or is on screen (`applied`). */
  'rendition',
  'error',
  /** CMCD `bs`/`bsd`: starved since the last report, for `starvedMs` when known. */
  'starved',
  /** CMCD `msd` or a player's own startup measure; `startupMs` is set. */
  'startup',
  /** Seek started; the next rendered frame ends it. */
  'seek',
  'ad_start',
  'ad_end',
  'download',
  /** Page hidden or shown; `isBackground` is set. */
  'visibility',
  /** The CDN the player says it uses changed; `cdn` and `reason` are set where known. */
  'cdn',
] as const;
export type PlayerEventName = (typeof PLAYER_EVENT_NAMES)[number];

export type ErrorClass = 'technical' | 'business';

/**
 * One statement of one player about one session. `tsMs` is the player's clock, corrected later by the session's
 * clock offset; `receivedMs` is ours. Optional measures may ride on any event.
 */
export type PlayerEvent = {
  readonly kind: 'player';
  readonly name: PlayerEventName;
  readonly source: Source;
  /** The player's session id as sent: CMCD `sid`, Mux view, IVS session, or a trace id. */
  readonly sid: string;
  readonly contentId?: string;
  readonly tsMs: UnixMs;
  readonly receivedMs: UnixMs;
  /** Sender's counter: orders events of equal time, and its gaps are lost beacons. */
  readonly seq?: number;
  readonly state?: PlayerState;
  readonly bitrateKbps?: number;
  readonly fromBitrateKbps?: number;
  readonly height?: number;
  readonly phase?: 'requested' | 'applied';
  readonly reason?: string;
  readonly bufferMs?: number;
  readonly playheadMs?: number;
  readonly measuredKbps?: number;
  readonly liveLatencyMs?: number;
  readonly starvedMs?: number;
  readonly startupMs?: number;
  readonly droppedFrames?: number;
  readonly decodedFrames?: number;
  readonly isBackground?: boolean;
  readonly errorClass?: ErrorClass;
  readonly isFatal?: boolean;
  readonly errorCode?: string;
  readonly message?: string;
  readonly url?: string;
  readonly cdn?: string;
  readonly bytes?: number;
  readonly streamType?: StreamType;
  readonly player?: string;
  readonly property?: string;
  /** Host of the page the player is on. */
  readonly referrer?: string;
  readonly viewerId?: string;
  readonly title?: string;
  readonly client?: Client;
  /** Trace context of a player that exports its own spans: its trace id maps to the session. */
  readonly traceId?: string;
  readonly spanId?: string;
};
