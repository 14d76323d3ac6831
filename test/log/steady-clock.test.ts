import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SteadyClock } from '../../collector/log/steady-clock.ts';

const BEGIN = 1_795_294_681_000;
const HOUR_MS = 3_600_000;

function clockAt(wallMs: number) {
  const time = { wallMs, elapsedMs: 0 };
  const clock = new SteadyClock(
    () => time.wallMs,
    () => time.elapsedMs,
  );
  const pass = (ms: number): number => {
    time.wallMs += ms;
    time.elapsedMs += ms;
    return clock.now();
  };
  return { time, clock, pass };
}

test('is the wall clock while nobody sets that', () => {
  const { pass } = clockAt(BEGIN);
  expect([pass(0), pass(250), pass(10_000)]).toEqual([BEGIN, BEGIN + 250, BEGIN + 10_250]);
});

for (const [name, jumpMs, after] of [
  ['forward', HOUR_MS, 1_500],
  ['back', -HOUR_MS, 500],
] as const) {
  test(`makes up for a wall clock set ${name} at half its speed, and then agrees with it`, () => {
    const { time, pass } = clockAt(BEGIN);
    time.wallMs += jumpMs;
    expect(pass(1_000)).toBe(BEGIN + after);
    for (let second = 0; second < 7_200; second++) pass(1_000);
    expect(pass(0)).toBe(time.wallMs);
  });
}

test('never goes back, and never faster or slower than by half, however the wall clock jumps', () => {
  const step = fc.record({ passMs: fc.nat(5_000), jumpMs: fc.integer({ min: -1e9, max: 1e9 }) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { time, pass } = clockAt(BEGIN);
      let before = pass(0);
      for (const { passMs, jumpMs } of steps) {
        time.wallMs += jumpMs;
        const now = pass(passMs);
        expect(now - before).toBeGreaterThanOrEqual(Math.floor(passMs * 0.5) - 1);
        expect(now - before).toBeLessThanOrEqual(Math.ceil(passMs * 1.5) + 1);
        before = now;
      }
    }),
    { seed: 5 },
  );
});

for (const [name, lastMs, expected] of [
  ['the end of a log that is ahead', BEGIN + HOUR_MS, BEGIN + HOUR_MS],
  ['nothing when the log ends behind', BEGIN - HOUR_MS, BEGIN],
  ['nothing when it ends years ahead', BEGIN + 9e10, BEGIN],
  ['nothing without a log', Number.NaN, BEGIN],
] as const) {
  test(`goes on from ${name}`, () => {
    const { clock } = clockAt(BEGIN);
    clock.resume(lastMs);
    expect(clock.now()).toBe(expected);
  });
}
