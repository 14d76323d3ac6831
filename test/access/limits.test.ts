import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SessionQuota, ValueQuota } from '../../collector/access/quotas.ts';
import { RateLimit, SenderLimits } from '../../collector/access/rate-limit.ts';

describe('a rate', () => {
  test('lets two seconds of it come at once, and then as much as time gives', () => {
    const rate = new RateLimit(10);
    const takeAll = (nowMs: number): number => Array.from({ length: 100 }).filter(() => rate.take(nowMs)).length;
    expect([takeAll(0), takeAll(500), takeAll(500), takeAll(60_000)]).toEqual([20, 5, 0, 20]);
  });

  test('is not refilled by a clock that is set back', () => {
    const rate = new RateLimit(1);
    expect([rate.take(10_000), rate.take(10_000), rate.take(10_000)]).toEqual([true, true, false]);
    expect([rate.take(0), rate.take(1_000), rate.take(1_500)]).toEqual([false, true, false]);
  });

  test('never lets more through than its rate and its burst, however posts are spread', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(2_000), { maxLength: 200 }), (perSecond, gaps) => {
        const rate = new RateLimit(perSecond);
        let nowMs = 0;
        let taken = 0;
        for (const gap of gaps) {
          nowMs += gap;
          if (rate.take(nowMs)) taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(perSecond * 2 + (nowMs / 1000) * perSecond + 1e-6);
      }),
      { seed: 1 },
    );
  });

  test('of one sender does not touch another, and unknown senders never cost memory without end', () => {
    const limits = new SenderLimits(1, 100);
    for (let i = 0; i < 10; i++) limits.take('flood', 0);
    expect([limits.take('flood', 0), limits.take('quiet', 0)]).toEqual([false, true]);
    for (let i = 0; i < 100; i++) limits.take(`other ${i}`, 0);
    // Forgotten meanwhile, so it begins anew.
    expect(limits.take('flood', 0)).toBe(true);
  });
});

describe('a quota of sessions', () => {
  test('keeps room for those that go on reporting, and refuses the rest', () => {
    const quota = new SessionQuota(2);
    expect(['a', 'b', 'c', 'a'].map((sid) => quota.admits(sid, 1_000))).toEqual([true, true, false, true]);
    // The next minute: whoever was there before goes first, whoever was late stays out.
    expect(['a', 'c', 'd', 'b'].map((sid) => quota.admits(sid, 61_000))).toEqual([true, true, false, true]);
  });

  test('is free again two minutes later', () => {
    const quota = new SessionQuota(1);
    quota.admits('a', 0);
    expect([quota.admits('b', 0), quota.admits('b', 180_000)]).toEqual([false, true]);
  });
});

test('a quota of values gives one word for all that are too many', () => {
  const quota = new ValueQuota(2);
  expect(['a', 'b', 'c', 'a', 'd'].map((value) => quota.admit(value, 'other'))).toEqual([
    'a',
    'b',
    'other',
    'a',
    'other',
  ]);
});
