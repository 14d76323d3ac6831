import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionKey, partitionOf } from '../../collector/bus/partition.ts';
import { RequestReport } from '../../collector/model/request.ts';
import { playerEvent } from '../receivers/support.ts';

test('a key always lands in the same partition, inside the range', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 1024 }), (key, count) => {
      const partition = partitionOf(key, count);
      expect(partition).toBe(partitionOf(key, count));
      expect(Number.isInteger(partition) && partition >= 0 && partition < count).toBe(true);
    }),
    { seed: 1 },
  );
});

test('the placement of known keys never changes: logs on disk depend on it', () => {
  expect([
    partitionOf('', 8),
    partitionOf('c485fb8b-06c3-4872-8464-19285eee9ce9', 8),
    partitionOf('9649f51f-0b54-4c9e-b1a7-5e7f0f4b2d11', 8),
  ]).toEqual([3, 4, 4]);
});

test('sessions spread evenly over partitions', () => {
  const counts = new Array<number>(8).fill(0);
  for (let i = 0; i < 8000; i++) counts[partitionOf(`session-${i}`, 8)]! += 1;
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(160);
});

test('a report is keyed by its best identity, the CMCD session first', () => {
  const report = new RequestReport();
  expect(partitionKey(report)).toBe('');
  for (const [field, value] of [
    ['traceId', 'trace'],
    ['requestId', 'own-id'],
    ['parentRequestId', 'edge-id'],
    ['sessionId', 'server-session'],
  ] as const) {
    report[field] = value;
    expect(partitionKey(report)).toBe(value);
  }
  report.cmcd.sid = 'sid';
  expect(partitionKey(report)).toBe('sid');
});

test('a player event without a session is keyed by its trace', () => {
  expect(partitionKey(playerEvent({ sid: 's' }))).toBe('s');
  expect(partitionKey(playerEvent({ sid: '', traceId: 't' }))).toBe('t');
});
