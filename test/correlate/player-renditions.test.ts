import { describe, expect, test } from 'vitest';
import { played, playerEvent, started, state } from './playback-log.ts';

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

  test('a change asked for before the first frame is a switch when the player says what comes first', () => {
    const { log, timeline } = played(
      [
        playerEvent(0, 'play_requested'),
        playerEvent(250, 'rendition', {
          phase: 'requested',
          bitrateKbps: 8_140,
          fromBitrateKbps: 310,
          bufferMs: 4_000,
        }),
        state(300, 'playing'),
        playerEvent(4_300, 'rendition', { phase: 'applied', bitrateKbps: 8_140, fromBitrateKbps: 310 }),
      ],
      8_300,
    );
    expect(log.switches).toMatchObject([{ fromKbps: 310, toKbps: 8_140, requestedMs: 250, appliedMs: 4_300 }]);
    expect(timeline.qoe.renderedKbit).toBeCloseTo(4 * 310 + 4 * 8_140);
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

  test('latency is heard while playing, and told as it is: who counts it knows what only a wrong clock says', () => {
    const at = (atMs: number, liveLatencyMs: number) => playerEvent(atMs, 'heartbeat', { liveLatencyMs });
    const { log } = played([
      at(0, 900),
      ...started,
      at(2_000, 4_000),
      at(3_000, -5),
      at(4_000, 600_001),
      state(5_000, 'paused'),
      at(6_000, 8_000),
    ]);
    expect(log.latencies).toEqual([4_000, -5, 600_001]);
  });
});
