import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { CellIndex, ExemplarCells, HistogramCells, ValueCells } from '../../collector/metrics/cells.ts';
import { LabelSet } from '../../collector/metrics/label-set.ts';
import { Layout } from '../../collector/metrics/layout.ts';

const KEY = fc.oneof(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 0, max: 200 }));

describe('the index of cells', () => {
  test('gives every key one cell, whatever the keys', () => {
    fc.assert(
      fc.property(fc.array(KEY, { maxLength: 400 }), (keys) => {
        const index = new CellIndex(1_000);
        const model = new Map<number, number>([[0, 0]]);
        for (const key of keys) {
          const cell = index.cell(key);
          expect(cell).toBe(model.get(key) ?? model.size);
          model.set(key, cell);
        }
        expect(index.size).toBe(model.size);
        for (const [key, cell] of model) expect(index.key(cell)).toBe(key);
      }),
    );
  });

  test('answers cell 0 when the budget is spent, and still knows the others', () => {
    const index = new CellIndex(100);
    for (let key = 1; key <= 100; key++) expect(index.cell(key * 7_919)).toBe(key);
    expect(index.cell(999_999_999)).toBe(0);
    expect(index.overflows).toBe(1);
    expect(index.cell(50 * 7_919)).toBe(50);
  });
});

test('no amount is lost when the columns grow', () => {
  const [values, histogram] = [new ValueCells(5_000), new HistogramCells(5_000, [1])];
  for (let key = 0; key < 5_000; key++) {
    values.add(values.cell(key), key + 1);
    histogram.add(histogram.cell(key), 2, key + 1);
  }
  for (let key = 0; key < 5_000; key++) {
    expect(values.value(values.index.cell(key))).toBe(key + 1);
    expect(histogram.value(histogram.index.cell(key), 2)).toBe(key + 1);
  }
});

test('values add up like a Map', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(KEY, fc.integer({ min: 0, max: 1e6 })), { maxLength: 500 }), (increments) => {
      const cells = new ValueCells(10_000);
      const model = new Map<number, number>();
      for (const [key, amount] of increments) {
        cells.add(cells.cell(key), amount);
        model.set(key, (model.get(key) ?? 0) + amount);
      }
      for (const [key, sum] of model) expect(cells.value(cells.index.cell(key))).toBe(sum);
    }),
  );
});

describe('a histogram', () => {
  const bounds = fc
    .uniqueArray(fc.double({ min: 1e-3, max: 1e6, noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 14,
    })
    .map((values) => values.toSorted((a, b) => a - b));

  test('counts as prom-client does: le includes its bound', async () => {
    await fc.assert(
      fc.asyncProperty(
        bounds,
        fc.array(fc.oneof(fc.nat({ max: 13 }), fc.double({ min: -10, max: 1e7, noNaN: true })), { maxLength: 60 }),
        async (buckets, picks) => {
          // Small integers pick a bound itself: the values where `le` decides.
          const values = picks.map((pick) => (Number.isInteger(pick) ? (buckets[pick] ?? pick) : pick));
          const theirs = new Histogram({ name: 'h', help: 'h', buckets, registers: [new Registry()] });
          const ours = new HistogramCells(10, buckets);
          for (const value of values) {
            theirs.observe(value);
            ours.observe(0, value, 1);
          }
          const expected = (await theirs.get()).values.filter(({ metricName }) => metricName === 'h_bucket');
          let cumulative = 0;
          const actual = expected.map((_, bucket) => {
            cumulative += ours.value(0, bucket);
            return cumulative;
          });
          expect(actual).toEqual(expected.map(({ value }) => value));
          const sum = (await theirs.get()).values.find(({ metricName }) => metricName === 'h_sum')?.value;
          expect(ours.value(0, ours.width - 1)).toBe(sum);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('does not observe %d', (value) => {
    const cells = new HistogramCells(10, [1, 2]);
    cells.observe(0, value, 1);
    expect([0, 1, 2, 3].map((column) => cells.value(0, column))).toEqual([0, 0, 0, 0]);
  });

  test('keeps its cells through growth', () => {
    const cells = new HistogramCells(1_000, [1]);
    for (let key = 0; key < 500; key++) cells.observe(cells.cell(key), key, 2);
    for (let key = 0; key < 500; key++) {
      const cell = cells.index.cell(key);
      expect([0, 1, 2].map((column) => cells.value(cell, column))).toEqual([
        key <= 1 ? 2 : 0,
        key <= 1 ? 0 : 2,
        key * 2,
      ]);
    }
  });
});

test('a packed key gives its labels back', () => {
  const sets = [3, 100, 1_000, 7, 30].map((budget) => {
    const set = new LabelSet(budget, 'none', () => {});
    for (let i = 1; i <= budget; i++) set.id(`v${i}`);
    return { set, budget };
  });
  const layout = new Layout(sets.map(({ set }) => set));
  const ids = fc.tuple(...sets.map(({ budget }) => fc.nat({ max: budget })));
  fc.assert(
    fc.property(ids, (parts) => {
      const key = layout.key(...(parts as [number, number, number, number, number]));
      expect(layout.values(key)).toEqual(parts.map((id) => (id === 0 ? 'other' : `v${id}`)));
      expect(layout.keyOf(layout.values(key))).toBe(key);
    }),
  );
});

test('labels that do not fit a key are refused when the metric is made, not when it counts', () => {
  const wide = new LabelSet(2 ** 20, 'none', () => {});
  expect(() => new Layout([wide, wide])).toThrow(RangeError);
});

test('a cell remembers the last trace only', () => {
  const exemplars = new ExemplarCells();
  exemplars.set(3, 'aa', 1, 10);
  exemplars.set(3, 'bb', 2, 20);
  expect([exemplars.traceId(3), exemplars.value(3), exemplars.atMs(3)]).toEqual(['bb', 2, 20]);
  expect(exemplars.traceId(2)).toBe('');
  expect(exemplars.traceId(400)).toBe('');
});
