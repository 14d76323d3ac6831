import { beforeAll, expect, test } from 'vitest';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import type { SessionTruth } from '../lab/session-truth.ts';
import { type LabResult, runScenario, sumOf } from '../support/lab-run.ts';
import { voiceOf } from '../support/lab-scores.ts';

/** The lab knows who watched what; the counters say so too. Where the hook reports, exactly. */

const ARRIVALS = { perMinute: 20, atStart: 15, atStartMs: 20_000, dayShape: 0, maxSessions: 0 };
const TIMEOUT_MS = 120_000;
const DELIVERED_VOICES = ['ids', 'lines'];

let result: LabResult;
let reported: readonly SessionTruth[];
let silent: readonly SessionTruth[];

beforeAll(async () => {
  const healthy = SCENARIOS.get('healthy') as Scenario;
  const players = { 'hls.js': 0, 'dash.js': 0, shaka: 0, 'cmcd-v1': 15, playpath: 70, plain: 15 };
  // Nobody shuts the page in the middle of a sentence: what is not said cannot be counted.
  const behaviour = { ...healthy.behaviour, tabCloseShare: 0, watchMedianMs: 60_000 };
  const scenario = { ...healthy, arrivals: ARRIVALS, players, behaviour };
  result = await runScenario(scenario, { seed: 11, minutes: 1, drainMinutes: 10 });
  const isSilent = (truth: SessionTruth) => DELIVERED_VOICES.includes(voiceOf(truth));
  reported = result.truths.filter((truth) => !isSilent(truth));
  silent = result.truths.filter(isSilent);
}, TIMEOUT_MS);

const counted = (name: string, platformClass: string) =>
  sumOf(result.metrics, `playpath_audience_${name}_total`, { platform_class: platformClass });

test('players that report: starts and streams exact, consumption within 0.5 %', () => {
  expect(reported.length).toBeGreaterThan(10);
  const playedMs = reported.reduce((sum, { playingMs }) => sum + playingMs, 0);
  expect(counted('starts', 'player_full')).toBe(reported.filter((truth) => truth.playRequestedMs !== null).length);
  expect(counted('streams', 'player_full')).toBe(reported.filter(({ playingMs }) => playingMs >= 5_000).length);
  const consumedMs = counted('consumption_seconds', 'player_full') * 1_000;
  console.log(`lab: consumption ${(consumedMs / playedMs).toFixed(4)} of what was played`);
  expect(Math.abs(consumedMs - playedMs)).toBeLessThan(0.005 * playedMs);
});

test('players that report nothing: starts exact, the rest unknown', () => {
  expect(silent.length).toBeGreaterThan(4);
  expect(counted('starts', 'external_video')).toBe(silent.length);
  expect(
    result.metrics.filter(
      ({ name, labels }) => /streams|consumption/.test(name) && labels.platform_class === 'external_video',
    ),
  ).toEqual([]);
});
