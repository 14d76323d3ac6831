import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrate } from '../../collector/store/migrations.ts';
import { WatchedRuns } from '../../collector/store/watched-runs.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { ask, storeScenario } from './lab-store.ts';
import { PLACEMENT } from './placement.ts';
import { describeStores } from './stores.ts';

/** [playhead, clock], in seconds. */
type Word = readonly [playhead: number, at: number];

function runsOf(words: readonly Word[]): readonly (readonly [number, number])[] {
  const watched = new WatchedRuns();
  for (const [playhead, at] of words) watched.say(playhead * 1_000, at * 1_000);
  return watched.runs.map(({ beginSeconds, endSeconds }) => [beginSeconds, endSeconds]);
}

test.each<[string, readonly Word[], readonly (readonly [number, number])[]]>([
  [
    'one who plays on',
    [
      [0, 0],
      [10, 10],
      [20, 20],
    ],
    [[0, 20]],
  ],
  [
    'one who pauses',
    [
      [0, 0],
      [10, 10],
      [10, 60],
      [20, 70],
    ],
    [[0, 20]],
  ],
  [
    'one who plays at twice the speed',
    [
      [0, 0],
      [20, 10],
    ],
    [[0, 20]],
  ],
  [
    'one who jumps ahead',
    [
      [0, 0],
      [10, 10],
      [300, 11],
      [310, 21],
    ],
    [
      [0, 10],
      [300, 310],
    ],
  ],
  [
    'one who watches a part again',
    [
      [0, 0],
      [30, 30],
      [10, 31],
      [40, 61],
    ],
    [
      [0, 30],
      [10, 40],
    ],
  ],
  ['one who only looks', [[50, 0]], []],
  [
    'words that are no place',
    [
      [Number.NaN, 0],
      [-1, 1],
      [0, 2],
      [10, 12],
    ],
    [[0, 10]],
  ],
])('knows what was watched by %s', (_, words, runs) => expect(runsOf(words)).toEqual(runs));

test('whatever a player says, runs are few, go forward and stay where it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.double(), fc.double()), { maxLength: 300 }), (words) => {
      const runs = runsOf(words);
      expect(runs.length).toBeLessThanOrEqual(64);
      for (const [begin, end] of runs) expect(end).toBeGreaterThan(begin);
    }),
    { seed: 3 },
  );
});

describeStores('retention', (store) => {
  test('is what viewers of the lab watched, wherever they began', async () => {
    await migrate(store(), PLACEMENT, 0);
    const healthy = SCENARIOS.get('healthy') as Scenario;
    const { truths } = await storeScenario(
      store(),
      {
        ...healthy,
        arrivals: { perMinute: 40, atStart: 20, atStartMs: 10_000, dayShape: 0, maxSessions: 0 },
        catalogue: { ...healthy.catalogue, titles: 1, channels: 0, liveShare: 0, titleSeconds: [300, 300] },
        players: { 'hls.js': 0, 'dash.js': 0, shaka: 0, 'cmcd-v1': 0, playpath: 100, plain: 0 },
        behaviour: { ...healthy.behaviour, seekShare: 0, tabCloseShare: 0, watchMedianMs: 120_000 },
        telemetry: { ...healthy.telemetry, blockedShare: 0 },
      },
      { seed: 8, minutes: 2, drainMinutes: 15 },
    );
    const watched = truths.filter(({ renderedSeconds }) => renderedSeconds > 0);
    expect(watched.length).toBeGreaterThan(50);
    const runs: (readonly (readonly [number, number])[])[] = [];
    let seconds = 0;
    for (const { sid } of watched) {
      const [row = {}] = await ask(store(), 'session', { id: sid });
      const { run_begins: begins, run_ends: ends } = row as Record<string, readonly number[]>;
      const own = (begins ?? []).map((begin, index) => [begin, ends?.[index] ?? begin] as const);
      runs.push(own);
      seconds += own.reduce((sum, [begin, end]) => sum + end - begin, 0);
    }
    const renderedSeconds = watched.reduce((sum, truth) => sum + truth.renderedSeconds, 0);
    console.log(`retention: ${(seconds / renderedSeconds).toFixed(4)} of what was rendered`);
    // What was played after a player's last word of its playhead, a heartbeat at most, is not known.
    expect(seconds).toBeGreaterThan(0.98 * renderedSeconds);
    expect(seconds).toBeLessThan(1.005 * renderedSeconds);
    const length = Math.max(...runs.flat().map(([, end]) => end)) / 100;
    const day = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
    const rows = await ask(store(), 'retention', { ...day, content: 'title-0001' });
    expect(rows).toHaveLength(100);
    for (const { part, sessions } of rows) {
      const middle = (Number(part) + 0.5) * length;
      const there = runs.filter((all) => all.some(([begin, end]) => begin <= middle && middle < end));
      expect(sessions, `part ${String(part)}`).toBe(there.length);
    }
  }, 120_000);
});
