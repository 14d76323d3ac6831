import type { Outcome, Visibility } from '../model/session.ts';

/** What an attempt's end is decided from. */
export type OutcomeFacts = {
  /** Play was asked for. */
  readonly isAttempt: boolean;
  /** A content frame was shown (server-only: media was delivered and time passed). */
  readonly hasStarted: boolean;
  /** The last fatal error no frame followed, and whether it came before the first frame. */
  readonly isFailed: boolean;
  /** The player said it ended, failed or quit. */
  readonly hasEnded: boolean;
  /** No further event is expected: the session was closed, for whatever reason. */
  readonly isClosed: boolean;
  /** Beacons stopped (or never came) while the CDN still served. */
  readonly isSignalLost: boolean;
};

/** Exactly one outcome per attempt (semantics.md section 2); what was only loaded ahead never comes to one. */
export function outcomeOf(facts: OutcomeFacts): Outcome {
  if (!facts.isClosed || (!facts.isAttempt && !facts.isFailed)) return 'in_progress';
  if (facts.hasStarted) return facts.isSignalLost && !facts.hasEnded ? 'lost_signal' : 'played';
  if (facts.isFailed) return 'start_failure';
  return facts.isSignalLost ? 'lost_signal' : 'exit_before_start';
}

export function visibilityOf(hasPlayer: boolean, hasServer: boolean): Visibility {
  return hasPlayer ? (hasServer ? 'both' : 'player') : 'server';
}
