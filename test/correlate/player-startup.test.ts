import { describe, expect, test } from 'vitest';
import { played, playerEvent, state } from './playback-log.ts';

describe('startup', () => {
  for (const [name, events, startupMs] of [
    ['runs from the play request to the first frame', [playerEvent(0, 'play_requested'), state(700, 'playing')], 700],
    [
      'runs from the starting state when nobody reports the request',
      [state(0, 'preloading'), state(40, 'starting'), state(600, 'playing')],
      560,
    ],
    [
      'leaves out a pre-roll ad, whose frames are no content',
      [
        playerEvent(0, 'play_requested'),
        playerEvent(500, 'ad_start'),
        state(600, 'playing'),
        playerEvent(15_500, 'ad_end'),
        state(16_000, 'playing'),
      ],
      500,
    ],
    [
      'leaves out a pre-roll that goes over into content without a word',
      [
        playerEvent(0, 'play_requested'),
        playerEvent(300, 'ad_start'),
        state(300, 'playing'),
        playerEvent(30_300, 'ad_end'),
      ],
      300,
    ],
    [
      'leaves out time paused',
      [
        playerEvent(0, 'play_requested'),
        state(100, 'starting'),
        state(500, 'paused'),
        state(9_500, 'starting'),
        state(10_000, 'playing'),
      ],
      1_000,
    ],
    [
      'leaves out time hidden',
      [
        playerEvent(0, 'play_requested'),
        playerEvent(200, 'visibility', { isBackground: true }),
        playerEvent(5_200, 'visibility', { isBackground: false }),
        state(5_500, 'playing'),
      ],
      500,
    ],
    [
      'starts again at the gesture when autoplay was blocked',
      [
        playerEvent(0, 'play_requested', { reason: 'autoplay' }),
        playerEvent(5_000, 'play_requested', { reason: 'click' }),
        state(6_000, 'playing'),
      ],
      1_000,
    ],
    [
      'does not start again at a second click while it is loading',
      [
        playerEvent(0, 'play_requested'),
        state(50, 'starting'),
        playerEvent(900, 'play_requested'),
        state(2_000, 'playing'),
      ],
      2_000,
    ],
    [
      'counts buffering before the first frame as startup (dash.js)',
      [state(0, 'starting'), state(190, 'rebuffering'), state(353, 'playing')],
      353,
    ],
    [
      'counts seeking to the start position as startup',
      [state(0, 'starting'), state(100, 'seeking'), state(800, 'playing')],
      800,
    ],
    ['keeps a start of over a minute', [state(0, 'starting'), state(75_000, 'playing')], 75_000],
    [
      "takes the player's own measure when the request was not seen",
      [state(0, 'playing'), playerEvent(10, 'startup', { startupMs: 840 })],
      840,
    ],
    [
      "takes the player's own measure when it says no states (Shaka)",
      [playerEvent(0, 'heartbeat'), playerEvent(2_000, 'startup', { startupMs: 640 })],
      640,
    ],
    [
      'ignores the measure dash.js makes before it plays',
      [state(0, 'starting'), playerEvent(1, 'startup', { startupMs: 2 }), state(400, 'playing')],
      400,
    ],
    [
      'ignores the measure when the events show both ends',
      [playerEvent(0, 'play_requested'), playerEvent(0, 'startup', { startupMs: 5_000 }), state(300, 'playing')],
      300,
    ],
  ] as const) {
    test(name, () => {
      const { log, timeline } = played(events, 100_000);
      expect(log.startups.map((startup) => startup.startupMs)).toEqual([startupMs]);
      expect(timeline.qoe.startupMs).toBe(startupMs);
      expect(timeline.hasStarted).toBe(true);
      expect(timeline.qoe.stalls + timeline.qoe.seeks).toBe(0);
    });
  }

  test('preloading is not an attempt', () => {
    const { log, timeline } = played([state(0, 'preloading'), playerEvent(5_000, 'heartbeat')], 10_000);
    expect(log.attempts).toEqual([]);
    expect(timeline.isAttempt).toBe(false);
    expect(timeline.times.preloading).toBe(10_000);
  });

  test('dash.js saying msd=1 and nothing else has not started', () => {
    const { timeline } = played([playerEvent(0, 'startup', { startupMs: 1 }), playerEvent(10, 'heartbeat')], 20);
    expect(timeline.hasStarted).toBe(false);
    expect(timeline.qoe.startupMs).toBeNaN();
  });
});
