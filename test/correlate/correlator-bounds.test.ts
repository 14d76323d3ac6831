import { expect, test } from 'vitest';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { Correlator } from '../../collector/correlate/correlator.ts';
import { RecentDelivery } from '../../collector/correlate/incidents/recent-delivery.ts';
import { CdnHosts } from '../../collector/correlate/join/cdn-hosts.ts';
import type { CorrelateSettings } from '../../collector/correlate/settings.ts';
import type { CorrelatorOutput, SpanOutput } from '../../collector/model/output.ts';
import { report, T0 } from './support.ts';

const settings: CorrelateSettings = {
  recorder: { detail: 'recorder', healthySample: 0, paddingMs: 30_000, spanBudget: 2_000, gridMs: 300_000 },
  settleMs: 10_000,
  reorderMs: 1_000,
  idleCloseMs: 60_000,
  pausedCloseMs: 600_000,
  heartbeatMs: 10_000,
  missedHeartbeats: 3,
  maxSessions: 100,
  maxRows: 100,
  maxEventsPerSession: 1_000,
};

/** Counts the calls of each name; knows nothing else. */
function counting<T extends object>(calls: Map<string, number>): T {
  return new Proxy({} as T, {
    get: (_, name) => () => calls.set(String(name), (calls.get(String(name)) ?? 0) + 1),
  });
}

function correlator(changes: Partial<CorrelateSettings>) {
  const calls = new Map<string, number>();
  const output = counting<CorrelatorOutput>(calls);
  const spans = counting<SpanOutput>(new Map());
  const context = {
    settings: { ...settings, ...changes },
    output,
    spans,
    cdnHosts: new CdnHosts(),
    contents: new ContentMemory(),
    recent: new RecentDelivery(),
  };
  return { made: new Correlator(context, new Map([['default', 10_000]])), calls };
}

test('more sessions than allowed close the ones idle longest, and every one is told', () => {
  const { made, calls } = correlator({ maxSessions: 10 });
  for (let i = 0; i < 50; i++) made.report(report({ at: i * 10 }), `session ${i}`, false, T0 + i * 10);
  expect(made.liveSessions).toBe(10);
  expect(made.counts.evictedSessions).toBe(40);
  Array.from(made.drain('shutdown'));
  expect(calls.get('sessionClosed')).toBe(50);
  expect(calls.get('request')).toBe(50);
});

test('more waiting rows than allowed are settled early, none is lost', () => {
  const { made, calls } = correlator({ maxRows: 20 });
  for (let i = 0; i < 200; i++) made.report(report({ at: i }), `session ${i % 7}`, false, T0 + i);
  expect(made.waitingRows).toBeLessThanOrEqual(20);
  expect(made.counts.eventLimitCuts).toBeGreaterThan(0);
  Array.from(made.drain('shutdown'));
  expect(calls.get('request')).toBe(200);
});

test('one endless session is cut, not kept', () => {
  const { made, calls } = correlator({ maxEventsPerSession: 50 });
  for (let i = 0; i < 500; i++) made.report(report({ at: i }), 'one', false, T0 + i);
  expect(made.waitingRows).toBeLessThanOrEqual(50);
  Array.from(made.drain('shutdown'));
  expect(calls.get('request')).toBe(500);
});

test('a repeated record is counted as such and goes no further', () => {
  const { made, calls } = correlator({});
  const line = report({});
  made.report(line, 'one', false, T0);
  expect(made.report(line, 'one', false, T0 + 1)).toBe(false);
  Array.from(made.drain('shutdown'));
  expect(calls.get('duplicate')).toBe(1);
  expect(calls.get('delivery')).toBe(1);
  expect(calls.get('request')).toBe(1);
});

test('what comes after the close is late: counted, and no second session', () => {
  const { made, calls } = correlator({});
  made.report(report({}), 'one', false, T0);
  for (let second = 1; second < 120; second++) made.tick(T0 + second * 1_000);
  expect(made.liveSessions).toBe(0);
  made.report(report({ at: 50 }), 'one', false, T0 + 130_000);
  made.report(report({ at: 60 }), 'one', false, T0 + 130_000);
  Array.from(made.drain('shutdown'));
  expect(calls.get('late')).toBe(2);
  expect(calls.get('sessionStarted')).toBe(1);
  expect(calls.get('sessionClosed')).toBe(1);
  expect(calls.get('request')).toBe(3);
});
