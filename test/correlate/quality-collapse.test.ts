import { describe, expect, test } from 'vitest';
import { QualityCollapse } from '../../collector/correlate/timeline/quality-collapse.ts';
import { PlaybackLog } from './playback-log.ts';
import { T0 } from './support.ts';

/** Runs of [kbit/s, seconds], one after the other. */
function collapses(
  runs: readonly (readonly [kbps: number, seconds: number])[],
  chunkMs = 1e9,
): PlaybackLog['collapses'] {
  const log = new PlaybackLog();
  const watch = new QualityCollapse(log);
  let nowMs = T0;
  for (const [kbps, seconds] of runs) {
    const untilMs = nowMs + seconds * 1000;
    while (nowMs < untilMs) {
      const nextMs = Math.min(untilMs, nowMs + chunkMs);
      watch.render(kbps, nowMs, nextMs);
      nowMs = nextMs;
    }
  }
  watch.finish();
  return log.collapses;
}

describe('a collapse', () => {
  for (const [name, runs, expected] of [
    [
      'is less than half of the minute before, for 10 s',
      [
        [3_000, 30],
        [1_400, 10],
        [3_000, 5],
      ],
      [[30_000, 40_000]],
    ],
    [
      'is not one of 9.9 s',
      [
        [3_000, 30],
        [1_400, 9.9],
        [3_000, 5],
      ],
      [],
    ],
    [
      'is not half',
      [
        [3_000, 30],
        [1_500, 30],
      ],
      [],
    ],
    [
      'needs 20 s before it',
      [
        [3_000, 19],
        [300, 30],
      ],
      [],
    ],
    [
      'may sink further on its way',
      [
        [3_000, 30],
        [1_400, 6],
        [600, 5],
        [3_000, 5],
      ],
      [[30_000, 41_000]],
    ],
    [
      'lasts to the end',
      [
        [3_000, 30],
        [300, 20],
      ],
      [[30_000, 50_000]],
    ],
    [
      'is told after a minute',
      [
        [3_000, 60],
        [300, 600],
      ],
      [[60_000, 120_000]],
    ],
    [
      'happens twice',
      [
        [3_000, 60],
        [300, 15],
        [3_000, 60],
        [300, 15],
        [3_000, 5],
      ],
      [
        [60_000, 75_000],
        [135_000, 150_000],
      ],
    ],
    [
      'is not a slow ramp to what was always low',
      [
        [300, 60],
        [250, 60],
      ],
      [],
    ],
  ] as const) {
    test(name, () => {
      expect(collapses(runs).map(({ beginMs, endMs }) => [beginMs, endMs])).toEqual(expected);
      expect(collapses(runs, 370).map(({ beginMs, endMs }) => [beginMs, endMs])).toEqual(expected);
    });
  }

  test('says how good it was and how bad it became', () => {
    expect(
      collapses([
        [3_000, 30],
        [1_400, 6],
        [600, 6],
        [3_000, 5],
      ])[0],
    ).toMatchObject({ sustainedKbps: 3_000, renderedKbps: 1_000 });
  });
});
