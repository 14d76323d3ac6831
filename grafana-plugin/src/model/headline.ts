import { ATTR } from '../contract.gen';
import { formatCount, formatDuration } from './numbers';
import { isBad } from './outcomes';
import { type Incident, type SessionModel } from './session-model';
import { numberOf, textOf } from './span';

export type Headline = {
  /** What happened, in one line. */
  readonly title: string;
  readonly severity: 'error' | 'warning' | 'success' | 'info';
  /** In place of verdicts when there are none. */
  readonly quiet: string;
  /** Why: the worst incident of each verdict, the worst first, with the number of incidents it stands for. */
  readonly verdicts: ReadonlyArray<{ readonly incident: Incident; readonly count: number }>;
};

/** Kinds by how much they hurt the viewer. */
const HURT = ['startup_failure', 'playback_failure', 'stall', 'quality_collapse', 'failover', 'silent_failure'];

const KIND_NOUNS: Record<string, readonly [one: string, many: string]> = {
  startup_failure: ['startup failure', 'startup failures'],
  playback_failure: ['playback failure', 'playback failures'],
  stall: ['stall', 'stalls'],
  quality_collapse: ['quality collapse', 'quality collapses'],
  failover: ['failover', 'failovers'],
  silent_failure: ['silent failure', 'silent failures'],
};

export function kindLabel(kind: string): string {
  return KIND_NOUNS[kind]?.[0] ?? kind.replace(/_/g, ' ');
}

/** The sentence at the top: what went wrong and why. */
export function headlineOf(session: SessionModel): Headline {
  const { incidents, root } = session;
  const parts = [opening(session), startedIn(session), stallPart(session)].filter((part) => part !== '');
  return {
    title: parts.join(' · '),
    severity: severityOf(incidents, textOf(root, ATTR.outcome)),
    verdicts: leading(incidents),
    quiet: quietText(session),
  };
}

/** No incident is not the same as no trouble: a stall nobody explained stays a stall. */
function quietText({ states, requests }: SessionModel): string {
  if (states.some(({ state }) => state === 'stalled' || state === 'failed')) {
    return 'Nothing in the data says why.';
  }
  const hasFailures = requests.some(({ outcome, isSlow }) => isSlow || isBad(outcome));
  return requests.length === 0 || hasFailures ? 'No incident.' : 'No incident: every request arrived in time.';
}

function opening(session: SessionModel): string {
  const { verb, said } = verbOf(session);
  const counts = HURT.filter((kind) => kind !== 'stall' && kind !== said).flatMap((kind) => {
    const count = session.incidents.filter((incident) => incident.kind === kind).length;
    return count === 0 ? [] : [formatCount(count, ...KIND_NOUNS[kind])];
  });
  return counts.length === 0 ? verb : `${verb} with ${joinList(counts)}`;
}

/** `said`: the kind of incident that the verb tells already. A session that failed is not playing, closed or not. */
function verbOf({ incidents, root, isLive }: SessionModel): { readonly verb: string; readonly said: string } {
  const outcome = textOf(root, ATTR.outcome);
  const has = (kind: string) => incidents.some((incident) => incident.kind === kind);
  if (outcome === 'start_failure' || (isOpen(outcome) && has('startup_failure'))) {
    return { verb: 'Did not start', said: 'startup_failure' };
  }
  if (isOpen(outcome) && has('playback_failure')) {
    return { verb: 'Broke off', said: 'playback_failure' };
  }
  return { verb: OUTCOME_VERBS[outcome] ?? (isLive ? 'Playing now' : 'Session'), said: '' };
}

function isOpen(outcome: string): boolean {
  return outcome === '' || outcome === 'in_progress';
}

const OUTCOME_VERBS: Record<string, string> = {
  played: 'Played',
  exit_before_start: 'Left before the start',
  lost_signal: 'Signal lost',
  in_progress: 'Playing now',
};

function startedIn({ root, states }: SessionModel): string {
  const told = numberOf(root, ATTR.startup) * 1000;
  const startup = states.find(({ state }) => state === 'startup');
  const ms = Number.isNaN(told) && startup ? startup.endMs - startup.startMs : told;
  return Number.isNaN(ms) ? '' : `started in ${formatDuration(ms)}`;
}

/** Stalls of which nothing is known are not "no stall". */
function stallPart({ root, states, missing }: SessionModel): string {
  const intervals = states.filter(({ state }) => state === 'stalled');
  const told = numberOf(root, ATTR.stalls);
  const count = Number.isNaN(told) ? intervals.length : told;
  if (count === 0) {
    return missing.has('player') || states.length === 0 ? '' : 'no stall';
  }
  const stalled = numberOf(root, ATTR.stalled) * 1000;
  const ms = Number.isNaN(stalled) ? intervals.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0) : stalled;
  return `${formatCount(count, 'stall')}, ${formatDuration(ms)}`;
}

/** Red hurt the viewer, orange did not stop the picture. */
export function isSevere({ kind, failover }: Incident): boolean {
  return failover?.result === 'failed' || (HURT.includes(kind) && HURT.indexOf(kind) <= 2);
}

function severityOf(incidents: readonly Incident[], outcome: string): Headline['severity'] {
  if (outcome === 'start_failure' || incidents.some(isSevere)) {
    return 'error';
  }
  if (incidents.length > 0) {
    return 'warning';
  }
  return outcome === 'played' ? 'success' : 'info';
}

function leading(incidents: readonly Incident[]): Array<{ incident: Incident; count: number }> {
  const worst = new Map<string, { incident: Incident; count: number }>();
  const ordered = [...incidents].sort((a, b) => hurt(a) - hurt(b) || length(b) - length(a));
  for (const incident of ordered) {
    const known = worst.get(incident.verdict);
    worst.set(incident.verdict, known ? { ...known, count: known.count + 1 } : { incident, count: 1 });
  }
  return [...worst.values()];
}

function hurt({ kind }: Incident): number {
  const rank = HURT.indexOf(kind);
  return rank < 0 ? HURT.length : rank;
}

function length({ startMs, endMs }: Incident): number {
  return endMs - startMs;
}

function joinList(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}
