import { expect, test } from 'vitest';
import { runCrashes } from './crash-run.ts';

// 100 rounds: `npm run bench -- crash`.
test('a collector that is killed at random moments loses nothing it acknowledged, and tells nothing twice', async () => {
  const figures = await runCrashes({
    rounds: 3,
    seed: 3,
    sessions: 200,
    segments: 6,
    atOnce: 12,
    pauseMs: 40,
    lifeMs: [200, 900],
    hasRows: false,
    print: () => {},
  });
  expect(figures.kills).toBe(3);
  expect(figures).toMatchObject({
    linesInSpans: figures.acknowledgedLines,
    linesInCounters: figures.acknowledgedLines,
    sessionsInSpans: figures.sessions,
    sessionsStarted: figures.sessions,
    sessionsEnded: figures.sessions,
    audienceStarts: figures.sessions,
    audienceDevices: 1,
    doubled: [],
    counterResets: [],
  });
  expect(figures.playingSeconds).toBeCloseTo(figures.playingSecondsExpected, 6);
}, 120_000);
