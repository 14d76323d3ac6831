import type { CdnPath } from './cdn-path.ts';
import type { Exchange } from './exchange.ts';
import type { PlayerStatus, PlayerVoice, SessionFacts } from './session-facts.ts';
import type { SessionTruth } from './session-truth.ts';
import type { ViewerSession } from './viewer-session.ts';
import type { EdgeRecord } from './wire/edge-record.ts';

/** What a session needs from the world around it. */
export interface SessionWorld {
  readonly tenant: string;
  /** Takes an exchange that is over: writes its lines. */
  written(facts: SessionFacts, exchange: Exchange, record: EdgeRecord): void;
  /** Sends a post; false when it got lost on the way. */
  post(facts: SessionFacts, path: '/v1/cmcd' | '/v1/beacon', contentType: string, body: string, nowMs: number): boolean;
  closed(session: ViewerSession, truth: SessionTruth): void;
}

export type SessionPlan = {
  readonly facts: SessionFacts;
  readonly path: CdnPath;
  readonly voice: (status: PlayerStatus) => PlayerVoice;
  /** Length of the pre-roll; 0 without. */
  readonly adMs: number;
  /** Access token of every URL; '' without. */
  readonly token: string;
  readonly isTokenBad: (nowMs: number) => boolean;
  /** Where a title is taken up again. */
  readonly startAtMs: number;
};
