import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClockOffset } from '../../collector/correlate/join/clock-offset.ts';

test('presumes clocks right while nothing proves them wrong', () => {
  const clock = new ClockOffset();
  expect(clock.offsetMs).toBe(0);
  clock.addPair(1000, 1060, 1010, 1050, 1);
  expect(clock.offsetMs).toBe(0);
  expect(clock.isBounded).toBe(true);
});

test('a message from the future proves a player ahead', () => {
  const clock = new ClockOffset();
  clock.addMessage(60_000, 10_000);
  expect(clock.offsetMs).toBe(50_000);
  expect(clock.isBounded).toBe(false);
});

test('a player whose every message comes from long ago is behind, until a pair says otherwise', () => {
  const clock = new ClockOffset();
  clock.addMessage(10_000, 3_610_400);
  clock.addMessage(20_000, 3_620_050);
  expect(clock.offsetMs).toBe(-3_600_050);
  clock.addPair(30_000, 30_060, 30_010, 30_050, 1);
  expect(clock.offsetMs).toBe(0);
});

test('a message that was held back is no proof', () => {
  const clock = new ClockOffset();
  clock.addMessage(10_000, 45_000);
  expect(clock.offsetMs).toBe(0);
});

test('finds any offset to within the fastest round trip', () => {
  const exchange = fc.record({
    atMs: fc.integer({ min: 0, max: 1e6 }),
    thereMs: fc.integer({ min: 1, max: 200 }),
    serveMs: fc.integer({ min: 0, max: 5000 }),
    backMs: fc.integer({ min: 1, max: 200 }),
  });
  fc.assert(
    fc.property(
      fc.array(exchange, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: -36e5, max: 36e5 }),
      (exchanges, skewMs) => {
        const clock = new ClockOffset();
        for (const { atMs, thereMs, serveMs, backMs } of exchanges) {
          const edgeStartMs = atMs + thereMs;
          clock.addPair(atMs + skewMs, edgeStartMs + serveMs + backMs + skewMs, edgeStartMs, edgeStartMs + serveMs, 1);
        }
        const fastest = Math.min(...exchanges.map(({ thereMs, backMs }) => Math.max(thereMs, backMs)));
        expect(Math.abs(clock.offsetMs - skewMs)).toBeLessThanOrEqual(
          Math.max(fastest + 1, Math.abs(skewMs) <= fastest + 1 ? fastest + 1 : 0),
        );
      },
    ),
    { seed: 1 },
  );
});

test('a log of whole seconds cannot prove a shift of less', () => {
  const clock = new ClockOffset();
  clock.addPair(1500, 1600, 1000, 1100, 1000);
  expect(clock.offsetMs).toBe(0);
});

test('a few pairs that contradict the others are not believed', () => {
  const clock = new ClockOffset();
  // Shaka: the first try's time with the last try's duration, for the requests that were retried.
  for (const retriedMs of [805, 717, 566]) clock.addPair(0, 17, retriedMs, retriedMs + 4, 1);
  for (const thereMs of [3, 6, 8, 10, 5]) clock.addPair(0, 40, thereMs, thereMs + 4, 1);
  expect(clock.offsetMs).toBe(0);
  const ahead = new ClockOffset();
  ahead.addPair(0, 17, 805, 809, 1);
  for (const thereMs of [3, 6, 8, 10, 5]) ahead.addPair(60_000, 60_040, thereMs, thereMs + 4, 1);
  expect(ahead.offsetMs).toBeGreaterThan(59_990);
  expect(ahead.offsetMs).toBeLessThan(60_000);
});
