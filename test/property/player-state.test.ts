import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlayerTimeline } from '../../collector/correlate/player/player-state.ts';
import { PLAYER_STATES } from '../../collector/model/media.ts';
import { PLAYER_EVENT_NAMES, type PlayerEvent } from '../../collector/model/player-event.ts';
import type { QoeNumbers } from '../../collector/model/session.ts';
import { PlaybackLog, played, playerEvent } from '../correlate/playback-log.ts';
import { T0 } from '../correlate/support.ts';
import { asBeacons, asCmcd, asSpans, type History, histories } from './playback-histories.ts';

const RUNS = { numRuns: 600, seed: 20261121 };

function numbersOf(events: readonly PlayerEvent[], history: History): QoeNumbers {
  return played(events, (history.at(-1)?.atMs ?? 0) + 5_000).timeline.qoe;
}

/** Sums of the same milliseconds in another order differ in the last bits. */
function rounded(numbers: QoeNumbers): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, Math.round(value * 1e6) / 1e6]));
}

const numbers = fc.oneof(fc.double(), fc.integer({ min: -1e5, max: 1e5 }), fc.constantFrom(Number.NaN, Infinity, -0));
/** Anything a broken or hostile player may say, in any order. */
const garbage: fc.Arbitrary<PlayerEvent> = fc
  .record(
    {
      at: fc.oneof(fc.integer({ min: -60_000, max: 600_000 }), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
      name: fc.constantFrom(...PLAYER_EVENT_NAMES),
      seq: fc.oneof(fc.nat(20), fc.constant(Number.NaN)),
      state: fc.constantFrom(...PLAYER_STATES),
      bitrateKbps: numbers,
      fromBitrateKbps: numbers,
      phase: fc.constantFrom('requested' as const, 'applied' as const),
      bufferMs: numbers,
      playheadMs: numbers,
      starvedMs: numbers,
      startupMs: numbers,
      droppedFrames: numbers,
      decodedFrames: numbers,
      liveLatencyMs: numbers,
      isBackground: fc.boolean(),
      isFatal: fc.boolean(),
    },
    { requiredKeys: ['at', 'name'] },
  )
  .map(({ at, name, ...more }) => playerEvent(at, name, more));

test('the same history gives the same numbers from beacons, CMCD events and spans', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const beacons = rounded(numbersOf(asBeacons(history), history));
      expect(rounded(numbersOf(asCmcd(history), history))).toEqual(beacons);
      expect(rounded(numbersOf(asSpans(history), history))).toEqual(beacons);
    }),
    RUNS,
  );
});

test('the numbers of a history are its integrals', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const endMs = (history.at(-1)?.atMs ?? 0) + 5_000;
      const { log, timeline } = played(asCmcd(history), endMs);
      const { qoe, times } = timeline;
      const sum = Object.values(times).reduce((total, ms) => total + ms, 0);
      expect(sum).toBeCloseTo(T0 + endMs - timeline.beginMs, 6);
      expect([times.playing, times.stalled, times.seekStalled, times.seeking, times.paused]).toEqual([
        qoe.playingMs,
        qoe.stalledMs,
        qoe.seekStalledMs,
        qoe.seekingMs,
        qoe.pausedMs,
      ]);
      expect(log.stalls).toHaveLength(qoe.stalls + qoe.seekStalls);
      expect(log.seeks).toHaveLength(qoe.seeks);
      expect(log.switches).toHaveLength(qoe.switchesUp + qoe.switchesDown);
      expect(qoe.renderedMediaSeconds * 1000).toBeLessThanOrEqual(qoe.playingMs + 1e-6);
    }),
    RUNS,
  );
});

test('how often the clock is advanced and windows are read changes nothing', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 50, max: 7_000 }), (history, stepMs) => {
      const events = asBeacons(history);
      const endMs = (history.at(-1)?.atMs ?? 0) + 5_000;
      const whole = played(events, endMs);
      const log = new PlaybackLog();
      const timeline = new PlayerTimeline(log);
      const windows = { playingMs: 0, renderedKbit: 0 };
      const read = (): void => {
        const window = timeline.takeDelta();
        windows.playingMs += window?.playingMs ?? 0;
        windows.renderedKbit += window?.renderedKbit ?? 0;
      };
      for (const event of events) {
        for (let nowMs = timeline.lastEventMs; nowMs < event.tsMs; nowMs += stepMs) timeline.advance(nowMs);
        timeline.step(event);
        read();
      }
      timeline.finish(T0 + endMs);
      read();
      expect(rounded(timeline.qoe)).toEqual(rounded(whole.timeline.qoe));
      expect(log.stalls).toEqual(whole.log.stalls);
      expect(log.switches).toEqual(whole.log.switches);
      expect(log.collapses.map(({ beginMs }) => beginMs)).toEqual(whole.log.collapses.map(({ beginMs }) => beginMs));
      const { playingMs, renderedKbit } = whole.timeline.qoe;
      expect(windows.playingMs).toBeCloseTo(playingMs, 5);
      expect(windows.renderedKbit).toBeCloseTo(renderedKbit, 3);
    }),
    RUNS,
  );
});

test('an event delivered twice, at once or up to twenty events later, counts once', () => {
  fc.assert(
    fc.property(histories, fc.array(fc.nat(20), { minLength: 1, maxLength: 10 }), (history, delays) => {
      const events = asBeacons(history);
      const again = events.flatMap((event, index) => {
        const late = events[index - (delays[index % delays.length] as number)];
        return late ? [event, late] : [event];
      });
      expect(rounded(numbersOf(again, history))).toEqual(rounded(numbersOf(events, history)));
    }),
    RUNS,
  );
});

test('no events make time negative, create or lose any, or leak a NaN', () => {
  fc.assert(
    fc.property(fc.array(garbage, { maxLength: 60 }), (events) => {
      const log = new PlaybackLog();
      const timeline = new PlayerTimeline(log);
      for (const event of events) timeline.step(event);
      timeline.finish(T0 + 700_000);
      const { startupMs, ...qoe } = timeline.qoe;
      const parts = [...Object.values(qoe), ...Object.values(timeline.times)];
      expect(parts.filter((value) => !(value >= 0 && Number.isFinite(value)))).toEqual([]);
      expect(Number.isNaN(startupMs) || startupMs >= 0).toBe(true);
      const sum = Object.values(timeline.times).reduce((total, ms) => total + ms, 0);
      if (!Number.isNaN(timeline.beginMs)) expect(sum).toBeCloseTo(T0 + 700_000 - timeline.beginMs, 3);
      for (const { beginMs, endMs } of [...log.stalls, ...log.seeks, ...log.pauses, ...log.ads, ...log.collapses]) {
        expect(endMs).toBeGreaterThanOrEqual(beginMs);
      }
      for (const startup of log.startups) expect(startup.startupMs).toBeGreaterThanOrEqual(0);
    }),
    { ...RUNS, numRuns: 2_000 },
  );
});
