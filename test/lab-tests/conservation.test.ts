import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Playback } from '../lab/playback.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { type Collected, collect, linesOf, scenarioNamed } from './collected.ts';

const ROUNDING_MS = 1;

/** Nginx edges with a shield beside the usual pair, so that every writer is at work. */
function withEveryFormat(scenario: Scenario): Scenario {
  const [cloudfront, fastly] = scenario.cdns;
  if (cloudfront === undefined || fastly === undefined) throw new Error('the scenario has two CDNs');
  const third = { ...fastly, name: 'third', host: 'third.media.example.com', shieldSite: 'FRA' } as const;
  const fourth = { ...fastly, name: 'fourth', host: 'fourth.media.example.com' } as const;
  return {
    ...scenario,
    cdns: [
      cloudfront,
      { ...fastly, shieldSite: 'LHR' },
      { ...third, format: 'nginx-json' },
      { ...fourth, format: 'nginx-combined-plus' },
    ],
  };
}

const evening = fc
  .record({
    name: fc.constantFrom(...SCENARIOS.keys()),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    isEveryFormat: fc.boolean(),
    sampleRate: fc.constantFrom(1, 0.5),
    duplicateShare: fc.constantFrom(0, 0.1),
    lossShare: fc.constantFrom(0, 0.2),
  })
  .map(({ name, seed, isEveryFormat, sampleRate, duplicateShare, lossShare }) => {
    const named = scenarioNamed(name);
    const formats = isEveryFormat ? withEveryFormat(named) : named;
    const scenario: Scenario = {
      ...formats,
      cdns: formats.cdns.map((cdn) => ({ ...cdn, sampleRate, duplicateShare })),
      telemetry: { ...formats.telemetry, lossShare, duplicateShare },
    };
    return { scenario, run: collect(scenario, seed, 1.2) };
  });

test('whatever happens in a fleet, nothing is lost that the truth does not know of', () => {
  fc.assert(
    fc.property(evening, ({ scenario, run }) => {
      statesFillSessions(run);
      requestsAreLines(run, scenario);
      deliveriesAreInOrder(run);
    }),
    { numRuns: 10, seed: 2026 },
  );
}, 60_000);

function statesFillSessions({ sessions, fleet }: Collected): void {
  expect(sessions.length).toBe(fleet.sessionsStarted);
  for (const truth of sessions) {
    const { preloadingMs, startingMs, adMs, playingMs, stalledMs, seekStalledMs, seekingMs, pausedMs } = truth;
    const sum = preloadingMs + startingMs + adMs + playingMs + stalledMs + seekStalledMs + seekingMs + pausedMs;
    expect(Math.abs(sum - (truth.endMs - truth.startMs))).toBeLessThan(ROUNDING_MS);
    // What was rendered is the time spent playing.
    expect(Math.abs(truth.renderedSeconds * 1000 - playingMs)).toBeLessThan(5 + playingMs * 1e-4);
    const stalls = truth.stalls.reduce((total, stall) => total + stall.endMs - stall.beginMs, 0);
    expect(Math.abs(stalls - stalledMs - seekStalledMs)).toBeLessThan(ROUNDING_MS);
    for (const { beginMs, endMs } of truth.incidents) {
      expect(beginMs).toBeGreaterThanOrEqual(truth.startMs - ROUNDING_MS);
      expect(endMs).toBeGreaterThanOrEqual(beginMs);
    }
    if (truth.startupMs === null) expect(truth.playingMs).toBe(0);
    if (truth.outcome === 'exit_before_start' || truth.outcome === 'start_failure') expect(truth.startupMs).toBeNull();
  }
}

function requestsAreLines(run: Collected, scenario: Scenario): void {
  const { sessions, fleet } = run;
  for (const tier of ['edge', 'shield', 'origin'] as const) {
    const counted = fleet.requests.filter((count) => count.tier === tier);
    const bySession = sessions.map(({ requests }) => requests[tier]);
    const isShieldUnlogged =
      tier === 'shield' && scenario.cdns.some((cdn) => cdn.format === 'cloudfront-standard' && cdn.shieldSite !== '');
    if (isShieldUnlogged) continue;
    expect(total(counted.map(({ requests }) => requests))).toBe(total(bySession.map(({ requests }) => requests)));
    expect(total(counted.map(({ bytes }) => bytes))).toBe(total(bySession.map(({ bytes }) => bytes)));
  }
  const written = total(Object.values(fleet.sources).map((source) => source.written));
  expect(total(fleet.requests.map(({ requests }) => requests))).toBe(written);
  for (const { name, sampleRate, duplicateShare } of scenario.cdns) {
    const source = fleet.sources[name];
    if (source === undefined) continue;
    expect(linesOf(run, name).length).toBe(source.delivered);
    if (sampleRate === 1) expect(source.sampledOut).toBe(0);
    const kept = source.written - source.sampledOut - source.withheld;
    if (duplicateShare === 0) expect(source.delivered).toBe(kept);
    else expect(source.delivered).toBeGreaterThanOrEqual(kept);
  }
  const { made, blocked, lost } = fleet.posts;
  const posted = run.deliveries.filter(({ kind }) => kind === 'post').length;
  expect(made).toBe(total(sessions.map(({ postsMade }) => postsMade)));
  expect(made - blocked - lost).toBe(total(sessions.map(({ postsDelivered }) => postsDelivered)));
  expect(posted).toBeGreaterThanOrEqual(made - blocked - lost);
  if (scenario.telemetry.duplicateShare === 0) expect(posted).toBe(made - blocked - lost);
  for (const { blocked: isBlocked, postsDelivered } of sessions) if (isBlocked) expect(postsDelivered).toBe(0);
}

function deliveriesAreInOrder({ deliveries }: Collected): void {
  let lastMs = 0;
  for (const { deliveredMs } of deliveries) {
    if (deliveredMs < lastMs) expect(deliveredMs).toBeGreaterThanOrEqual(lastMs);
    lastMs = deliveredMs;
  }
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

const step = fc.oneof(
  fc.record({ what: fc.constant('wait' as const), ms: fc.double({ min: 0, max: 9000, noNaN: true }) }),
  fc.record({
    what: fc.constant('append' as const),
    ms: fc.constantFrom(2000, 4000),
    kbps: fc.constantFrom(400, 6000),
  }),
  fc.record({ what: fc.constant('play' as const) }),
  fc.record({ what: fc.constant('stop' as const) }),
  fc.record({ what: fc.constant('seek' as const), toMs: fc.integer({ min: 0, max: 120_000 }) }),
);

test('a buffer never holds less than nothing, and renders what was put into it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, hasAudio) => {
      const playback = new Playback(hasAudio ? ['video', 'audio'] : ['video'], 1000);
      let nowMs = 1000;
      let endMs = 0;
      let appendedMs = 0;
      let appendedKbit = 0;
      for (const one of steps) {
        if (one.what === 'wait') {
          nowMs += one.ms;
          playback.advance(nowMs);
        } else if (one.what === 'append') {
          endMs += one.ms;
          appendedMs += one.ms;
          appendedKbit += (one.ms / 1000) * one.kbps;
          playback.append('video', endMs, one.kbps);
          if (hasAudio) playback.append('audio', endMs, 64);
        } else if (one.what === 'seek') {
          if (!playback.seek(one.toMs, 4000, nowMs)) endMs = Math.floor(one.toMs / 4000) * 4000;
        } else {
          playback.enter(one.what === 'play' ? 'playing' : 'paused', nowMs);
        }
        expect(playback.bufferMs).toBeGreaterThanOrEqual(0);
        expect(playback.aheadMs('video')).toBeGreaterThanOrEqual(playback.bufferMs);
      }
      const spent = Object.values(playback.spentMs).reduce((sum, ms) => sum + ms, 0);
      playback.advance(nowMs);
      expect(Math.abs(spent - (nowMs - 1000))).toBeLessThan(0.01);
      expect(playback.renderedSeconds * 1000).toBeLessThanOrEqual(
        Math.min(appendedMs, playback.spentMs.playing) + 0.01,
      );
      expect(playback.renderedKbit).toBeLessThanOrEqual(appendedKbit + 0.01);
    }),
    { numRuns: 400, seed: 5 },
  );
});
