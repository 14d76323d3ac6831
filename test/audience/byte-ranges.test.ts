import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteRanges } from '../../collector/audience/byte-ranges.ts';

function bytesOf(ranges: readonly (readonly [first: number, length: number])[]): number {
  const united = new ByteRanges();
  for (const [first, length] of ranges) united.add(first, length);
  return united.bytes;
}

describe('overlapping ranges are united, not added [semantics.md 7, window]', () => {
  for (const [what, ranges, bytes] of [
    ['one', [[0, 100]], 100],
    [
      'the same twice',
      [
        [0, 100],
        [0, 100],
      ],
      100,
    ],
    [
      'neighbours',
      [
        [0, 100],
        [100, 100],
      ],
      200,
    ],
    [
      'overlapping',
      [
        [0, 100],
        [50, 100],
      ],
      150,
    ],
    [
      'one inside the other',
      [
        [0, 100],
        [20, 10],
      ],
      100,
    ],
    [
      'one that closes the gap',
      [
        [0, 10],
        [20, 10],
        [5, 20],
      ],
      30,
    ],
    [
      'nothing, a negative place, no place',
      [
        [0, 0],
        [-1, 5],
        [Number.NaN, 5],
        [0, Number.POSITIVE_INFINITY],
      ],
      0,
    ],
  ] as const) {
    test(what, () => expect(bytesOf(ranges)).toBe(bytes));
  }
});

const RANGES = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 60 })), { maxLength: 40 });

test('the union is what marking every byte gives', () => {
  fc.assert(
    fc.property(RANGES, (ranges) => {
      const marked = new Set(ranges.flatMap(([first, length]) => Array.from({ length }, (_, i) => first + i)));
      expect(bytesOf(ranges)).toBe(marked.size);
    }),
    { seed: 1 },
  );
});

test('a thousand pieces apart keep it small, and only join what is nearest', () => {
  const pieces = Array.from({ length: 1_000 }, (_, i) => [i * 100, 60] as const);
  const bytes = bytesOf(pieces);
  expect(bytes).toBeGreaterThanOrEqual(60_000);
  expect(bytes).toBeLessThanOrEqual(100_000);
});
