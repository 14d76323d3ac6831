import { expect, test } from 'vitest';
import { ServerPlayback } from '../../collector/correlate/server/server-playback.ts';
import type { Stall } from '../../collector/correlate/timeline/playback-listener.ts';
import { edgeRequest, T0 } from './support.ts';

function stallsOf(
  requests: readonly { readonly at: number; readonly durationMs: number; readonly status?: number }[],
): Stall[] {
  const stalls: Stall[] = [];
  const ignore = (): void => {};
  const playback = new ServerPlayback({
    attempt: ignore,
    startup: ignore,
    stateChanged: ignore,
    stall: (stall) => stalls.push(stall),
    renditionSwitch: ignore,
    qualityCollapse: ignore,
    seek: ignore,
    pause: ignore,
    ad: ignore,
    liveLatency: ignore,
    error: ignore,
  });
  requests.forEach(({ at, durationMs, status = 200 }, index) => {
    playback.step(
      edgeRequest({ at, durationMs, status, path: `/v/seg-${index + 1}.m4s`, cmcd: { objectDurationMs: 4_000 } }),
    );
  });
  playback.finish(T0 + 600_000);
  return stalls;
}

const steady = Array.from({ length: 6 }, (_, index) => ({ at: index * 4_000, durationMs: 300 }));

test('what a player waits for after it had asked for nothing for long is its resumption, not a stall', () => {
  expect(stallsOf([...steady, { at: 80_000, durationMs: 900 }, { at: 84_000, durationMs: 300 }])).toEqual([]);
});

test('a request that takes longer than the buffer lasts is a stall', () => {
  const stalls = stallsOf([...steady, { at: 24_000, durationMs: 9_000 }, { at: 33_000, durationMs: 300 }]);
  expect(stalls).toHaveLength(1);
  expect(stalls[0]?.stalledMs).toBeGreaterThan(3_000);
});

test('a player that gave up after a failure is not stalled until it comes back', () => {
  const stalls = stallsOf([...steady, { at: 24_000, durationMs: 50, status: 404 }, { at: 120_000, durationMs: 300 }]);
  for (const { stalledMs } of stalls) expect(stalledMs).toBeLessThan(15_000);
});
