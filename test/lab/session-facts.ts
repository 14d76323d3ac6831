import type { Content, Rendition } from './catalogue.ts';
import type { Exchange } from './exchange.ts';
import type { LastMile } from './last-mile.ts';
import type { MediaObject, Track } from './media-object.ts';
import type { LabState } from './playback.ts';
import type { PlayerPolicy } from './player-policy.ts';
import type { Viewer } from './population.ts';
import type { Random } from './random.ts';
import type { PlayerKind } from './scenario.ts';

/** What does not change during a session, and the clock of the run. */
export type SessionFacts = {
  readonly serial: number;
  /** The player's session id, also of players that never send it. */
  readonly sid: string;
  readonly kind: PlayerKind;
  readonly policy: PlayerPolicy;
  readonly viewer: Viewer;
  readonly content: Content;
  readonly tracks: readonly Track[];
  readonly line: LastMile;
  readonly random: Random;
  /** Posts never leave the browser, and a hook that is a script of ours never loads. */
  readonly isBlocked: boolean;
  /** What the player posts leaves the browser. */
  readonly isTelling: boolean;
  readonly hasCmcd: boolean;
  /** Player clock minus true time. */
  readonly clockSkewMs: number;
  nowMs(): number;
  at(timeMs: number, action: () => void): void;
  /** The player's ABR is broken right now. */
  isStubborn(): boolean;
};

/** Ends of a session that are states of the player, too. */
export type VoiceState = LabState | 'ended' | 'failed';

/** What a voice may know of its player at any moment. */
export type PlayerStatus = {
  readonly facts: SessionFacts;
  readonly state: VoiceState;
  /** Rendition being loaded. */
  readonly rendition: Rendition;
  /** Rendition on screen; NaN before the first frame. */
  readonly shownKbps: number;
  readonly bufferMs: number;
  readonly playheadMs: number;
  readonly renderedSeconds: number;
  /** The session is over, whether anybody said so or not. */
  readonly isClosed: boolean;
  /** NaN before the first sample. */
  readonly measuredKbps: number;
  /** NaN unless live and playing. */
  readonly liveLatencyMs: number;
  aheadMs(track: Track): number;
  post(path: '/v1/cmcd' | '/v1/beacon', contentType: string, body: string, nowMs: number): void;
  /** The player told somebody about an error. */
  errorTold(): void;
};

/** How one kind of player talks: what it adds to URLs, and what it posts when. */
export interface PlayerVoice {
  /** Period of `tick`; 0 for players without. */
  readonly tickMs: number;
  /** What to add to a request's query: `CMCD=…`, `rid=…`, both or nothing. */
  queryFor(object: MediaObject, nowMs: number): { readonly query: string; readonly rid: string };
  loaded(nowMs: number): void;
  playRequested(nowMs: number): void;
  entered(state: VoiceState, nowMs: number): void;
  firstFrame(startupMs: number, nowMs: number): void;
  chosen(from: Rendition, to: Rendition, nowMs: number): void;
  /** Another rendition is on screen since `atMs`. */
  shown(fromKbps: number, toKbps: number, atMs: number, nowMs: number): void;
  ended(exchange: Exchange, nowMs: number): void;
  /** All tries of one request failed; the player goes on elsewhere if it can. */
  retriesSpent(exchange: Exchange, nowMs: number): void;
  /** The player gave up; `exchange` is the last straw, null for a fault of its own. */
  failed(exchange: Exchange | null, nowMs: number): void;
  ad(phase: 'start' | 'end', nowMs: number): void;
  /** The film was stored for offline use. */
  downloaded(nowMs: number): void;
  tick(nowMs: number): void;
  /** The page goes away in good order. */
  left(nowMs: number): void;
}
