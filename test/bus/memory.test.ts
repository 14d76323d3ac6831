import { expect, test } from 'vitest';
import { MemoryBus } from '../../collector/bus/memory.ts';
import type { Event } from '../../collector/model/event.ts';
import { RequestReport } from '../../collector/model/request.ts';
import { playerEvent, source } from '../receivers/support.ts';

function collecting(queueLimit: number, partitions = 1) {
  const seen: { partition: number; event: Event; nowMs: number }[] = [];
  const bus = new MemoryBus({
    partitions,
    queueLimit,
    consume: (partition, event, nowMs) => seen.push({ partition, event, nowMs }),
  });
  return { bus, seen };
}

test('direct delivery hands over the very event inside publish', () => {
  const { bus, seen } = collecting(0);
  const report = new RequestReport();
  expect(bus.publish(report, 5)).toBe('stored');
  expect(seen).toEqual([{ partition: 0, event: report, nowMs: 5 }]);
  expect(seen[0]?.event).toBe(report);
});

test('a queued report is a copy, so the decoder may go on', async () => {
  const { bus, seen } = collecting(10);
  const report = new RequestReport();
  report.source = source('edge-a');
  report.path = '/one';
  bus.publish(report, 1);
  report.path = '/two';
  bus.publish(report, 2);
  expect(seen).toEqual([]);
  await bus.flush();
  expect(seen.map((s) => (s.event as RequestReport).path)).toEqual(['/one', '/two']);
});

test('a full queue says so, and has room again after a flush', async () => {
  const { bus, seen } = collecting(2);
  expect([1, 2, 3].map((n) => bus.publish(playerEvent({ seq: n }), n))).toEqual(['stored', 'stored', 'full']);
  expect(bus.queued).toBe(2);
  await bus.flush();
  expect(bus.queued).toBe(0);
  expect(bus.publish(playerEvent({ seq: 3 }), 3)).toBe('stored');
  expect(seen.length).toBe(2);
});

test('one session stays in one partition and in order', async () => {
  const { bus, seen } = collecting(1000, 8);
  for (let i = 0; i < 100; i++) bus.publish(playerEvent({ sid: `s${i % 10}`, seq: i }), i);
  await bus.flush();
  for (let s = 0; s < 10; s++) {
    const mine = seen.filter(({ event }) => event.kind === 'player' && event.sid === `s${s}`);
    expect(new Set(mine.map((m) => m.partition)).size).toBe(1);
    expect(mine.map((m) => m.nowMs)).toEqual([...mine.map((m) => m.nowMs)].sort((a, b) => a - b));
  }
});

test('what a consumer publishes while flushing waits for the next flush', async () => {
  const seen: number[] = [];
  const bus: MemoryBus = new MemoryBus({
    partitions: 1,
    queueLimit: 10,
    consume: (_partition, event, nowMs) => {
      seen.push(nowMs);
      if (nowMs === 1) bus.publish(event, 2);
    },
  });
  bus.publish(playerEvent(), 1);
  await bus.flush();
  expect(seen).toEqual([1]);
  await bus.flush();
  expect(seen).toEqual([1, 2]);
});

test('close drains, may be called twice, and nothing is taken afterwards', async () => {
  const { bus, seen } = collecting(10);
  bus.publish(playerEvent(), 1);
  await bus.close();
  await bus.close();
  expect(seen.length).toBe(1);
  expect(bus.publish(playerEvent(), 2)).toBe('full');
});
