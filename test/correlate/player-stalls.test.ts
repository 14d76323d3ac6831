import { describe, expect, test } from 'vitest';
import { played, playerEvent, started, state } from './playback-log.ts';
import { T0 } from './support.ts';

describe('stalls', () => {
  for (const [name, events, expected] of [
    ['one of 250 ms counts', [state(2_000, 'rebuffering'), state(2_250, 'playing')], { stalls: 1, stalledMs: 250 }],
    [
      'one of 249 ms does not, but its time does',
      [state(2_000, 'rebuffering'), state(2_249, 'playing')],
      { stalls: 0, stalledMs: 249 },
    ],
    [
      'a pause stops the clock and makes no second stall',
      [state(2_000, 'rebuffering'), state(2_200, 'paused'), state(60_000, 'rebuffering'), state(60_100, 'playing')],
      { stalls: 1, stalledMs: 300, pausedMs: 57_800 },
    ],
    [
      'the background stops the clock',
      [
        state(2_000, 'rebuffering'),
        playerEvent(2_400, 'visibility', { isBackground: true }),
        playerEvent(9_000, 'visibility', { isBackground: false }),
        state(9_200, 'playing'),
      ],
      { stalls: 1, stalledMs: 600 },
    ],
    [
      'one nobody saw is none',
      [playerEvent(1_500, 'visibility', { isBackground: true }), state(2_000, 'rebuffering'), state(9_000, 'playing')],
      { stalls: 0, stalledMs: 0 },
    ],
    [
      'it ends when the player gives up',
      [state(2_000, 'rebuffering'), playerEvent(5_000, 'error', { isFatal: true }), playerEvent(90_000, 'heartbeat')],
      { stalls: 1, stalledMs: 3_000 },
    ],
    [
      'it ends when the content does',
      [state(2_000, 'rebuffering'), state(2_600, 'ended'), playerEvent(90_000, 'heartbeat')],
      { stalls: 1, stalledMs: 600 },
    ],
    [
      'buffering in a seek is seek-induced',
      [state(2_000, 'seeking'), state(2_300, 'rebuffering'), state(3_300, 'playing')],
      { stalls: 0, seekStalls: 1, stalledMs: 0, seekStalledMs: 1_000, seekingMs: 300, seeks: 1 },
    ],
    [
      'buffering within 5 s of a seek and before a frame is too',
      [playerEvent(2_000, 'seek'), state(2_100, 'paused'), state(6_900, 'rebuffering'), state(8_000, 'playing')],
      { seekStalls: 1, seekStalledMs: 1_100 },
    ],
    [
      'later than that it is the connection',
      [playerEvent(2_000, 'seek'), state(2_100, 'paused'), state(7_001, 'rebuffering'), state(8_001, 'playing')],
      { stalls: 1, stalledMs: 1_000, seekStalls: 0 },
    ],
    [
      'after a frame at the target it is the connection',
      [playerEvent(2_000, 'seek'), state(2_100, 'playing'), state(2_200, 'rebuffering'), state(3_200, 'playing')],
      { stalls: 1, stalledMs: 1_000, seekStalls: 0 },
    ],
    [
      'a long seek is not buffering',
      [state(2_000, 'seeking'), state(9_000, 'playing')],
      { seekingMs: 7_000, seekStalls: 0, stalls: 0 },
    ],
  ] as const) {
    test(name, () => {
      const { log, timeline } = played([...started, ...events], 100_000);
      expect(timeline.qoe).toMatchObject(expected);
      expect(log.stalls).toHaveLength(timeline.qoe.stalls + timeline.qoe.seekStalls);
    });
  }

  test('tells begin, end and the time the clock ran', () => {
    const { log } = played([...started, state(5_000, 'rebuffering'), state(5_400, 'paused'), state(7_000, 'playing')]);
    expect(log.stalls).toEqual([
      { beginMs: 5_000, endMs: 5_400, stalledMs: 400, kind: 'connection', precision: 'exact', isInAd: false },
    ]);
  });

  test('knows that it began in an ad', () => {
    const { log } = played([
      ...started,
      playerEvent(4_000, 'ad_start'),
      state(5_000, 'rebuffering'),
      state(6_000, 'playing'),
    ]);
    expect(log.stalls[0]?.isInAd).toBe(true);
    expect(log.ads).toEqual([]);
  });

  test('is counted as soon as it is long enough', () => {
    const { timeline } = played([...started, state(5_000, 'rebuffering')]);
    timeline.advance(T0 + 5_249);
    expect(timeline.qoe.stalls).toBe(0);
    timeline.advance(T0 + 5_250);
    expect(timeline.qoe.stalls).toBe(1);
  });
});
