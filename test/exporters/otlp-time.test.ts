import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endOf, knownMs, nanosText } from '../../collector/exporters/otlp-time.ts';

for (const [name, timeMs, nanos] of [
  ['keeps microseconds that ms × 10^6 would lose', 1_763_764_800_123.456, '1763764800123456055'],
  ['keeps a whole millisecond whole', 1_763_764_800_123, '1763764800123000000'],
  ['pads small fractions', 1.000001, '1000001'],
  ['has no leading zeros', 0.25, '250000'],
  ['carries a fraction that rounds to a millisecond', 7.9999999, '8000000'],
  ['writes an unknown time as 0', Number.NaN, '0'],
  ['writes a time before 1970 as 0', -5, '0'],
  ['writes a time past 64 bits as 0', 1e15, '0'],
] as const)
  test(name, () => expect(nanosText(knownMs(timeMs))).toBe(nanos));

test('agrees with arbitrary precision for any time', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 18e12, noNaN: true }), (timeMs) => {
      const whole = Math.floor(timeMs);
      const exact = BigInt(whole) * 1_000_000n + BigInt(Math.round((timeMs - whole) * 1e6));
      expect(nanosText(timeMs)).toBe(String(exact));
    }),
    { seed: 20_261_121 },
  );
});

test('a span never ends before it starts', () => {
  expect(endOf(1000, 900)).toBe(1000);
  expect(endOf(1000, Number.NaN)).toBe(1000);
  expect(endOf(1000, 1500)).toBe(1500);
});
