import { expect, test } from 'vitest';
import { incident } from '../lab/base-scenario.ts';
import { FAULTS, IncidentPlan } from '../lab/incident-plan.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import type { IncidentTruth, SessionTruth } from '../lab/session-truth.ts';
import { type Collected, collect, START_MS, scenarioNamed } from './collected.ts';

const MINUTES = 2.5;
const SEED = 4;

/** Connection-induced incidents by `kind:cause`; seeks hurt nobody's verdict. */
function damage({ sessions }: Collected): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const session of sessions) {
    const seekStalls = new Set(session.stalls.filter(({ kind }) => kind === 'seek').map(({ beginMs }) => beginMs));
    for (const { kind, cause, beginMs } of session.incidents) {
      if (kind === 'stall' && seekStalls.has(beginMs)) continue;
      counts[`${kind}:${cause}`] = (counts[`${kind}:${cause}`] ?? 0) + 1;
    }
  }
  return counts;
}

function countWith(sessions: readonly SessionTruth[], has: (truth: SessionTruth) => boolean): number {
  return sessions.filter(has).length;
}

for (const [name, what, least] of [
  ['edge-5xx', 'failover:edge_error', 10],
  ['edge-5xx', 'playback_failure:edge_error', 2],
  ['edge-slow', 'stall:edge_slow', 30],
  ['origin-5xx', 'startup_failure:origin_error', 10],
  ['origin-5xx', 'playback_failure:origin_error', 20],
  ['origin-5xx', 'stall:origin_error', 10],
  ['origin-slow', 'stall:origin_slow', 80],
  ['miss-storm', 'stall:cache_miss', 80],
  ['miss-storm', 'quality_collapse:cache_miss', 2],
  ['congestion', 'stall:network', 40],
  ['congestion', 'quality_collapse:network', 2],
  ['abr-oscillation', 'stall:abr', 80],
  ['manifest-stale', 'stall:manifest_stale', 15],
  ['token-expired', 'playback_failure:auth', 8],
  ['token-expired', 'startup_failure:auth', 8],
  ['player-crash', 'playback_failure:client', 15],
  ['player-crash', 'stall:client', 15],
] as const) {
  test(`${name} makes ${what}`, () => {
    expect(damage(runOf(name))[what] ?? 0).toBeGreaterThanOrEqual(least);
  });
}

for (const [name, cause] of [
  ['edge-slow', 'edge_slow'],
  ['origin-slow', 'origin_slow'],
  ['miss-storm', 'cache_miss'],
  ['congestion', 'network'],
  ['manifest-stale', 'manifest_stale'],
  ['player-crash', 'client'],
  ['origin-5xx', 'origin_error'],
] as const) {
  test(`${name}: nearly every stall has cause ${cause}`, () => {
    const stalls = Object.entries(damage(runOf(name))).filter(([key]) => key.startsWith('stall:'));
    const all = stalls.reduce((sum, [, count]) => sum + count, 0);
    const right = stalls.find(([key]) => key === `stall:${cause}`)?.[1] ?? 0;
    expect(right / all).toBeGreaterThan(0.9);
  });
}

test('a quiet evening stays quiet', () => {
  const run = runOf('healthy');
  const hurt = countWith(run.sessions, ({ incidents, stalls }) => {
    const connection = stalls.filter(({ kind }) => kind === 'connection').length;
    return connection > 0 || incidents.some(({ kind }) => kind !== 'stall' && kind !== 'quality_collapse');
  });
  expect(hurt / run.sessions.length).toBeLessThan(0.05);
  expect(run.fleet.requests.filter(({ statusClass }) => statusClass === '5xx' || statusClass === '4xx')).toEqual([]);
});

test('no stall for lack of data is without a cause, in any scenario', () => {
  for (const name of ['mixed', 'demo']) {
    const stalls = runOf(name).sessions.flatMap((session) =>
      session.stalls.filter(({ kind }) => kind === 'connection'),
    );
    expect(stalls.length).toBeGreaterThan(20);
    expect(stalls.filter(({ cause }) => cause === 'unknown').length / stalls.length).toBeLessThan(0.02);
  }
});

test('an error at one edge stays at that edge, and players that can leave it', () => {
  const run = runOf('edge-5xx');
  const errors = run.fleet.requests.filter(({ statusClass }) => statusClass === '5xx');
  expect(errors.map(({ cdn, tier }) => `${cdn} ${tier}`)).toEqual(errors.map(() => 'cloudfront edge'));
  const failovers = run.sessions.flatMap((session) => session.failovers);
  expect(failovers.every(({ from, to, reason }) => from === 'cloudfront' && to === 'fastly' && reason === '5xx')).toBe(
    true,
  );
  expect(failovers.filter(({ recovered }) => recovered).length / failovers.length).toBeGreaterThan(0.8);
  const silent = countWith(run.sessions, ({ silentFailures }) => silentFailures.some(({ kind }) => kind === '5xx'));
  expect(silent).toBeGreaterThan(3);
});

test('an error of the origin is passed on by the edge', () => {
  const counts = runOf('origin-5xx').fleet.requests.filter(({ statusClass }) => statusClass === '5xx');
  const edge = counts.filter(({ tier }) => tier === 'edge').reduce((sum, { requests }) => sum + requests, 0);
  const origin = counts.filter(({ tier }) => tier === 'origin').reduce((sum, { requests }) => sum + requests, 0);
  expect(edge).toBeGreaterThan(100);
  // The edge may have lost its viewer before the answer came.
  expect(origin).toBeGreaterThanOrEqual(edge);
  expect(origin - edge).toBeLessThan(edge * 0.05);
});

test('steering moves sessions without a bad sign', () => {
  const switches = runOf('steering').sessions.flatMap((session) => session.cdnSwitches);
  const steered = switches.filter(({ reason }) => reason === 'steering');
  expect(steered.length).toBeGreaterThan(5);
  expect(steered.every(({ from, to, hasBadSign }) => from === 'cloudfront' && to === 'fastly' && !hasBadSign)).toBe(
    true,
  );
});

test('DNS moves sessions under one host name, and no player says so', () => {
  const run = runOf('silent-reroute');
  const moved = run.sessions.filter(({ cdnSwitches }) => cdnSwitches.some(({ isSilent }) => isSilent));
  expect(moved.length).toBeGreaterThan(8);
  expect(moved.every(({ hasSharedHost, cdns }) => hasSharedHost && cdns.length === 2)).toBe(true);
  const posts = run.deliveries.filter(({ kind, body }) => kind === 'post' && /"event":"cdn"/.test(body));
  expect(posts).toEqual([]);
});

test('refused tokens are refused on every CDN', () => {
  const run = runOf('token-expired');
  const refused = run.fleet.requests.filter(({ statusClass }) => statusClass === '4xx');
  expect(new Set(refused.map(({ cdn }) => cdn))).toEqual(new Set(['cloudfront', 'fastly']));
});

test('a broken rule swings between top and bottom', () => {
  const run = runOf('abr-oscillation');
  const swinging = countWith(run.sessions, ({ switchesUp, switchesDown }) => switchesUp > 2 && switchesDown > 2);
  expect(swinging).toBeGreaterThan(10);
  const healthy = countWith(
    runOf('healthy').sessions,
    ({ switchesUp, switchesDown }) => switchesUp > 2 && switchesDown > 2,
  );
  expect(healthy).toBeLessThan(4);
});

test('about a fifth of all players are blocked, and their logs remain', () => {
  const { sessions } = runOf('healthy');
  const blocked = sessions.filter((session) => session.blocked);
  expect(blocked.length / sessions.length).toBeGreaterThan(0.08);
  expect(blocked.length / sessions.length).toBeLessThan(0.35);
  expect(blocked.every(({ requests }) => requests.edge.requests > 0)).toBe(true);
});

test('every fault has a scenario of its own, and each incident falls into its session', () => {
  const used = new Set([...SCENARIOS.values()].flatMap(({ incidents }) => incidents.map(({ fault }) => fault)));
  expect([...used].toSorted()).toEqual([...FAULTS].toSorted());
  const outside = (truth: SessionTruth) => (one: IncidentTruth) =>
    one.beginMs < truth.startMs - 1 || one.endMs > truth.endMs + 1;
  expect(runOf('mixed').sessions.flatMap((truth) => truth.incidents.filter(outside(truth)))).toEqual([]);
});

for (const [name, atMs, beginMs] of [
  ['before it', 9_999, Number.NaN],
  ['at its begin', 10_000, 10_000],
  ['inside', 12_000, 10_000],
  ['at its end', 15_000, Number.NaN],
  ['in the next round', 31_000, 30_000],
] as const) {
  test(`a recurring fault ${name}`, () => {
    const [fault] = new IncidentPlan([incident('edge_5xx', 10_000, 5_000, { everyMs: 20_000 })], START_MS).all;
    const foundMs = fault?.beginAt(START_MS + atMs) ?? 0;
    expect(foundMs - START_MS).toBe(beginMs);
    expect(fault?.nextBegin(START_MS + 16_000)).toBe(START_MS + 30_000);
  });
}

const runs = new Map<string, Collected>();

function runOf(name: string): Collected {
  let run = runs.get(name);
  if (run === undefined) {
    run = collect(scenarioNamed(name), SEED, MINUTES);
    runs.set(name, run);
  }
  return run;
}
