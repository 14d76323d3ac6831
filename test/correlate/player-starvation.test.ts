import { describe, expect, test } from 'vitest';
import { played, playerEvent, started, state } from './playback-log.ts';
import { T0 } from './support.ts';

describe('starvation flags', () => {
  const silent = [playerEvent(0, 'startup', { startupMs: 500 })];
  for (const [name, events, expected] of [
    [
      'a flag alone is a stall of unknown length',
      [...silent, playerEvent(20_000, 'starved')],
      { flaggedStalls: 1, stalls: 0, stalledMs: 0 },
    ],
    [
      'a flag with a length is a stall of that length',
      [...silent, playerEvent(20_000, 'starved', { starvedMs: 3_000 })],
      { flaggedStalls: 0, stalls: 1, stalledMs: 3_000, playingMs: 27_000 },
    ],
    [
      'a short one is none',
      [...silent, playerEvent(20_000, 'starved', { starvedMs: 240 })],
      { flaggedStalls: 0, stalls: 0, stalledMs: 0, playingMs: 30_000 },
    ],
    [
      'a flag for a stall the states showed adds nothing (hls.js)',
      [...started, state(5_000, 'rebuffering'), state(8_000, 'playing'), playerEvent(9_000, 'starved')],
      { flaggedStalls: 0, stalls: 1, stalledMs: 3_000 },
    ],
    [
      'a length for a stall the states showed adds nothing (dash.js)',
      [
        ...started,
        state(5_000, 'rebuffering'),
        state(8_000, 'playing'),
        playerEvent(9_000, 'starved', { starvedMs: 2_980 }),
      ],
      { flaggedStalls: 0, stalls: 1, stalledMs: 3_000 },
    ],
    [
      'a flag during a stall adds nothing',
      [...started, state(5_000, 'rebuffering'), playerEvent(6_000, 'starved'), state(8_000, 'playing')],
      { flaggedStalls: 0, stalls: 1 },
    ],
    [
      'a player that tells its states needs no flags',
      [
        ...started,
        state(5_000, 'rebuffering'),
        state(8_000, 'playing'),
        playerEvent(9_000, 'starved'),
        playerEvent(20_000, 'starved'),
      ],
      { flaggedStalls: 0, stalls: 1 },
    ],
    [
      'however long after a stall they come',
      [...started, state(5_000, 'rebuffering'), state(8_000, 'playing'), playerEvent(39_000, 'starved')],
      { flaggedStalls: 0, stalls: 1 },
    ],
    [
      'the length of the initial buffering is startup (dash.js)',
      [state(0, 'starting'), state(353, 'playing'), playerEvent(420, 'starved', { starvedMs: 171 })],
      { flaggedStalls: 0, stalls: 0, stalledMs: 0 },
    ],
    [
      'a flag right after the first frame is startup',
      [...started, playerEvent(1_400, 'starved')],
      { flaggedStalls: 0 },
    ],
    [
      'a flag before the first frame is startup',
      [playerEvent(0, 'play_requested'), playerEvent(400, 'starved', { starvedMs: 300 }), state(1_000, 'playing')],
      { flaggedStalls: 0, stalls: 0 },
    ],
  ] as const) {
    test(name, () => {
      const { timeline } = played(events, 30_000);
      expect(timeline.qoe).toMatchObject(expected);
    });
  }
});

describe('stalls that only the requests showed', () => {
  const silent = [playerEvent(0, 'heartbeat', { bufferMs: 5_000 }), playerEvent(1_000, 'startup', { startupMs: 500 })];
  const stall = { kind: 'connection', stalledMs: 8_000, precision: 'inferred', isInAd: false } as const;

  test('are taken from the playing time', () => {
    const { timeline } = played([...silent, playerEvent(20_000, 'heartbeat')]);
    timeline.infer({ ...stall, beginMs: T0 + 5_000, endMs: T0 + 13_000 }, 0);
    timeline.finish(T0 + 20_000);
    expect(timeline.qoe).toMatchObject({ playingMs: 11_000, stalledMs: 8_000, stalls: 1 });
  });

  test('also from the playing time that the player has not told of yet', () => {
    const { timeline } = played([...silent, playerEvent(3_000, 'heartbeat')]);
    timeline.infer({ ...stall, beginMs: T0 + 5_000, endMs: T0 + 13_000 }, 0);
    timeline.finish(T0 + 20_000);
    expect(timeline.qoe).toMatchObject({ playingMs: 11_000, stalledMs: 8_000, stalls: 1 });
  });
});
