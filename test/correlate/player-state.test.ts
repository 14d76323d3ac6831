import { describe, expect, test } from 'vitest';
import { PlayerTimeline } from '../../collector/correlate/player/player-state.ts';
import { PlaybackLog, played, playerEvent, started, state } from './playback-log.ts';
import { recordedRun } from './recorded-run.ts';
import { T0 } from './support.ts';

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
      expect(timeline.isFailed).toBe(isFailed);
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
  test('add up to the whole', () => {
    const { timeline } = played([]);
    let playingMs = 0;
    for (const event of [...started, state(5_000, 'rebuffering'), state(7_000, 'playing'), state(9_000, 'ended')]) {
      timeline.step(event);
      playingMs += timeline.takeDelta()?.playingMs ?? 0;
    }
    expect(playingMs).toBe(6_000);
    expect(timeline.takeDelta()).toBeNull();
  });

  test('never fall below zero when a stall is learnt after it was counted as playing', () => {
    const { timeline } = played([playerEvent(0, 'startup', { startupMs: 500 })]);
    timeline.advance(T0 + 20_000);
    expect(timeline.takeDelta()?.playingMs).toBe(20_000);
    timeline.step(playerEvent(21_000, 'starved', { starvedMs: 5_000 }));
    expect(timeline.takeDelta()).toBeNull();
    timeline.advance(T0 + 30_000);
    expect(timeline.takeDelta()?.playingMs).toBe(5_000);
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
