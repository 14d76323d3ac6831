import type { CutReason, QoeNumbers, SessionRef, SessionSummary } from '../model/session.ts';
import type { UnixMs } from '../model/time.ts';
import type { DeliveryTotals } from './delivery-totals.ts';
import { type OutcomeFacts, outcomeOf, visibilityOf } from './outcome.ts';
import type { Viewer } from './viewer.ts';

/** What a playback knows of itself when it is asked for its summary. */
export type SummaryFacts = Omit<OutcomeFacts, 'isClosed'> & {
  readonly session: SessionRef;
  readonly viewer: Viewer;
  readonly totals: DeliveryTotals;
  readonly cut: CutReason | 'live';
  readonly beginMs: UnixMs;
  readonly endMs: UnixMs;
  readonly hasPlayer: boolean;
  readonly qoe: QoeNumbers;
  readonly playerErrors: SessionSummary['playerErrors'];
  readonly clockOffsetSeconds: number;
  readonly previousTraceId: string;
};

/** The summary of one playback, open or closed. Copies everything, so it may be kept. */
export function summaryOf(facts: SummaryFacts): SessionSummary {
  const { viewer, totals, cut } = facts;
  const hasPlayer = facts.hasPlayer || totals.playerHalves > 0;
  return {
    ...facts.session,
    dimensions: viewer.dimensions,
    contentId: viewer.contentId,
    title: viewer.title,
    viewerId: viewer.viewerId,
    referrer: viewer.referrer,
    client: viewer.client,
    beginMs: facts.beginMs,
    endMs: facts.endMs,
    outcome: outcomeOf({ ...facts, isSignalLost: facts.hasPlayer && facts.isSignalLost, isClosed: cut !== 'live' }),
    visibility: visibilityOf(hasPlayer, totals.serverHalves > 0),
    cut,
    qoe: { ...facts.qoe },
    cdns: [...totals.cdns],
    pops: [...totals.pops],
    requests: totals.requests,
    errors: totals.errors,
    bytes: totals.bytes,
    playerErrors: [...facts.playerErrors],
    clockOffsetSeconds: facts.clockOffsetSeconds,
    joins: totals.joins,
    previousTraceId: facts.previousTraceId,
  };
}
