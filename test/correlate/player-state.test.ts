import { describe, expect, test } from 'vitest';
import { PlayerTimeline } from '../../collector/correlate/player-state.ts';
import type { PlayerEvent } from '../../collector/model/player-event.ts';
import { PlaybackLog, playerEvent, state } from './playback-log.ts';
import { recordedRun } from './recorded-run.ts';
import { T0 } from './support.ts';

function played(events: readonly PlayerEvent[], endMs?: number): { log: PlaybackLog; timeline: PlayerTimeline } {
  const log = new PlaybackLog();
  const timeline = new PlayerTimeline(log);
  for (const event of events) timeline.step(event);
  if (endMs !== undefined) timeline.finish(T0 + endMs);
  return { log, timeline };
}

const started = [playerEvent(0, 'play_requested'), state(1_000, 'playing')];

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
      'each stall covers one flag',
      [
        ...started,
        state(5_000, 'rebuffering'),
        state(8_000, 'playing'),
        playerEvent(9_000, 'starved'),
        playerEvent(20_000, 'starved'),
      ],
      { flaggedStalls: 1, stalls: 1 },
    ],
    [
      'a stall long ago covers nothing',
      [...started, state(5_000, 'rebuffering'), state(8_000, 'playing'), playerEvent(39_000, 'starved')],
      { flaggedStalls: 1, stalls: 1 },
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

describe('renditions', () => {
  const applied = (at: number, bitrateKbps: number) => playerEvent(at, 'rendition', { phase: 'applied', bitrateKbps });
  const requested = (at: number, bitrateKbps: number, bufferMs?: number) =>
    playerEvent(at, 'rendition', {
      phase: 'requested',
      bitrateKbps,
      reason: 'bandwidth',
      ...(bufferMs === undefined ? {} : { bufferMs }),
    });

  test('the average is weighted by time on screen, pauses and stalls left out', () => {
    const { timeline } = played(
      [
        ...started,
        applied(1_000, 1_000),
        applied(11_000, 3_000),
        state(21_000, 'rebuffering'),
        state(31_000, 'paused'),
        state(41_000, 'playing'),
      ],
      51_000,
    );
    const { renderedKbit, renderedMediaSeconds } = timeline.qoe;
    expect(renderedMediaSeconds).toBe(30);
    expect(renderedKbit / renderedMediaSeconds).toBeCloseTo((1_000 * 10 + 3_000 * 20) / 30);
  });

  test('choices before the first frame are the first rendition, not switches (hls.js)', () => {
    const { log, timeline } = played(
      [
        playerEvent(0, 'play_requested'),
        requested(10, 290),
        requested(300, 2_820),
        state(700, 'playing'),
        applied(701, 2_820),
      ],
      5_000,
    );
    expect(log.switches).toEqual([]);
    expect(timeline.renderedKbps).toBe(2_820);
  });

  test('a switch knows when it was asked for', () => {
    const { log } = played(
      [...started, applied(1_000, 2_820), requested(10_000, 290, 9_000), applied(17_000, 290)],
      20_000,
    );
    expect(log.switches).toEqual([
      {
        atMs: 17_000,
        fromKbps: 2_820,
        toKbps: 290,
        direction: 'down',
        reason: 'bandwidth',
        requestedMs: 10_000,
        appliedMs: 17_000,
      },
    ]);
  });

  test('a player that only says what it asks for shows it when the buffer is played', () => {
    const { log, timeline } = played(
      [
        requested(0, 2_820),
        ...started,
        requested(10_000, 290, 6_000),
        state(12_000, 'rebuffering'),
        state(13_000, 'playing'),
      ],
      27_000,
    );
    expect(log.switches.map(({ appliedMs, requestedMs }) => [requestedMs, appliedMs])).toEqual([[10_000, 17_000]]);
    expect(timeline.qoe.renderedKbit).toBeCloseTo(2_820 * 15 + 290 * 10);
  });

  test('what is asked for and dropped at once is never shown (hls.js looking for a level that answers)', () => {
    const { log, timeline } = played(
      [
        requested(0, 2_820),
        ...started,
        requested(9_422, 1_390, 9_900),
        requested(9_442, 620, 9_900),
        requested(9_479, 290, 9_900),
        requested(9_630, 2_820, 9_100),
      ],
      40_000,
    );
    expect(log.switches).toEqual([]);
    expect(timeline.renderedKbps).toBe(2_820);
  });

  for (const [name, events] of [
    ['after a seek', [playerEvent(20_000, 'seek'), state(20_500, 'playing'), applied(21_000, 600)]],
    [
      'in an ad',
      [playerEvent(20_000, 'ad_start'), applied(21_000, 600), applied(40_000, 2_820), playerEvent(50_000, 'ad_end')],
    ],
  ] as const) {
    test(`reselection ${name} is no switch`, () => {
      const { timeline } = played([...started, applied(1_000, 2_820), ...events], 60_000);
      expect([timeline.qoe.switchesUp, timeline.qoe.switchesDown]).toEqual([0, 0]);
    });
  }

  test('a bitrate on a heartbeat reveals a switch nobody announced', () => {
    const { timeline } = played(
      [...started, applied(1_000, 2_820), playerEvent(20_000, 'heartbeat', { bitrateKbps: 290 })],
      30_000,
    );
    expect(timeline.qoe.switchesDown).toBe(1);
  });
});

describe('frames and latency', () => {
  test('dropped frames count while playing and visible, and begin again with a new element', () => {
    const at = (atMs: number, droppedFrames: number, decodedFrames: number) =>
      playerEvent(atMs, 'heartbeat', { droppedFrames, decodedFrames });
    const { timeline } = played([
      ...started,
      at(11_000, 10, 300),
      state(12_000, 'paused'),
      at(13_000, 14, 330),
      state(14_000, 'playing'),
      at(21_000, 15, 500),
      // A new element: dropped may look higher than before, decoded tells.
      at(31_000, 20, 100),
      playerEvent(32_000, 'visibility', { isBackground: true }),
      at(41_000, 90, 200),
    ]);
    expect(timeline.qoe).toMatchObject({ droppedFrames: 10 + 1 + 20, decodedFrames: 300 + 170 + 100 });
  });

  test('latency is heard while playing; beyond ten minutes or below zero it is the clock', () => {
    const at = (atMs: number, liveLatencyMs: number) => playerEvent(atMs, 'heartbeat', { liveLatencyMs });
    const { log, timeline } = played([
      at(0, 900),
      ...started,
      at(2_000, 4_000),
      at(3_000, -5),
      at(4_000, 600_001),
      state(5_000, 'paused'),
      at(6_000, 8_000),
    ]);
    expect(log.latencies).toEqual([4_000]);
    expect(timeline.clockErrors).toBe(2);
  });
});

describe('errors', () => {
  const fatal = (at: number) => playerEvent(at, 'error', { isFatal: true, errorCode: 'fragLoadError' });
  for (const [name, events, expected, isFailed] of [
    ['a fatal one fails the session', [fatal(5_000)], { fatalErrors: 1, warnings: 0 }, true],
    [
      'the failed state with it is the same failure',
      [fatal(5_000), state(5_001, 'failed')],
      { fatalErrors: 1, warnings: 0 },
      true,
    ],
    ['the failed state alone is a failure', [state(5_001, 'failed')], { fatalErrors: 1, warnings: 0 }, true],
    [
      'one a frame follows was a warning',
      [fatal(5_000), state(6_000, 'playing')],
      { fatalErrors: 0, warnings: 1 },
      false,
    ],
    ['others are warnings', [playerEvent(5_000, 'error', { isFatal: false })], { fatalErrors: 0, warnings: 1 }, false],
  ] as const) {
    test(name, () => {
      const { timeline } = played([...started, ...events]);
      expect(timeline.qoe).toMatchObject(expected);
      expect(timeline.isFailed).toBe(isFailed);
      timeline.finish(T0 + 20_000);
      expect(timeline.qoe).toMatchObject(expected);
    });
  }
});

describe('a player that never says its state', () => {
  test('plays once its buffer is used up between two heartbeats', () => {
    const { timeline } = played(
      [
        playerEvent(0, 'heartbeat', { bufferMs: 0 }),
        playerEvent(10_000, 'heartbeat', { bufferMs: 9_000 }),
        playerEvent(20_000, 'heartbeat', { bufferMs: 8_200 }),
      ],
      30_000,
    );
    expect(timeline.precision).toBe('inferred');
    expect(timeline.qoe.playingMs).toBe(10_000);
  });

  test('is not playing while its buffer only fills', () => {
    const { timeline } = played(
      [
        playerEvent(0, 'heartbeat', { bufferMs: 0 }),
        playerEvent(10_000, 'heartbeat', { bufferMs: 9_000 }),
        playerEvent(20_000, 'heartbeat', { bufferMs: 9_000 }),
      ],
      30_000,
    );
    expect(timeline.precision).toBe('unknown');
    expect(timeline.times.unknown).toBe(30_000);
  });
});

describe('delivery of events', () => {
  const history = [
    playerEvent(0, 'play_requested', { seq: 0 }),
    state(1_000, 'playing', { seq: 1 }),
    state(5_000, 'rebuffering', { seq: 2 }),
    state(7_000, 'playing', { seq: 3 }),
    playerEvent(8_000, 'error', { seq: 4, isFatal: false }),
    playerEvent(9_000, 'seek', { seq: 5 }),
    state(9_500, 'playing', { seq: 6 }),
    state(20_000, 'ended', { seq: 7 }),
  ];

  test('twice is once', () => {
    const once = played(history, 30_000).timeline.qoe;
    expect(
      played(
        history.flatMap((event) => [event, { ...event, tsMs: event.tsMs + 3 }]),
        30_000,
      ).timeline.qoe,
    ).toEqual(once);
  });

  test('a late event cannot undo a newer one', () => {
    const { timeline } = played([...history, state(3_000, 'paused', { seq: 9 })]);
    expect(timeline.state).toBe('ended');
  });

  test('a late event about the present is believed', () => {
    const { timeline } = played(started);
    timeline.advance(T0 + 10_000);
    timeline.step(state(8_000, 'paused'));
    timeline.advance(T0 + 15_000);
    expect(timeline.qoe).toMatchObject({ playingMs: 9_000, pausedMs: 5_000 });
  });

  test('nothing changes after the end', () => {
    const { log, timeline } = played(history, 30_000);
    const before = { ...timeline.qoe };
    timeline.step(state(40_000, 'playing'));
    timeline.finish(T0 + 50_000);
    expect(timeline.qoe).toEqual(before);
    expect(log.seeks).toHaveLength(1);
  });
});

describe('windows', () => {
  test('add up to the whole, and startup is in one of them', () => {
    const { timeline } = played([]);
    const windows = [];
    for (const event of [...started, state(5_000, 'rebuffering'), state(7_000, 'playing'), state(9_000, 'ended')]) {
      timeline.step(event);
      windows.push(timeline.takeQoe());
    }
    const sum = (key: 'playingMs' | 'stalledMs' | 'stalls') =>
      windows.reduce((total, window) => total + window[key], 0);
    expect([sum('playingMs'), sum('stalledMs'), sum('stalls')]).toEqual([6_000, 2_000, 1]);
    expect(windows.map((window) => window.startupMs).filter((ms) => !Number.isNaN(ms))).toEqual([1_000]);
  });

  test('never fall below zero when a stall is learnt after it was counted as playing', () => {
    const { timeline } = played([playerEvent(0, 'startup', { startupMs: 500 })]);
    timeline.advance(T0 + 20_000);
    expect(timeline.takeDelta().playingMs).toBe(20_000);
    timeline.step(playerEvent(21_000, 'starved', { starvedMs: 5_000 }));
    expect(timeline.takeDelta().playingMs).toBe(0);
    timeline.advance(T0 + 30_000);
    expect(timeline.takeDelta().playingMs).toBe(5_000);
    expect(timeline.qoe).toMatchObject({ playingMs: 25_000, stalledMs: 5_000 });
  });
});

describe('recorded runs', () => {
  test('hls-rebuffer: four stalls, as the page saw them', () => {
    const { events } = recordedRun('hls-rebuffer');
    const begin = events[0]?.tsMs ?? 0;
    const log = new PlaybackLog();
    const timeline = new PlayerTimeline(log);
    for (const event of events) timeline.step(event);
    timeline.finish(events.at(-1)?.tsMs ?? 0);
    expect(log.stalls.map((stall) => [stall.beginMs + T0 - begin, stall.stalledMs])).toEqual([
      [18_893, 1_173],
      [22_065, 3_031],
      [27_115, 3_008],
      [32_100, 3_059],
    ]);
    expect(timeline.qoe).toMatchObject({ startupMs: 529, stalls: 4, stalledMs: 10_271, flaggedStalls: 0, seeks: 0 });
  });

  test('hls-failover2: no stall; the quality collapses behind the throttled edge', () => {
    const { events } = recordedRun('hls-failover2');
    const log = new PlaybackLog();
    const timeline = new PlayerTimeline(log);
    for (const event of events) timeline.step(event);
    timeline.finish(events.at(-1)?.tsMs ?? 0);
    expect(timeline.qoe).toMatchObject({ startupMs: 507, stalls: 0, switchesDown: 1 });
    expect(log.collapses).toHaveLength(1);
    expect(timeline.state).toBe('ended');
  });
});
