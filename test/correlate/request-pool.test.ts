import { expect, test } from 'vitest';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { Evidence } from '../../collector/correlate/incidents/evidence.ts';
import { RecentDelivery } from '../../collector/correlate/incidents/recent-delivery.ts';
import { RequestPool } from '../../collector/correlate/join/request-pool.ts';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import { report, T0 } from './support.ts';

const MINUTE_MS = 60_000;

function evidence() {
  const pool = new RequestPool(1_000);
  const kept = new Evidence('default', { requests: pool, contents: new ContentMemory(), recent: new RecentDelivery() });
  const add = (at: number): JoinedRequest => {
    const request = pool.lone(report({ at, durationMs: 1_000, path: `/v/${at}.m4s` }), 'a'.repeat(32));
    kept.add(request);
    return request;
  };
  return { pool, kept, add };
}

test('a request that is too old to explain anything is used again, with its report', () => {
  const { pool, kept, add } = evidence();
  const old = add(0);
  const { report: oldReport } = old.edge ?? {};
  add(3 * MINUTE_MS);
  kept.trim(T0 + 4 * MINUTE_MS, Number.POSITIVE_INFINITY);
  expect(pool.report()).toBe(oldReport);
  const next = pool.lone(report({ at: 7 }), 'b'.repeat(32));
  expect(next).toBe(old);
  expect(next).toMatchObject({ startMs: T0 + 7, path: report({ at: 7 }).path });
});

test('the span id of a request used again is that of the new one', () => {
  const { pool } = evidence();
  const [first, second] = [report({ at: 1, uidLow: 1 }), report({ at: 2, uidLow: 2 })];
  const expected = new RequestPool(0).lone(second, 'b'.repeat(32)).spanId;
  const request = pool.lone(first, 'a'.repeat(32));
  expect(request.spanId).not.toBe(expected);
  pool.give(request);
  expect(pool.lone(second, 'b'.repeat(32)).spanId).toBe(expected);
});

test('nothing that a timeline still waits on is used again, however long ago it was', () => {
  const { pool, kept, add } = evidence();
  const awaited = add(0);
  kept.trim(T0 + 4 * MINUTE_MS, awaited.endMs);
  expect(pool.lone(report({ at: 7 }), 'b'.repeat(32))).not.toBe(awaited);
  kept.clear();
  expect(pool.lone(report({ at: 8 }), 'b'.repeat(32))).toBe(awaited);
});

test('a request forgotten because there are too many is not used again: others may still look at it', () => {
  const { pool, kept, add } = evidence();
  const requests = new Set(Array.from({ length: 600 }, (_, i) => add(i)));
  expect(requests.has(pool.lone(report({ at: 7 }), 'b'.repeat(32)))).toBe(false);
  kept.clear();
  const lent = Array.from({ length: 700 }, () => pool.lone(report({ at: 7 }), 'b'.repeat(32)));
  expect(lent.filter((request) => requests.has(request))).toHaveLength(512);
});
