import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClockOffset } from '../../collector/correlate/join/clock-offset.ts';
import type { Group } from '../../collector/correlate/join/request-group.ts';
import { joinRequests } from '../../collector/correlate/join/request-join.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { report } from './support.ts';

function join(
  player: RequestReport[],
  edge: RequestReport[],
  origin: RequestReport[] = [],
  shield: RequestReport[] = [],
) {
  return joinRequests({ player, edge, shield, origin }, new ClockOffset());
}

const methodOf = (groups: Group[], edge: RequestReport) => groups.find((group) => group.edge === edge)?.edgeMethod;
const playerOf = (groups: Group[], edge: RequestReport) => groups.find((group) => group.edge === edge)?.player;

const rr = (fields: Parameters<typeof report>[0]) =>
  report({ tier: 'player', ...fields, cmcd: { event: 'rr', ...fields.cmcd } });

for (const [name, player, edge, method] of [
  [
    'traceparent',
    report({ tier: 'player', at: 0, traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), path: '/1' }),
    report({ at: 900_000, traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), path: '/1' }),
    'traceparent',
  ],
  [
    'the nonce in the URL',
    rr({ at: 0, rid: '0123456789abcdef' }),
    report({ at: 3, rid: '0123456789abcdef' }),
    'request_id',
  ],
  [
    'the id the CDN put into Server-Timing',
    report({ tier: 'player', requestId: 'x-1', path: '/p' }),
    report({ requestId: 'x-1', path: '/q' }),
    'request_id',
  ],
  [
    'the CMCD counter in both URLs',
    report({ tier: 'player', cmcd: { sn: 12 } }),
    report({ at: 3, host: 'b.test', cmcd: { sn: 12 } }),
    'sid+url+order',
  ],
  ['the URL within the session', rr({ at: 0 }), report({ at: 3 }), 'sid+url+order'],
  ['the path when the log has another host', rr({ at: 0, host: 'cdn.test' }), report({ at: 3 }), 'sid+time'],
] as const) {
  test(`joins by ${name}`, () => {
    const groups = join([player], [edge]);
    expect(groups).toHaveLength(1);
    expect(methodOf(groups, edge)).toBe(method);
  });
}

test('an rr event counter is not the request counter', () => {
  const wrong = report({ at: 0, path: '/other', cmcd: { sn: 5 } });
  const groups = join([rr({ at: 0, path: '/x', cmcd: { sn: 5 } })], [wrong]);
  expect(playerOf(groups, wrong)).toBeNull();
});

test('a success is never joined to the 503 it replaced', () => {
  const failed = report({ at: 0, status: 503 });
  const retried = report({ at: 600, status: 200 });
  const player = rr({ at: 2, durationMs: 640, status: 200 });
  expect(playerOf(join([player], [failed, retried]), retried)).toBe(player);
});

test('repeated fetches of one URL keep their order when the player reports only some', () => {
  const edges = [0, 10_000, 20_000].map((at) => report({ at, objectType: 'manifest', path: '/live.m3u8' }));
  const second = rr({ at: 9_998, path: '/live.m3u8' });
  const anchor = rr({ at: 100, path: '/anchor' });
  const groups = join([second, anchor], [...edges, report({ at: 103, path: '/anchor' })]);
  expect(playerOf(groups, edges[1] as RequestReport)).toBe(second);
});

test('a preflight is no partner', () => {
  const preflight = report({ at: 0, method: 'OPTIONS' });
  expect(playerOf(join([rr({ at: 0 })], [preflight]), preflight)).toBeNull();
});

test('origin lines hang under the edge line that carried their id, else under the same counter, else inside its time', () => {
  const byId = report({ at: 0, path: '/1', requestId: 'e1', durationMs: 50 });
  const byCounter = report({ at: 100, path: '/2', cmcd: { sn: 4 }, durationMs: 50 });
  const byTime = report({ at: 200, path: '/3', cacheStatus: 'miss', durationMs: 50 });
  const hit = report({ at: 300, path: '/4', cacheStatus: 'hit', durationMs: 50 });
  const origins = [
    report({ tier: 'origin', at: 5, path: '/1', parentRequestId: 'e1' }),
    report({ tier: 'origin', at: 105, path: '/2', cmcd: { sn: 4 } }),
    report({ tier: 'origin', at: 205, path: '/3' }),
    report({ tier: 'origin', at: 305, path: '/4' }),
  ];
  const groups = join([], [byId, byCounter, byTime, hit], origins);
  expect(
    [byId, byCounter, byTime, hit].map((edge) => groups.find((group) => group.edge === edge)?.originMethod),
  ).toEqual(['request_id', 'sid+url+order', 'sid+time', '']);
  expect(groups).toHaveLength(5);
});

test.each([
  ['names another request as the one it served', { requestId: 'e2' }, { parentRequestId: 'e1', emitter: 'origin-a' }],
  ['carries another id in the log that writes both tiers', { requestId: 'e2' }, { requestId: 'e1' }],
])('an upper half is not joined by time when it %s', (_, lower, upper) => {
  const edge = report({ emitter: 'cdn-a', cacheStatus: 'miss', durationMs: 50, ...lower });
  const shield = report({ tier: 'shield', emitter: 'cdn-a', at: 5, ...upper });
  expect(join([], [edge], [], [shield])).toMatchObject([{ edge, shield: null }, { shield }]);
});

test('a shield with an id is not joined by time to the edge of another CDN with one', () => {
  const edge = report({ emitter: 'cdn-b', requestId: 'e1', cacheStatus: 'miss', durationMs: 50 });
  const shield = report({ tier: 'shield', emitter: 'cdn-a', requestId: 's1', at: 5 });
  expect(join([], [edge], [], [shield])).toHaveLength(2);
});

test("the shield of one CDN is not joined to another CDN's edge", () => {
  const own = report({ emitter: 'cdn-a', path: '/1' });
  const other = report({ emitter: 'cdn-b', path: '/2', cacheStatus: 'miss', durationMs: 50 });
  const shield = report({ tier: 'shield', emitter: 'cdn-a', path: '/2', at: 5 });
  expect(join([], [own, other], [], [shield])).toHaveLength(3);
});

test('a shield whose edge has no ids is joined by time', () => {
  const edge = report({ cacheStatus: 'miss', durationMs: 50 });
  const shield = report({ tier: 'shield', at: 5, requestId: 's1' });
  expect(join([], [edge], [], [shield])).toMatchObject([{ edge, shield, shieldMethod: 'sid+time' }]);
});

test('shield and origin stack on one edge line', () => {
  const edge = report({ requestId: 'e1', cacheStatus: 'miss' });
  const shield = report({ tier: 'shield', requestId: 's1', parentRequestId: 'e1', at: 2 });
  const origin = report({ tier: 'origin', parentRequestId: 's1', at: 4 });
  expect(join([], [edge], [origin], [shield])).toMatchObject([{ edge, shield, origin }]);
});

test('what a player and an origin tell is one request when the line of the edge between them was lost', () => {
  const player = rr({ at: 0, path: '/1', durationMs: 900 });
  const origin = report({ tier: 'origin', at: 100, path: '/1', durationMs: 700, parentRequestId: 'lost' });
  expect(join([player], [], [origin])).toMatchObject([{ player, origin, originMethod: 'sid+time' }]);
});

test('a shield comes with the origin under it', () => {
  const player = rr({ at: 0, path: '/1', durationMs: 900 });
  const shield = report({ tier: 'shield', at: 100, path: '/1', requestId: 's1', durationMs: 800 });
  const origin = report({ tier: 'origin', at: 110, path: '/1', parentRequestId: 's1', durationMs: 700 });
  const methods = { shieldMethod: 'sid+time', originMethod: 'request_id' };
  expect(join([player], [], [origin], [shield])).toMatchObject([{ player, shield, origin, ...methods }]);
});

test.each([
  ['two tries of the player fit', [{ at: 0 }, { at: 1_000 }], { at: 500 }],
  ['it answered something else', [{ at: 0, status: 200 }], { at: 5, status: 503 }],
  ['it answered at another time', [{ at: 0 }], { at: 9_000 }],
])('nothing is joined across a lost edge when %s', (_, tries, above) => {
  const players = tries.map((fields) => rr({ path: '/1', ...fields }));
  expect(join(players, [], [report({ tier: 'origin', path: '/1', ...above })])).toHaveLength(tries.length + 1);
});

test('every half ends in exactly one group, in whatever order the halves come', () => {
  const half = fc.record({
    at: fc.integer({ min: 0, max: 5000 }),
    path: fc.constantFrom('/1', '/2'),
    status: fc.constantFrom(200, 503),
  });
  const halves = fc.array(half, { maxLength: 12 });
  fc.assert(
    fc.property(halves, halves, fc.integer(), (players, edges, seed) => {
      const player = players.map((fields) => rr(fields));
      const edge = edges.map((fields) => report(fields));
      const tidy = describe(join(player, edge));
      const shuffled = describe(join(shuffle(player, seed), shuffle(edge, seed + 1)));
      expect(shuffled).toEqual(tidy);
      expect(tidy.flat().filter((uid) => uid !== 0)).toHaveLength(players.length + edges.length);
    }),
    { seed: 1 },
  );
});

function describe(groups: Group[]): [number, number][] {
  return groups
    .map((group): [number, number] => [group.player?.uidLow ?? 0, group.edge?.uidLow ?? 0])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

function shuffle<T>(items: readonly T[], seed: number): T[] {
  return items
    .map((item, at) => ({ item, key: Math.imul(at + 1, (seed * 2 + 1) | 0) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
