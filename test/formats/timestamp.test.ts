import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../collector/formats/parse/decimal.ts';
import { clfMs, isoMs, timestampMs, timestampPrecisionMs } from '../../collector/formats/parse/timestamp.ts';

const over = (read: (bytes: Uint8Array, start: number, end: number) => number) => (text: string) => {
  // Surrounded, so that reading past the end is seen.
  const bytes = Buffer.from(`9${text}9`);
  return read(bytes, 1, bytes.length - 1);
};

describe('a timestamp', () => {
  for (const [text, expected, precisionMs] of [
    ['1795294726', 1795294726000, 1000],
    ['1795294726.123', 1795294726123, 1],
    ['1795294726123', 1795294726123, 1],
    ['1795294726123456', 1795294726123.456, 1],
    ['1795294726123456789', 1795294726123.456, 1],
    ['2026-11-21T20:58:46Z', 1795294726000, 1000],
    ['2026-11-21T20:58:46.123456Z', 1795294726123.456, 1],
    ['2026-11-21T22:58:46+02:00', 1795294726000, 1000],
    ['2026-11-21T15:28:46-0530', 1795294726000, 1000],
    ['2026-11-21 20:58:46', 1795294726000, 1000],
    ['2024-02-29T00:00:00Z', 1709164800000, 1000],
  ] as const) {
    test(text, () => {
      expect(over(timestampMs)(text)).toBeCloseTo(expected, 2);
      expect(over(timestampPrecisionMs)(text)).toBe(precisionMs);
    });
  }

  for (const text of [
    '',
    '-',
    '0',
    '-5',
    'now',
    '2026-13-01T00:00:00Z',
    '2026-11-21T25:00:00Z',
    '2026-11-21T20:58:46X',
    '2026/11/21 20:58:46',
    '1e400',
  ]) {
    test(`${text || 'nothing'} is none`, () => expect(over(timestampMs)(text)).toBeNaN());
  }

  test('agrees with Date on every second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_799 }), (seconds) => {
        const date = new Date(seconds * 1000);
        expect(over(isoMs)(date.toISOString())).toBe(date.getTime());
        const [, day, month, year, time] = /\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
        expect(over(clfMs)(`${day}/${month}/${year}:${time} +0000`)).toBe(date.getTime());
      }),
      { seed: 1 },
    );
  });
});

describe('a decimal', () => {
  test('is what Number says', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        const text = value.toFixed(6);
        expect(over(decimal)(text)).toBeCloseTo(Number(text), 6);
      }),
      { seed: 1 },
    );
  });

  for (const [text, expected] of [
    ['007', 7],
    ['-1', -1],
    ['.5', 0.5],
    ['5.', 5],
    ['1.2e+03', 1200],
    ['12345678901234567890', 12345678901234560000],
    ['', Number.NaN],
    ['-', Number.NaN],
    ['.', Number.NaN],
    ['1.2.3', Number.NaN],
    ['1,2', Number.NaN],
    ['0x10', Number.NaN],
    ['1e', Number.NaN],
  ] as const) {
    test(`${text || 'nothing'} is ${expected}`, () => expect(over(decimal)(text)).toBe(expected));
  }
});
