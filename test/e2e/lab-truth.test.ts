import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { type LabResult, runScenario, sumOf } from '../support/lab-run.ts';
import { type Score, scoreRow, scoresOf, startupErrorMs, VOICES, type Voice } from '../support/lab-scores.ts';

/**
 * The lab knows what happened to every viewer; here the whole pipeline says what it made of what they left behind.
 * Where a player tells everything the numbers must be exact; where it falls silent when its viewer leaves they end
 * with its last word; where only the logs speak, viewing time is delivered media (semantics.md section 6), which is
 * ahead of the viewer by up to a buffer.
 */

const MINUTE_MS = 60_000;
/** A viewer known from logs counts for three segments after the last one (semantics.md section 3), and logs come late. */
const PRESENCE_MS = 30_000;
const TIMEOUT_MS = 120_000;
const ARRIVALS = { perMinute: 30, atStart: 20, atStartMs: 20_000, dayShape: 0, maxSessions: 0 };
/** CMCD players report when something changes, and every ten seconds. */
const REPORT_MS = 10_000;
/** The lab's players have at most so much media in their buffer. */
const BUFFER_MS = 45_000;

/** Bounds of a share measured/truth. */
type Between = readonly [least: number, most: number];
type Bounds = {
  readonly outcomes: number;
  readonly startupErrorMs: number;
  readonly worstPlayingErrorMs: number;
  readonly playing: Between;
  readonly stalls: Between;
  readonly stalled: Between;
};

const TIDY: Readonly<Record<Exclude<Voice, 'lines'>, Bounds>> = {
  hook: {
    outcomes: 1,
    startupErrorMs: 1,
    worstPlayingErrorMs: 500,
    playing: [0.998, 1.002],
    stalls: [1, 1],
    stalled: [0.99, 1.01],
  },
  states: {
    outcomes: 0.97,
    startupErrorMs: 1,
    worstPlayingErrorMs: REPORT_MS + 500,
    playing: [0.94, 1.002],
    stalls: [0.9, 1],
    stalled: [0.85, 1.001],
  },
  // Shaka says neither that it stalls nor that it plays on.
  events: {
    outcomes: 0.75,
    startupErrorMs: 1,
    worstPlayingErrorMs: MINUTE_MS,
    playing: [0.94, 1.3],
    stalls: [0, 1.1],
    stalled: [0, 1.1],
  },
  ids: {
    outcomes: 0.9,
    startupErrorMs: 1_200,
    worstPlayingErrorMs: BUFFER_MS,
    playing: [0.98, 1.25],
    stalls: [0.6, 1.2],
    stalled: [0.5, 1.1],
  },
};
/** A twentieth of the posts is lost; clocks are hours off; the latest log comes seven minutes late. */
const HARD: typeof TIDY = {
  hook: {
    ...TIDY.hook,
    outcomes: 0.9,
    startupErrorMs: 1_500,
    worstPlayingErrorMs: REPORT_MS,
    playing: [0.94, 1.03],
    stalls: [0.85, 1.05],
    stalled: [0.85, 1.05],
  },
  states: {
    ...TIDY.states,
    outcomes: 0.9,
    startupErrorMs: 1_500,
    worstPlayingErrorMs: 3 * REPORT_MS,
    playing: [0.93, 1.05],
    stalls: [0.85, 1.05],
    stalled: [0.8, 1.05],
  },
  events: { ...TIDY.events, outcomes: 0.7, startupErrorMs: 1_500 },
  ids: { ...TIDY.ids, outcomes: 0.75, startupErrorMs: 2_500 },
};

const RUNS = [
  { scenario: 'healthy', bounds: TIDY, settings: {}, requests: 0.002, started: 0 },
  { scenario: 'edge-5xx', bounds: TIDY, settings: {}, requests: 0.002, started: 0 },
  { scenario: 'congestion', bounds: TIDY, settings: {}, requests: 0.002, started: 0 },
  { scenario: 'token-expired', bounds: TIDY, settings: {}, requests: 0.002, started: 0 },
  { scenario: 'hard', bounds: HARD, settings: { settleMs: 8 * MINUTE_MS }, requests: 0.06, started: 0.05 },
] as const;

const rows: Record<string, string | number>[] = [];
afterAll(() => console.table(rows));

describe.each(RUNS)('$scenario', ({ scenario: name, bounds, settings, requests, started }) => {
  const scenario: Scenario = { ...(SCENARIOS.get(name) as Scenario), arrivals: ARRIVALS };
  let result: LabResult;
  let scores: ReadonlyMap<Voice, Score>;
  beforeAll(async () => {
    result = await runScenario(scenario, { seed: 11, minutes: 2, drainMinutes: 4, settings });
    scores = scoresOf(result);
    for (const voice of VOICES) rows.push(scoreRow(name, scores.get(voice) as Score));
  }, TIMEOUT_MS);

  test('every line and post is understood, every request counted once, every session started once', () => {
    expect([...result.refused]).toEqual([]);
    expect(sumOf(result.metrics, 'playpath_unjoined_total')).toBe(0);
    const counted = sumOf(result.metrics, 'playpath_sessions_started_total');
    expect(Math.abs(counted - result.fleet.sessionsStarted)).toBeLessThanOrEqual(
      Math.max(1, started * result.fleet.sessionsStarted),
    );
    if (scenario.cdns.every(({ duplicateShare }) => duplicateShare === 0)) expectRequests(result);
  });

  test.each(['hook', 'states', 'events', 'ids'] as const)('%s', (voice) => {
    const score = scores.get(voice) as Score;
    const bound = bounds[voice];
    expect(score.found).toBe(score.sessions);
    expect(score.split).toBe(0);
    expect(score.outcomesRight).toBeGreaterThanOrEqual(Math.floor(bound.outcomes * score.outcomes));
    expect(score.startupsMissed).toBeLessThanOrEqual(1);
    expect(startupErrorMs(score)).toBeLessThanOrEqual(bound.startupErrorMs);
    expect(score.worstPlayingErrorMs).toBeLessThanOrEqual(bound.worstPlayingErrorMs);
    expectBetween('playing', score.measuredPlayingMs, score.playingMs, bound.playing, REPORT_MS);
    expectBetween('stalls', score.measuredStalls, score.stalls, bound.stalls, 1);
    expectBetween('stalled', score.measuredStalledMs, score.stalledMs, bound.stalled, 1_000);
    expectBetween('requests', score.measuredRequests, score.requests, [1 - requests, 1 + requests], 1);
    expectBetween('failovers', score.measuredFailovers, score.failovers, [0.8, 1.25], 3);
  });

  test('viewers without any id are as many as there were', () => {
    const lines = scores.get('lines') as Score;
    expect(Math.abs(lines.found - lines.sessions)).toBeLessThanOrEqual(Math.max(1, 0.08 * lines.sessions));
  });

  // Nobody can know now what logs tell in seven minutes.
  if (name === 'hard') return;
  test('who watches now is known at every moment, as late as the logs are', () => {
    const settledMs = result.fleet.startMs + MINUTE_MS;
    const moments = result.fleet.concurrency.flatMap(({ atMs, concurrent }) => {
      const reading = result.concurrency.find((one) => one.atMs === atMs);
      return reading === undefined || atMs < settledMs
        ? []
        : [{ atMs, concurrent, measured: reading.player + reading.server }];
    });
    console.log(
      `${name}: concurrent sessions, measured/true: ${moments.map((m) => `${m.measured}/${m.concurrent}`).join(' ')}`,
    );
    expect(moments.length).toBeGreaterThan(20);
    for (const { atMs, measured } of moments) {
      const lately = result.fleet.concurrency.filter((one) => one.atMs > atMs - PRESENCE_MS && one.atMs <= atMs);
      const least = Math.min(...lately.map(({ concurrent }) => concurrent));
      const most = Math.max(...lately.map(({ concurrent }) => concurrent));
      expect(measured).toBeGreaterThanOrEqual(least - Math.max(5, 0.25 * least));
      expect(measured).toBeLessThanOrEqual(most + Math.max(5, 0.25 * most));
    }
  });
});

/** Requests by CDN, tier and status class against what the lab's servers wrote. */
function expectRequests({ fleet, metrics }: LabResult): void {
  const emitters = new Set(fleet.requests.map(({ tier, cdn }) => (tier === 'origin' ? 'origin' : cdn)));
  const classes = new Set(fleet.requests.map(({ statusClass }) => statusClass));
  for (const cdn of emitters) {
    for (const statusClass of classes) {
      const truth = fleet.requests
        .filter((row) => (row.tier === 'origin' ? 'origin' : row.cdn) === cdn && row.statusClass === statusClass)
        .reduce((sum, { requests }) => sum + requests, 0);
      const label = statusClass === 'none' ? 'abort' : statusClass;
      const counted = sumOf(metrics, 'playpath_requests_total', { cdn, status_class: label });
      expect(counted, `${cdn} ${statusClass}`).toBe(truth);
    }
  }
}

/** `slack` is for sums so small that a share of them says nothing. */
function expectBetween(name: string, measured: number, truth: number, [least, most]: Between, slack: number): void {
  expect(measured, name).toBeGreaterThanOrEqual(least * truth - slack);
  expect(measured, name).toBeLessThanOrEqual(most * truth + slack);
}
