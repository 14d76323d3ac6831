import { expect, test } from 'vitest';
import { CdnSwitches } from '../../collector/correlate/incidents/cdn-switches.ts';
import { badSign } from '../../collector/correlate/join/request-signs.ts';
import { edgeRequest, T0 } from './support.ts';

const a = (at: number, fields = {}) => edgeRequest({ at, cdn: 'cdn-a', host: 'a.test', ...fields });
const b = (at: number, fields = {}) => edgeRequest({ at, cdn: 'cdn-b', host: 'b.test', ...fields });

function failovers(requests: ReturnType<typeof a>[], nowMs = Number.POSITIVE_INFINITY) {
  const switches = new CdnSwitches();
  const changes = requests
    .map((request) => switches.step(request, badSign(request), request.objectType === 'audio'))
    .filter((change) => change !== null);
  return { switches, changes, found: [...switches.settle(nowMs)] };
}

test('a 503 before the switch makes it a failover, from the first bad sign to the first good byte', () => {
  const { changes, found } = failovers([
    a(0),
    a(8000, { status: 503 }),
    a(8500, { status: 503 }),
    b(8700, { ttfbMs: 4 }),
  ]);
  expect(changes).toMatchObject([{ from: 'cdn-a', to: 'cdn-b', reason: '5xx', atMs: T0 + 8700 }]);
  expect(found).toMatchObject([
    { from: 'cdn-a', to: 'cdn-b', reason: '5xx', result: 'recovered', beginMs: T0 + 8000, endMs: T0 + 8704 },
  ]);
});

for (const [name, last, reason] of [
  [
    'an object given up after its play time',
    { durationMs: 5000, isComplete: false, errorType: 'client_abort', cmcd: { objectDurationMs: 2000 } },
    'timeout',
  ],
  ['no answer at all', { status: Number.NaN, isComplete: false, errorType: 'timeout' }, 'timeout'],
  ['a refused token', { status: 403 }, 'unknown'],
] as const) {
  test(`${name} explains a switch as ${reason}`, () => {
    expect(failovers([a(0), a(4000, last), b(10_000)]).found).toMatchObject([{ reason }]);
  });
}

test('an object that came late, but before it was needed, drives nobody away', () => {
  const late = a(4000, { durationMs: 5000, cmcd: { objectDurationMs: 2000 } });
  const { changes, found } = failovers([a(0), late, b(10_000)]);
  expect(found).toEqual([]);
  expect(changes).toMatchObject([{ reason: 'steering' }]);
});

test('an error is there when its request ends: what timed out long ago began longer ago', () => {
  const timeout = a(1000, { status: Number.NaN, isComplete: false, errorType: 'timeout', durationMs: 10_000 });
  const healthy = [12_000, 16_000, 20_000, 24_000].map((at) => a(at));
  expect(failovers([a(0), timeout, ...healthy, b(40_000)]).found).toMatchObject([
    { reason: 'timeout', beginMs: T0 + 1000 },
  ]);
  expect(failovers([a(0), timeout, ...healthy, b(42_000)]).found).toEqual([]);
});

test('an early abort is the player changing its mind', () => {
  const abort = a(4000, {
    durationMs: 300,
    isComplete: false,
    errorType: 'client_abort',
    cmcd: { objectDurationMs: 2000 },
  });
  const { changes, found } = failovers([a(0), abort, b(6000)]);
  expect(found).toEqual([]);
  expect(changes).toMatchObject([{ reason: 'steering' }]);
});

test('a planned move is a switch: steering when the host changed, unknown when the player could not notice', () => {
  expect(failovers([a(0), b(2000)]).changes).toMatchObject([{ reason: 'steering' }]);
  expect(failovers([a(0), b(2000, { host: 'a.test' })]).changes).toMatchObject([{ reason: 'unknown' }]);
});

test('a playback is on the CDN of its latest pictures, and on none before the first', () => {
  expect(failovers([]).switches.current).toBe('');
  expect(failovers([a(0)]).switches.current).toBe('cdn-a');
  expect(failovers([a(0), b(2000)]).switches.current).toBe('cdn-b');
  expect(failovers([a(0), b(2000, { objectType: 'audio' })]).switches.current).toBe('cdn-a');
});

test('audio and video move one after the other and are one failover', () => {
  const audio = { objectType: 'audio' as const };
  const { changes, found } = failovers([a(0), a(1, audio), a(2000, { status: 503 }), b(2500), b(2600, audio)]);
  // What a viewer is on are the pictures.
  expect(changes).toMatchObject([{ atMs: T0 + 2500 }]);
  expect(found).toHaveLength(1);
});

test('going back later without a new sign is a switch, with one a failover of its own', () => {
  const { found } = failovers([
    a(0),
    a(1000, { status: 503 }),
    b(1500),
    a(100_000),
    a(101_000, { status: 503 }),
    b(101_500),
  ]);
  expect(found.map(({ from, beginMs }) => [from, beginMs - T0])).toEqual([
    ['cdn-a', 1000],
    ['cdn-a', 101_000],
  ]);
});

test('lines that date requests to a second move nobody until it is clear', () => {
  const coarse = { precisionMs: 1000 };
  // Two requests to B are dated before the last one to A, which they followed.
  const { changes, found } = failovers([
    a(0),
    a(1500, { status: 503 }),
    b(1700, coarse),
    b(2000, { ...coarse, status: 503 }),
    a(2300, { status: 503 }),
    b(3700, coarse),
    b(7700, coarse),
  ]);
  expect(changes).toMatchObject([{ from: 'cdn-a', to: 'cdn-b', atMs: T0 + 3700 }]);
  expect(found).toHaveLength(1);
});

test('a fatal error within a minute means the failover did not help', () => {
  const { switches, found } = failovers([a(0), a(1000, { status: 503 }), b(1500)], T0 + 10_000);
  expect(found).toEqual([]);
  switches.failed(T0 + 30_000);
  expect([...switches.settle(T0 + 31_000)]).toMatchObject([{ result: 'failed' }]);
});

test('a stall is a bad sign on the CDN of its time', () => {
  const switches = new CdnSwitches();
  switches.step(a(0), '', false);
  switches.stalled(T0 + 5000);
  expect(switches.step(b(9000), '', false)).toMatchObject({ reason: 'stall' });
});

test('a stall that is told when it is over explains the move that came meanwhile', () => {
  const switches = new CdnSwitches();
  for (const request of [a(0), b(9000, { ttfbMs: 4 })]) switches.step(request, '', false);
  switches.stalled(T0 + 5000);
  expect([...switches.settle(Number.POSITIVE_INFINITY)]).toMatchObject([
    { from: 'cdn-a', to: 'cdn-b', reason: 'stall', beginMs: T0 + 5000, endMs: T0 + 9004 },
  ]);
});

test('a move uses up the signs of the CDN it leaves: without a new one the next is no failover', () => {
  const { changes, found } = failovers([a(0), a(1000, { status: 503 }), b(1500), a(4000), b(8000)]);
  expect(changes.map(({ reason }) => reason)).toEqual(['5xx', 'steering', 'steering']);
  expect(found).toHaveLength(1);
});

test('a player that goes to and fro between errors moves every time, though the lines of one CDN date to a second', () => {
  const refused = { status: 503 };
  const coarse = { ...refused, precisionMs: 1000 };
  const { found } = failovers([
    a(0, { precisionMs: 1000 }),
    a(1000, coarse),
    a(2000, coarse),
    b(3160, refused),
    b(3840, refused),
    // Dated before the last request to B, and after it.
    a(5080, coarse),
    a(5090, coarse),
    b(5130, refused),
    a(7080, coarse),
    b(7560, refused),
    b(8240, refused),
  ]);
  expect(found.map(({ from, to }) => [from, to])).toEqual([
    ['cdn-a', 'cdn-b'],
    ['cdn-b', 'cdn-a'],
    ['cdn-a', 'cdn-b'],
  ]);
});

test('an error of which only the origin tells is a bad sign on the CDN the playback is on', () => {
  const unseen = { ...a(1000, { status: 503 }), cdn: '' };
  const { changes, found } = failovers([a(0), unseen, { ...a(1500), cdn: '' }, b(2000)]);
  expect(changes).toMatchObject([{ from: 'cdn-a', to: 'cdn-b', reason: '5xx' }]);
  expect(found).toHaveLength(1);
});

test('a host that goes by its own name until an edge line names its CDN has not moved', () => {
  const unnamed = { ...a(0), cdn: 'a.test' };
  expect(failovers([unnamed, a(2000), { ...a(4000), cdn: 'a.test' }, a(6000)]).changes).toEqual([]);
  expect(failovers([a(0), { ...b(2000), cdn: 'b.test' }]).changes).toMatchObject([{ from: 'cdn-a', to: 'b.test' }]);
});
