import type { SessionJson } from '../../collector/exporters/session-json.ts';
import type { SessionTruth } from '../lab/session-truth.ts';
import type { LabResult } from '../support/lab-run.ts';

/** A session that took place, and all that the pipeline made of it: several when it was split, none when it was missed. */
export type SessionMatch = { readonly truth: SessionTruth; readonly measured: readonly SessionJson[] };

/** Whose session each trace is: the one that most of its requests belong to; without requests, the one of its id. */
export function matchSessions(result: LabResult): { readonly matches: readonly SessionMatch[]; ownerOf: TraceOwners } {
  const owners = traceOwners(result);
  const bySid = new Map(result.truths.map((truth) => [truth.sid, truth.serial]));
  const measured = new Map<number, SessionJson[]>();
  for (const session of result.sessions) {
    const serial = owners.get(session.traceId) ?? bySid.get(session.sessionId);
    if (serial === undefined) continue;
    measured.set(serial, [...(measured.get(serial) ?? []), session]);
  }
  const matches = result.truths.map((truth) => ({ truth, measured: measured.get(truth.serial) ?? [] }));
  return { matches, ownerOf: owners };
}

export type TraceOwners = ReadonlyMap<string, number>;

function traceOwners({ exchanges, joins }: LabResult): TraceOwners {
  const serialOf = new Map(exchanges.map(({ requestId, serial }) => [requestId, serial]));
  const votes = new Map<string, Map<number, number>>();
  for (const { traceId, edgeId } of joins.records) {
    const serial = serialOf.get(edgeId);
    if (serial === undefined) continue;
    const counts = votes.get(traceId) ?? new Map<number, number>();
    counts.set(serial, (counts.get(serial) ?? 0) + 1);
    votes.set(traceId, counts);
  }
  return new Map(
    [...votes].map(([traceId, counts]) => [
      traceId,
      ([...counts].sort((a, b) => b[1] - a[1])[0] as [number, number])[0],
    ]),
  );
}
