import { expect, test } from 'vitest';
import { Rekeyer } from '../../collector/correlate/sessions/rekeyer.ts';
import type { Client } from '../../collector/model/client.ts';
import { report, T0 } from './support.ts';

const rekeyer = () => new Rekeyer({ limit: 10, ttlMs: 60_000, isTeachable: true });
const device = { deviceKey: 'd1' } as Client;

for (const [name, teacher, line, method] of [
  [
    'a request id passed on by the edge',
    report({ requestId: 'e1', cacheStatus: 'miss' }),
    report({ tier: 'origin', parentRequestId: 'e1' }),
    'request_id',
  ],
  ['a nonce the player made', report({ tier: 'player', rid: 'abcd' }), report({ rid: 'abcd' }), 'request_id'],
  [
    "the trace of the player's own span",
    report({ tier: 'player', traceId: 't1', spanId: 's1' }),
    report({ traceId: 't1', parentSpanId: 's1' }),
    'traceparent',
  ],
  [
    'device, URL and time',
    report({ tier: 'player', client: device, path: '/x' }),
    report({ client: device, path: '/x' }),
    'device+url+time',
  ],
] as const) {
  test(`${name} finds the session, whether it is learnt before or after the line`, () => {
    const before = rekeyer();
    before.learn(teacher, 'sid-1', T0 + 1000);
    expect(before.resolve(line)).toBe('sid-1');
    expect(line.sessionJoin).toBe(method);

    const after = rekeyer();
    expect(after.resolve(line)).toBe('');
    after.wait(line, T0 + 5000);
    after.learn(teacher, 'sid-1', T0 + 1000);
    expect([...after.take(T0 + 1000)]).toEqual([{ report: line, sid: 'sid-1' }]);
    expect(after.waiting).toBe(0);
  });
}

test('a line nobody claims is given up at its deadline, once', () => {
  const index = rekeyer();
  const line = report({ tier: 'origin', requestId: 'lost' });
  index.wait(line, T0 + 5000);
  expect([...index.take(T0 + 4999)]).toEqual([]);
  expect([...index.take(T0 + 5000)]).toEqual([{ report: line, sid: '' }]);
  expect([...index.take(T0 + 9000)]).toEqual([]);
});

test('another device, another URL or another time is no proof', () => {
  const index = rekeyer();
  index.learn(report({ tier: 'player', client: device, path: '/x' }), 'sid-1', T0);
  expect(index.resolve(report({ client: { ...device, deviceKey: 'd2' }, path: '/x' }))).toBe('');
  expect(index.resolve(report({ client: device, path: '/y' }))).toBe('');
  expect(index.resolve(report({ client: device, path: '/x', at: -120_000 }))).toBe('');
});

test('has a bound, and says when it was hit', () => {
  const index = rekeyer();
  for (let i = 0; i < 12; i++) index.wait(report({ tier: 'origin', requestId: `r${i}` }), T0);
  expect(index.waiting).toBe(10);
  expect(index.overflowed).toBe(2);
});
