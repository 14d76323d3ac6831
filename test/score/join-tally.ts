import type { ExchangeTruth, JoinRecord } from '../support/join-record.ts';
import type { LabResult } from '../support/lab-run.ts';
import type { TraceOwners } from './session-match.ts';
import type { Tally } from './tally.ts';

/** A player stamps whole milliseconds, or tenths. */
const STAMP_MS = 1.5;

/**
 * Which halves were joined, and rightly: `join/<method>/right|wrong`; `joinable` are the pairs of which both halves
 * arrived. A player's half belongs to the exchange of its path that was sent at its time.
 */
export function tallyJoins({ exchanges, joins }: LabResult, ownerOf: TraceOwners, tally: Tally): void {
  const byId = new Map(exchanges.map((exchange) => [exchange.requestId, exchange]));
  const bySession = Map.groupBy(exchanges, ({ sid }) => sid);
  for (const record of joins.records) {
    const edge = byId.get(record.edgeId);
    if (record.player !== null) {
      const truth = exchangeOf(record, bySession.get(record.sessionId) ?? []);
      if (truth !== undefined && joins.edgeIds.has(truth.requestId)) tally.add('join/player/joinable');
      if (record.edgeMethod !== '') count(tally, record.edgeMethod, truth !== undefined && truth === edge);
    }
    if (record.sessionMethod !== '' && edge !== undefined) {
      count(tally, `session by ${record.sessionMethod}`, ownerOf.get(record.traceId) === edge.serial);
    }
    for (const { parentId, method } of record.above) {
      if (joins.edgeIds.has(parentId)) tally.add('join/upstream/joinable');
      if (method !== '' && record.edgeId !== '') count(tally, `upstream by ${method}`, parentId === record.edgeId);
    }
  }
}

function count(tally: Tally, method: string, isRight: boolean): void {
  tally.add(`join/${method}/${isRight ? 'right' : 'wrong'}`);
}

function exchangeOf({ player }: JoinRecord, exchanges: readonly ExchangeTruth[]): ExchangeTruth | undefined {
  return exchanges.find(
    ({ path, playerMs }) => player?.path === path && Math.abs(player.startMs - playerMs) <= STAMP_MS,
  );
}
