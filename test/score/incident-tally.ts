import type { IncidentJson } from '../../collector/exporters/session-json.ts';
import type { FailoverTruth, IncidentTruth, SilentFailureTruth } from '../lab/session-truth.ts';
import type { SessionMatch } from './session-match.ts';
import type { Tally } from './tally.ts';

/** Shorter interruptions are no stalls to a viewer (semantics.md section 3). */
const MIN_STALL_MS = 250;
/** How far apart in time the same incident may be told. */
const SLACK_MS: Readonly<Record<IncidentTruth['kind'], number>> = {
  stall: 3_000,
  quality_collapse: 20_000,
  startup_failure: 30_000,
  playback_failure: 30_000,
  failover: 30_000,
};
const KINDS = Object.keys(SLACK_MS) as IncidentTruth['kind'][];
/** A flag rides on the next request, which a full buffer delays. */
const FLAG_SLACK_MS = 30_000;
/** Confidence from which on a verdict has to be right nearly always. */
export const SURE = 0.8;

export type IncidentPair = { readonly truth: IncidentTruth; readonly told: IncidentJson | undefined };

/**
 * What hurt one viewer against what was told: `incident/<kind>/true|found|told`, `verdict/<cause>/<verdict>` of
 * those that were found, `sure/given|right`, `silent/true|found|told|right`.
 */
export function tallyIncidents(match: SessionMatch, tally: Tally): void {
  const told = match.measured.flatMap(({ incidents }) => incidents);
  for (const kind of KINDS) {
    tally.add(`incident/${kind}/told`, told.filter((one) => one.kind === kind).length);
  }
  for (const { truth, told: found } of pairIncidents(match)) {
    tally.add(`incident/${truth.kind}/true`);
    if (found === undefined) continue;
    tally.add(`incident/${truth.kind}/found`);
    tallyVerdict(truth, found, tally);
  }
  tallySilent(match.truth.silentFailures, told, tally);
}

/** Every true incident and the told one that is the same, `undefined` when it was missed. */
export function pairIncidents({ truth, measured }: SessionMatch): IncidentPair[] {
  const told = measured.flatMap(({ incidents }) => incidents);
  return KINDS.flatMap((kind) => {
    const candidates = new Set(told.filter((one) => one.kind === kind));
    const truths = truth.incidents.filter((one) => one.kind === kind && isIncident(one));
    return truths.map((one) => {
      const found = nearest(one, candidates, truth.failovers);
      if (found !== undefined) candidates.delete(found);
      return { truth: one, told: found };
    });
  });
}

function tallyVerdict({ cause, kind }: IncidentTruth, { verdict, confidence }: IncidentJson, tally: Tally): void {
  tally.add(`verdict/${cause}/${verdict}`);
  tally.add(`kind/${kind}/${cause}/${verdict}`);
  tally.add(`confidence/${confidence.toFixed(1)}/given`);
  if (cause === verdict) tally.add(`confidence/${confidence.toFixed(1)}/right`);
  if (confidence < SURE) return;
  tally.add('sure/given');
  if (cause === verdict) tally.add('sure/right');
}

function isIncident({ kind, beginMs, endMs }: IncidentTruth): boolean {
  return kind !== 'stall' || endMs - beginMs >= MIN_STALL_MS;
}

function nearest(
  truth: IncidentTruth,
  candidates: ReadonlySet<IncidentJson>,
  failovers: readonly FailoverTruth[],
): IncidentJson | undefined {
  let best: IncidentJson | undefined;
  let bestMs = Number.POSITIVE_INFINITY;
  const move = truth.kind === 'failover' ? failovers.find(({ beginMs }) => beginMs === truth.beginMs) : undefined;
  for (const one of candidates) {
    if (move !== undefined && (one.failover?.from !== move.from || one.failover.to !== move.to)) continue;
    const slackMs = one.precision === 'flag' ? FLAG_SLACK_MS : SLACK_MS[truth.kind];
    if (one.beginMs > truth.endMs + slackMs || one.endMs < truth.beginMs - slackMs) continue;
    const offMs = Math.abs(one.beginMs - truth.beginMs) + Math.abs(one.endMs - truth.endMs);
    if (offMs < bestMs) {
      best = one;
      bestMs = offMs;
    }
  }
  return best;
}

/** Failures near each other are told as one: each true one has to lie in a told one, and the other way round. */
function tallySilent(truths: readonly SilentFailureTruth[], told: readonly IncidentJson[], tally: Tally): void {
  const silent = told.filter(({ kind }) => kind === 'silent_failure');
  const isSame = ({ cdn, kind, atMs }: SilentFailureTruth, one: IncidentJson): boolean =>
    one.silent?.cdn === cdn && one.silent.kind === kind && atMs >= one.beginMs - 2_000 && atMs <= one.endMs + 2_000;
  tally.add('silent/true', truths.length);
  tally.add('silent/found', truths.filter((truth) => silent.some((one) => isSame(truth, one))).length);
  tally.add('silent/told', silent.length);
  tally.add('silent/right', silent.filter((one) => truths.some((truth) => isSame(truth, one))).length);
}
