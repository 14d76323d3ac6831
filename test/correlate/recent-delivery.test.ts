import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FAILED, HIT, LATE, MEDIA, MISS, RecentDelivery } from '../../collector/correlate/incidents/recent-delivery.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { report, T0 } from './support.ts';

const MINUTE_MS = 60_000;
/** Ids spread as fingerprints are. */
const line = (at: number, fields: Parameters<typeof report>[0] = {}): RequestReport => {
  const made = report({ at, emitter: 'cdn-a', pop: 'FRA', cacheStatus: 'hit', ...fields });
  made.uidHigh = Math.imul(made.uidLow, 0x9e3779b1) >>> 0;
  return made;
};
const near = (memory: RecentDelivery, pop = '') => memory.count('default', 'cdn-a', T0, T0 + 10_000, pop);

test('lines are counted by what they were', () => {
  const memory = new RecentDelivery();
  memory.note(line(0));
  memory.note(line(0, { ttfbMs: 3_000, durationMs: 3_500 }));
  memory.note(line(0, { cacheStatus: 'miss' }));
  memory.note(line(0, { cacheStatus: 'hit', cacheStatusRaw: 'HIT-WAIT' }));
  memory.note(line(0, { cacheStatus: 'miss', objectType: 'manifest', bodyBytes: 500, durationMs: 4_000 }));
  memory.note(line(0, { cacheStatus: '', status: 503 }));
  const kinds = near(memory);
  expect(kinds.of(MEDIA | HIT)).toBe(2);
  expect(kinds.of(MEDIA | HIT | LATE)).toBe(1);
  expect(kinds.of(MEDIA | MISS)).toBe(2);
  expect(kinds.of(MISS | LATE, MEDIA)).toBe(1);
  expect(kinds.of(FAILED)).toBe(1);
});

test('sites, CDNs and tenants are told apart', () => {
  const memory = new RecentDelivery();
  memory.note(line(0));
  memory.note(line(0, { pop: 'LHR', status: 503 }));
  memory.note(line(0, { emitter: 'cdn-b' }));
  expect(near(memory).of(0)).toBe(2);
  expect(near(memory, 'FRA').of(0)).toBe(1);
  expect(near(memory, 'CDG').of(0)).toBe(0);
  const sites = memory.sites('default', 'cdn-a', T0, T0 + 10_000);
  expect([sites.all.size, sites.failed.size]).toEqual([2, 1]);
  expect(memory.count('other', 'cdn-a', T0, T0 + 10_000).of(0)).toBe(0);
});

test('twenty minutes are remembered, and what comes later than that changes nothing', () => {
  const memory = new RecentDelivery();
  memory.note(line(0));
  memory.note(line(20 * MINUTE_MS));
  expect(near(memory).of(0)).toBe(1);
  memory.note(line(22 * MINUTE_MS));
  memory.note(line(0));
  expect(memory.count('default', 'cdn-a', T0 + 19 * MINUTE_MS, T0 + 23 * MINUTE_MS).of(0)).toBe(2);
});

test('a sample of many lines is fair, and the same in any order and however often they come', () => {
  const lines = Array.from({ length: 2_000 }, (_, i) => line(0, { cacheStatus: i % 4 === 0 ? 'miss' : 'hit' }));
  const sampleOf = (of: readonly RequestReport[]): readonly number[] => {
    const memory = new RecentDelivery();
    for (const one of of) memory.note(one);
    const kinds = near(memory);
    return [kinds.of(MISS), kinds.of(0)];
  };
  const [misses = 0, all = 0] = sampleOf(lines);
  expect(all).toBe(64);
  expect(misses / all).toBeGreaterThan(0.1);
  expect(misses / all).toBeLessThan(0.4);
  const places = Array.from({ length: 2_500 }, (_, i) => i % lines.length);
  fc.assert(
    fc.property(fc.shuffledSubarray(places, { minLength: places.length }), (order) => {
      expect(sampleOf(order.map((place) => lines[place] as RequestReport))).toEqual([misses, all]);
    }),
    { numRuns: 10 },
  );
});
