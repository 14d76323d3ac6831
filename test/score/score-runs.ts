import type { CorrelateSettings } from '../../collector/correlate/settings.ts';
import type { SessionJson } from '../../collector/exporters/session-json.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { runScenario } from '../support/lab-run.ts';
import { tallyFleet } from './fleet-tally.ts';
import { tallyIncidents } from './incident-tally.ts';
import { tallyJoins } from './join-tally.ts';
import { matchSessions } from './session-match.ts';
import { tallySession } from './session-tally.ts';
import { Tally } from './tally.ts';

/** Seeds that nothing was developed on. */
export const HELD_OUT_SEEDS: readonly number[] = [7001, 7002, 7003];

export type ScoreRun = {
  readonly scenario: string;
  readonly minutes: number;
  readonly drainMinutes: number;
  readonly settings?: Partial<CorrelateSettings>;
  /** Logs come too late to know who is watching now. */
  readonly isLate?: boolean;
};

const SHORT = { minutes: 4, drainMinutes: 3 };
const LONG = { minutes: 8, drainMinutes: 3 };

/** What is judged: one fault at a time, all of them in one fleet, and that fleet with something missing. */
export const SCORE_RUNS: readonly ScoreRun[] = [
  { scenario: 'healthy', ...SHORT },
  { scenario: 'edge-5xx', ...SHORT },
  { scenario: 'edge-slow', ...SHORT },
  { scenario: 'origin-5xx', ...SHORT },
  { scenario: 'origin-slow', ...SHORT },
  { scenario: 'miss-storm', ...SHORT },
  { scenario: 'congestion', ...SHORT },
  { scenario: 'abr-oscillation', ...SHORT },
  { scenario: 'manifest-stale', ...SHORT },
  { scenario: 'token-expired', ...SHORT },
  { scenario: 'player-crash', ...SHORT },
  { scenario: 'steering', ...SHORT },
  { scenario: 'silent-reroute', ...SHORT },
  { scenario: 'mixed', ...LONG },
  { scenario: 'hard', ...LONG, settings: { settleMs: 8 * 60_000 }, isLate: true },
  { scenario: 'logs-only', ...SHORT },
  { scenario: 'no-cmcd', ...SHORT },
  { scenario: 'sampled', ...SHORT },
];

/** Short enough for every change, and of everything a little. */
export const CI_SEEDS: readonly number[] = [7001];
export const CI_RUNS: readonly ScoreRun[] = SCORE_RUNS.filter(({ scenario }) =>
  ['edge-5xx', 'congestion', 'abr-oscillation', 'player-crash', 'mixed', 'hard'].includes(scenario),
);

const MINUTE_MS = 60_000;

/** Runs a scenario and counts what the pipeline got right. */
export async function scoreRun(run: ScoreRun, seed: number): Promise<Tally> {
  const scenario = SCENARIOS.get(run.scenario) as Scenario;
  const { minutes, drainMinutes, settings = {} } = run;
  const result = await runScenario(scenario, { seed, minutes, drainMinutes, settings });
  const tally = new Tally();
  const { matches, ownerOf } = matchSessions(result);
  for (const match of matches) {
    tallySession(match, tally);
    tallyIncidents(match, tally);
  }
  tallyJoins(result, ownerOf, tally);
  tallyFleet(scenario, result.truths, result.sessions, tally);
  if (run.isLate) return tally;
  for (const { atMs, viewers, sessions, seats } of result.fleet.concurrency) {
    const sinceMs = atMs - result.fleet.startMs;
    const reading = result.concurrency.find((one) => one.atMs === atMs);
    // The first minute's sessions are on their way; when no one comes any more it is no evening like others.
    if (reading === undefined || sinceMs < MINUTE_MS || sinceMs > minutes * MINUTE_MS) continue;
    tally.add('viewers/people', viewers);
    tally.add('viewers/true', seats.viewers);
    tally.add('viewers/told', reading.viewers);
    tally.add('viewers/error', Math.abs(reading.viewers - seats.viewers));
    tally.add('settled/true', sessions);
    tally.add('settled/told', result.sessions.filter((one) => isThere(one, atMs)).length);
    for (const source of ['player', 'server'] as const) {
      tally.add(`seats/${source}/true`, seats[source]);
      tally.add(`seats/${source}/told`, reading[source]);
    }
  }
  return tally;
}

/** By its begin and end, when both are known. */
function isThere({ beginMs, endMs }: SessionJson, atMs: number): boolean {
  return beginMs !== null && endMs !== null && beginMs <= atMs && endMs >= atMs;
}
