import type { SessionJson } from '../../collector/exporters/session-json.ts';
import type { SessionTruth } from '../lab/session-truth.ts';
import type { LabResult } from './lab-run.ts';

/**
 * How much of a session its viewer's player tells, best first. `hook`: every state, request and the end. `states`:
 * CMCD events with states, but no word when the viewer leaves. `events`: CMCD events without states (Shaka). `ids`:
 * nothing but the session id in the URLs. `lines`: log lines without any id.
 */
export type Voice = 'hook' | 'states' | 'events' | 'ids' | 'lines';
export const VOICES: readonly Voice[] = ['hook', 'states', 'events', 'ids', 'lines'];

/**
 * Sums over the sessions of one voice; truth and what was measured. Times in ms. Playing and stalls are of `whole`
 * sessions: their viewer did not shut the page in the middle of a sentence, nor was the lab switched off.
 */
export type Score = {
  voice: Voice;
  sessions: number;
  found: number;
  /** More than one playback where there was one. */
  split: number;
  outcomes: number;
  outcomesRight: number;
  startups: number;
  startupsMissed: number;
  startupErrorMs: number;
  whole: number;
  worstPlayingErrorMs: number;
  playingMs: number;
  measuredPlayingMs: number;
  stalls: number;
  measuredStalls: number;
  stalledMs: number;
  measuredStalledMs: number;
  requests: number;
  measuredRequests: number;
  failovers: number;
  measuredFailovers: number;
};

const MIN_STALL_MS = 250;

export function voiceOf({ player, blocked, isSidSent }: SessionTruth): Voice {
  if (!isSidSent) return 'lines';
  if (blocked || player === 'cmcd-v1' || player === 'plain') return 'ids';
  if (player === 'playpath') return 'hook';
  return player === 'shaka' ? 'events' : 'states';
}

/** Compares every session that has an id with its truth; those without are only counted. */
export function scoresOf({ truths, sessions }: Pick<LabResult, 'truths' | 'sessions'>): Map<Voice, Score> {
  const found = new Map<string, SessionJson[]>();
  for (const session of sessions) found.set(session.sessionId, [...(found.get(session.sessionId) ?? []), session]);
  const scores = new Map<Voice, Score>(VOICES.map((voice) => [voice, emptyScore(voice)]));
  for (const truth of truths) {
    const score = scores.get(voiceOf(truth)) as Score;
    score.sessions++;
    compare(score, truth, found.get(truth.sid) ?? []);
  }
  (scores.get('lines') as Score).found = sessions.filter(({ isInferred }) => isInferred).length;
  return scores;
}

function compare(score: Score, truth: SessionTruth, measured: readonly SessionJson[]): void {
  const [first] = measured;
  if (first === undefined) return;
  score.found++;
  if (measured.length > 1) score.split++;
  const sum = (of: (session: SessionJson) => number | null): number =>
    measured.reduce((total, session) => total + (of(session) ?? 0), 0);
  if (truth.outcome !== 'in_progress') {
    score.outcomes++;
    if (measured.length === 1 && first.outcome === truth.outcome) score.outcomesRight++;
  }
  // CMCD does not tell an ad from content, so that a start behind one looks slow.
  if (truth.startupMs !== null && (truth.adMs === 0 || score.voice === 'hook')) {
    score.startups++;
    if (first.qoe.startupMs === null) score.startupsMissed++;
    else score.startupErrorMs += Math.abs(first.qoe.startupMs - truth.startupMs);
  }
  score.requests += truth.requests.edge.requests;
  score.measuredRequests += sum(({ requests }) => requests);
  score.failovers += truth.failovers.length;
  score.measuredFailovers += sum(({ incidents }) => incidents.filter(({ kind }) => kind === 'failover').length);
  if (truth.isTabClosed || truth.outcome === 'in_progress') return;
  score.whole++;
  const playingMs = sum(({ qoe }) => qoe.playingMs);
  score.playingMs += truth.playingMs;
  score.measuredPlayingMs += playingMs;
  score.worstPlayingErrorMs = Math.max(score.worstPlayingErrorMs, Math.abs(playingMs - truth.playingMs));
  const connection = truth.stalls.filter(({ kind }) => kind === 'connection');
  score.stalls += connection.filter(({ beginMs, endMs }) => endMs - beginMs >= MIN_STALL_MS).length;
  score.measuredStalls += sum(({ qoe }) => qoe.stalls);
  score.stalledMs += truth.stalledMs;
  score.measuredStalledMs += sum(({ qoe }) => qoe.stalledMs);
}

/** Mean error of the startup times that were found, ms. */
export function startupErrorMs({ startups, startupsMissed, startupErrorMs: sumMs }: Score): number {
  return startups === startupsMissed ? 0 : sumMs / (startups - startupsMissed);
}

/** A row to print. */
export function scoreRow(scenario: string, score: Score): Record<string, string | number> {
  const percent = (measured: number, truth: number): string =>
    truth === 0 ? '–' : `${(100 * (measured / truth - 1)).toFixed(2)} %`;
  const seconds = (ms: number): number => Math.round(ms / 100) / 10;
  return {
    scenario,
    voice: score.voice,
    sessions: `${score.found}/${score.sessions}`,
    split: score.split,
    outcomes: `${score.outcomesRight}/${score.outcomes}`,
    'startup |Δ| ms': Math.round(startupErrorMs(score)),
    whole: score.whole,
    playing: percent(score.measuredPlayingMs, score.playingMs),
    'worst |Δ| s': seconds(score.worstPlayingErrorMs),
    'stalled s': `${seconds(score.measuredStalledMs)}/${seconds(score.stalledMs)}`,
    stalls: `${score.measuredStalls}/${score.stalls}`,
    requests: percent(score.measuredRequests, score.requests),
    failovers: `${score.measuredFailovers}/${score.failovers}`,
  };
}

function emptyScore(voice: Voice): Score {
  return {
    voice,
    sessions: 0,
    found: 0,
    split: 0,
    outcomes: 0,
    outcomesRight: 0,
    startups: 0,
    startupsMissed: 0,
    startupErrorMs: 0,
    whole: 0,
    worstPlayingErrorMs: 0,
    playingMs: 0,
    measuredPlayingMs: 0,
    stalls: 0,
    measuredStalls: 0,
    stalledMs: 0,
    measuredStalledMs: 0,
    requests: 0,
    measuredRequests: 0,
    failovers: 0,
    measuredFailovers: 0,
  };
}
