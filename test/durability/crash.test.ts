import { expect, test } from 'vitest';
import { runCrashes } from './crash-run.ts';

// 100 rounds: `npm run bench -- crash`.
test('a collector that is killed at random moments loses nothing it acknowledged, and tells nothing twice', async () => {
  const figures = await runCrashes({
    rounds: 4,
    seed: 3,
    sessions: 48,
    segments: 6,
    atOnce: 12,
    pauseMs: 40,
    lifeMs: [200, 900],
    hasRows: false,
    print: () => {},
  });
  expect(figures.kills).toBe(4);
  expect(figures).toMatchObject({
    linesInSpans: figures.acknowledgedLines,
    linesInCounters: figures.acknowledgedLines,
    sessions: 48,
    sessionsInSpans: 48,
    sessionsStarted: 48,
    sessionsEnded: 48,
    doubled: [],
    counterResets: [],
  });
  expect(figures.playingSeconds).toBeCloseTo(figures.playingSecondsExpected, 6);
}, 60_000);
