import { expect, test } from 'vitest';
import { parseDurationMs } from '../../collector/api/duration.ts';

for (const [text, expected] of [
  ['100ms', 100],
  ['1.5s', 1500],
  ['1h30m', 5_400_000],
  ['250us', 0.25],
  ['250µs', 0.25],
  ['250μs', 0.25],
  ['5000ns', 0.005],
  ['2d', 172_800_000],
  ['', Number.NaN],
  ['5', Number.NaN],
  ['s', Number.NaN],
  ['-5s', Number.NaN],
  ['5s ', Number.NaN],
  ['5 s', Number.NaN],
  ['custom', Number.NaN],
  ['1s'.repeat(11), Number.NaN],
] as const)
  test(`"${text}"`, () => expect(parseDurationMs(text)).toBe(expected));
