import { describe, expect, test } from 'vitest';
import type { LabDelivery } from '../lab/delivery.ts';
import { LabPlayer } from '../lab/lab.ts';
import type { SessionTruth } from '../lab/session-truth.ts';
import { START_MS, scenarioNamed } from './collected.ts';

const demo = scenarioNamed('demo');

/** Connection-induced stalls and failovers of sessions that are over, by the minute they began in. */
function perMinute(sessions: readonly SessionTruth[], minutes: number): readonly number[] {
  const begins = sessions.flatMap(({ stalls, failovers }) => [
    ...stalls.filter(({ kind }) => kind === 'connection').map(({ beginMs }) => beginMs),
    ...failovers.map(({ beginMs }) => beginMs),
  ]);
  return Array.from({ length: minutes }, (_, minute) => {
    return begins.filter((beginMs) => Math.floor((beginMs - START_MS) / 60_000) === minute).length;
  });
}

describe.each([1, 2, 3, 4, 5, 6])('the demo with seed %i', (seed) => {
  const sessions: SessionTruth[] = [];
  const player = new LabPlayer(demo, seed, START_MS, (truth) => sessions.push(truth));
  const early: LabDelivery[] = [...player.next(START_MS + 8000)];
  const begun = player.truth().sessionsStarted;
  for (const _ of player.next(START_MS + 6 * 60_000)) {
    // Played on for the truth alone.
  }

  test('is alive within eight seconds', () => {
    expect(begun).toBeGreaterThanOrEqual(12);
    const has = (pattern: RegExp) => early.filter(({ body }) => pattern.test(body)).length;
    expect(new Set(early.map(({ source }) => source))).toEqual(new Set(['cloudfront', 'fastly', 'origin', 'player']));
    expect(has(/sta=p|"playback_start"/)).toBeGreaterThanOrEqual(3);
    expect(has(/\tFRA\S+\t.*\t503\t/)).toBeGreaterThanOrEqual(1);
  });

  test('hurts somebody soon', () => {
    const hurt = sessions.flatMap(({ incidents }) => incidents.map(({ beginMs }) => beginMs - START_MS));
    expect(Math.min(...hurt)).toBeLessThan(15_000);
  });

  test('never goes quiet for long', () => {
    const busy = perMinute(sessions, 5);
    expect(busy[0]).toBeGreaterThanOrEqual(3);
    expect(busy.filter((count) => count === 0).length).toBeLessThanOrEqual(1);
  });
});

test('forty minutes of demo neither grow nor die out', () => {
  const player = new LabPlayer(demo, 1, START_MS);
  let count = 0;
  for (const _ of player.next(START_MS + 40 * 60_000)) count++;
  const { concurrency } = player.truth();
  const after10 = concurrency.slice(60).map(({ sessions }) => sessions);
  expect(count).toBeGreaterThan(40_000);
  expect(Math.min(...after10)).toBeGreaterThan(10);
  expect(Math.max(...after10)).toBeLessThan(200);
});
