import { describe, expect, test } from 'vitest';
import { DeliveryElsewhere } from '../../collector/correlate/incidents/delivery-elsewhere.ts';
import { RecentDelivery } from '../../collector/correlate/incidents/recent-delivery.ts';
import { decideVerdict } from '../../collector/correlate/incidents/verdicts.ts';
import type { Verdict } from '../../collector/model/incident.ts';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import { report, T0 } from './support.ts';
import { cutOff, dry } from './verdict-rows.ts';
import { evidenceOf, fetched, healthy, incident } from './wire.ts';

type Fields = Parameters<typeof report>[0];

/** The lines of other viewers of the CDN, by what each second from `fromMs` on had of them. */
function others(fromMs: number, toMs: number, each: readonly Fields[]): RecentDelivery {
  const memory = new RecentDelivery();
  for (let at = -120_000; at < fromMs; at += 1_000) memory.note(report({ at, emitter: 'edge-a', cacheStatus: 'hit' }));
  for (let at = fromMs; at < toMs; at += 1_000) {
    for (const fields of each) memory.note(report({ at, emitter: 'edge-a', ...fields }));
  }
  return memory;
}

const hit: Fields = { cacheStatus: 'hit', pop: 'FRA' };
const miss: Fields = { cacheStatus: 'miss', pop: 'FRA' };
const lateHit: Fields = { cacheStatus: 'hit', pop: 'FRA', ttfbMs: 3_000 };
const playlist: Fields = { cacheStatus: 'miss', objectType: 'manifest', bodyBytes: 400, pop: 'FRA' };
const latePlaylist: Fields = { ...playlist, durationMs: 4_000 };

/** Misses that crawl, of which no one above keeps a log and the edge no first byte. */
const crawl = (at: number): JoinedRequest =>
  fetched({ at, tookMs: 5_900, bytes: 300_000, cache: 'miss', player: null, edge: { pop: 'FRA' } });
const blind = [...healthy(0, 8_000, { cache: 'miss', player: null }), crawl(8_000), crawl(14_000)];
const refused = [8_000, 9_000, 11_000, 15_000].map((at) => cutOff(at, { player: null, edge: { pop: 'FRA' } }));

describe('what the others get names the cause', () => {
  for (const [name, memory, requests, verdict] of [
    ['nobody gets anything from cache any more', others(0, 30_000, [miss, playlist]), blind, 'cache_miss'],
    ['whatever is not in the cache comes late', others(0, 30_000, [hit, latePlaylist]), blind, 'origin_slow'],
    [
      'what the cache has comes late, too',
      others(0, 30_000, [lateHit]),
      [...blind.slice(0, 4), lateMiss(8_000)],
      'edge_slow',
    ],
    [
      'what the cache has not comes late, too, but at no other site',
      others(0, 30_000, [hit, latePlaylist, { ...playlist, pop: 'LHR' }]),
      [...blind.slice(0, 4), lateMiss(8_000)],
      'edge_slow',
    ],
    [
      'what the cache has not comes late at every site',
      others(0, 30_000, [hit, latePlaylist, { ...latePlaylist, pop: 'LHR' }]),
      [...blind.slice(0, 4), lateMiss(8_000)],
      'origin_slow',
    ],
    [
      'one site of three refuses',
      others(0, 30_000, sites([503, 200, 200])),
      [...blind.slice(0, 4), ...refused],
      'edge_error',
    ],
    ['all sites refuse', others(0, 30_000, sites([503, 503, 503])), [...blind.slice(0, 4), ...refused], 'origin_error'],
  ] as const satisfies readonly (readonly [string, RecentDelivery, readonly JoinedRequest[], Verdict])[]) {
    test(`${name}: ${verdict}`, () => {
      const elsewhere = new DeliveryElsewhere(memory, 'default', T0 + 25_000);
      const decision = decideVerdict(dry, evidenceOf(requests, { elsewhere }));
      expect(decision.verdict, decision.cause).toBe(verdict);
      expect(decision.confidence).toBeGreaterThanOrEqual(0.75);
    });
  }
});

test('a miss is no reason to wait while the cache holds what it held and the origin is quick', () => {
  const waiting = fetched({
    at: 8_000,
    tookMs: 11_900,
    cache: 'miss',
    player: null,
    edge: { pop: 'FRA', ttfbMs: 11_500 },
    origin: { ttfbMs: 20 },
  });
  const requests = [...healthy(0, 8_000), waiting];
  for (const [memory, verdict] of [
    [others(0, 30_000, [hit, hit, miss]), 'edge_slow'],
    [others(0, 30_000, [miss]), 'cache_miss'],
  ] as const) {
    const elsewhere = new DeliveryElsewhere(memory, 'default', T0 + 25_000);
    expect(decideVerdict(dry, evidenceOf(requests, { elsewhere })).verdict).toBe(verdict);
  }
});

test('a body that trickles into the edge while nobody gets anything from cache is no fault of an origin that began at once', () => {
  const trickling = fetched({
    at: 8_000,
    tookMs: 11_900,
    bytes: 100_000,
    cache: 'miss',
    player: null,
    edge: { pop: 'FRA', ttfbMs: 40 },
    origin: { ttfbMs: 20, durationMs: 11_800, bodyBytes: 100_000 },
  });
  for (const [memory, verdict] of [
    [others(0, 30_000, [miss]), 'cache_miss'],
    [others(0, 30_000, [hit]), 'origin_slow'],
  ] as const) {
    const elsewhere = new DeliveryElsewhere(memory, 'default', T0 + 25_000);
    expect(decideVerdict(dry, evidenceOf([...healthy(0, 8_000), trickling], { elsewhere })).verdict).toBe(verdict);
  }
});

test('misses of one viewer are no storm while the others get as much from cache as ever', () => {
  const slowMiss = (at: number) =>
    fetched({ at, tookMs: 3_900, bytes: 60_000, cache: 'miss', player: null, edge: { pop: 'FRA', ttfbMs: 40 } });
  const requests = [...healthy(0, 8_000), slowMiss(8_000), slowMiss(12_000)];
  for (const [memory, verdict] of [
    [others(0, 30_000, [miss]), 'cache_miss'],
    [others(0, 30_000, [hit]), 'network'],
  ] as const) {
    const elsewhere = new DeliveryElsewhere(memory, 'default', T0 + 25_000);
    expect(decideVerdict(dry, evidenceOf(requests, { elsewhere })).verdict).toBe(verdict);
  }
});

test('where a CDN loses lines, what the others got tells of a request that only its player saw', () => {
  const unlogged = (at: number, tookMs: number) => fetched({ at, tookMs, edge: null, bytes: 60_000 });
  const requests = [...healthy(0, 6_000), unlogged(6_000, 100), unlogged(8_000, 11_900)];
  for (const [memory, verdict] of [
    [others(0, 30_000, [hit, latePlaylist]), 'origin_slow'],
    [others(0, 30_000, [miss]), 'cache_miss'],
    [others(0, 30_000, [hit]), 'network'],
  ] as const) {
    const elsewhere = new DeliveryElsewhere(memory, 'default', T0 + 25_000);
    expect(decideVerdict(dry, evidenceOf(requests, { elsewhere })).verdict).toBe(verdict);
  }
});

test('of a playlist that only its player saw they tell, too, whatever small objects say of the line', () => {
  const small = (at: number) => fetched({ at, tookMs: 20, type: 'init', bytes: 800 });
  const unlogged = (at: number, tookMs: number, type: 'video' | 'manifest') =>
    fetched({ at, tookMs, type, edge: null });
  const requests = [small(0), small(100), unlogged(6_000, 100, 'video'), unlogged(8_000, 11_900, 'manifest')];
  const elsewhere = new DeliveryElsewhere(others(0, 30_000, [hit, latePlaylist]), 'default', T0 + 25_000);
  expect(decideVerdict(dry, evidenceOf(requests, { elsewhere })).verdict).toBe('origin_slow');
});

test('too few of them prove nothing', () => {
  const elsewhere = new DeliveryElsewhere(others(0, 5_000, [miss]), 'default', T0 + 25_000);
  expect(decideVerdict(dry, evidenceOf(blind, { elsewhere })).verdict).toBe('origin_slow');
});

test('a failover after errors is theirs, whatever the playlist did meanwhile', () => {
  const polls = [0, 2_000, 4_000].map((at) => fetched({ at, tookMs: 20, type: 'manifest', bytes: 400 }));
  const failover = incident('failover', 0, 9_000, {
    failover: {
      from: 'edge-a',
      to: 'edge-b',
      reason: '5xx',
      result: 'recovered',
      bitrateBeforeKbps: Number.NaN,
      bitrateAfterKbps: Number.NaN,
    },
  });
  const evidence = evidenceOf([...healthy(-8_000, 0), ...polls, cutOff(8_500)], {
    streamType: 'live',
    segmentMs: 2_000,
  });
  expect(decideVerdict(failover, evidence).verdict).toBe('edge_error');
});

function lateMiss(at: number): JoinedRequest {
  return fetched({ at, tookMs: 11_900, cache: 'miss', player: null, edge: { pop: 'FRA', ttfbMs: 11_500 } });
}

function sites(statuses: readonly number[]): Fields[] {
  return statuses.map((status, i) => ({ status, pop: ['FRA', 'LHR', 'CDG'][i] ?? '', cacheStatus: 'miss' }));
}
