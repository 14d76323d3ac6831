import { describe, expect, test } from 'vitest';
import { recordedRun } from './recorded-run.ts';
import { watched } from './server-lines.ts';

describe('recorded runs, logs only', () => {
  for (const [run, playingMs, stalls, switches] of [
    ['hls-baseline', 38_000, 0, [0, 0]],
    // The page saw stalls of 1.17, 3.03, 3.01 and 3.06 s.
    ['hls-rebuffer', 60_000, 4, [1, 1]],
    ['hls-failover2', 60_000, 0, [1, 2]],
    ['hls-v1-redundant', 22_000, 0, [1, 1]],
    ['rid-dash', 24_000, 0, [1, 0]],
  ] as const) {
    test(run, () => {
      const { qoe } = watched(recordedRun(run).requests).server;
      expect(qoe).toMatchObject({ playingMs, stalls, flaggedStalls: 0 });
      expect([qoe.switchesUp, qoe.switchesDown]).toEqual(switches);
      expect(qoe.seeks).toBe(0);
    });
  }

  test('hls-rebuffer: stalled time within 2 % of what the page saw', () => {
    const { qoe } = watched(recordedRun('hls-rebuffer').requests).server;
    expect(Math.abs(qoe.stalledMs - 10_271) / 10_271).toBeLessThan(0.02);
  });
});

test('requests reported out of order of arrival, twice or with broken times do no harm', () => {
  const requests = recordedRun('hls-rebuffer').requests;
  const broken = requests.flatMap((request, i) => [
    request,
    ...(i % 3 === 0
      ? [
          { ...request, startMs: Number.NaN },
          { ...request, endMs: request.startMs - 5_000 },
        ]
      : []),
  ]);
  const { qoe } = watched(broken).server;
  const { startupMs, ...numbers } = qoe;
  expect(startupMs).toBeGreaterThan(0);
  expect(Object.values(numbers).filter((value) => !(value >= 0 && Number.isFinite(value)))).toEqual([]);
});
