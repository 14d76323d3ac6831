import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DuplicateFilter } from '../../collector/correlate/sessions/duplicate-filter.ts';

test('knows every fingerprint of the newest capacity, and no other', () => {
  const word = fc.integer({ min: -5, max: 5 });
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { maxLength: 60 }), (records) => {
      const filter = new DuplicateFilter(64);
      const seen = new Set<string>();
      for (const [high, low] of records) {
        const key = `${high} ${low}`;
        const isNew = key === '0 0' || !seen.has(key);
        expect(filter.has(high, low)).toBe(key !== '0 0' && seen.has(key));
        expect(filter.add(high, low)).toBe(isNew);
        seen.add(key);
      }
    }),
    { seed: 1 },
  );
});

test('forgets the oldest generation when full, so memory is bounded', () => {
  const filter = new DuplicateFilter(100);
  for (let i = 1; i <= 1000; i++) expect(filter.add(1, i)).toBe(true);
  expect(filter.add(1, 1000)).toBe(false);
  expect(filter.add(1, 901)).toBe(false);
  expect(filter.add(1, 1)).toBe(true);
});
