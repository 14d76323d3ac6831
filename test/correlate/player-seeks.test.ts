import { describe, expect, test } from 'vitest';
import { played, playerEvent, started, state } from './playback-log.ts';

describe('seeks', () => {
  for (const [name, events, seeks] of [
    ['seek start to first frame', [playerEvent(5_000, 'seek'), state(6_200, 'playing')], [[5_000, 6_200]]],
    [
      'the event and the state are one seek',
      [playerEvent(5_000, 'seek'), state(5_010, 'seeking'), state(6_200, 'playing')],
      [[5_000, 6_200]],
    ],
    [
      'scrubs less than 500 ms apart are one seek',
      [playerEvent(5_000, 'seek'), playerEvent(5_400, 'seek'), playerEvent(5_899, 'seek'), state(7_000, 'playing')],
      [[5_000, 7_000]],
    ],
    [
      'a frame between two scrubs makes no second seek',
      [playerEvent(5_000, 'seek'), state(5_100, 'playing'), playerEvent(5_450, 'seek'), state(6_000, 'playing')],
      [[5_000, 6_000]],
    ],
    [
      '500 ms apart are two',
      [playerEvent(5_000, 'seek'), playerEvent(5_500, 'seek'), state(7_000, 'playing')],
      [
        [5_000, 5_500],
        [5_500, 7_000],
      ],
    ],
    [
      'a seek while paused ends in the pause',
      [state(4_000, 'paused'), playerEvent(5_000, 'seek'), state(5_300, 'paused'), state(60_000, 'playing')],
      [[5_000, 5_300]],
    ],
    ['the one before the first frame is startup', [], []],
  ] as const) {
    test(name, () => {
      const { log, timeline } = played(
        [state(0, 'starting'), playerEvent(10, 'seek'), ...started.slice(1), ...events],
        90_000,
      );
      expect(log.seeks.map(({ beginMs, endMs }) => [beginMs, endMs])).toEqual(seeks);
      expect(timeline.qoe.seeks).toBe(seeks.length);
    });
  }
});
