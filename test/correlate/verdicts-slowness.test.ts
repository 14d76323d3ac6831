import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import { report } from './support.ts';
import { before, dry, rows } from './verdict-rows.ts';
import { evidenceOf, fetched, healthy, stall } from './wire.ts';

const slowMiss = (at: number, originTtfbMs: number, tookMs: number) =>
  fetched({
    at,
    tookMs,
    cache: 'miss',
    player: null,
    edge: { ttfbMs: originTtfbMs + 20, upstreamTtfbMs: originTtfbMs, upstreamDurationMs: originTtfbMs + 50 },
  });
/** A shield had the object and took all of the time to hand it over. */
function throughShield(request: JoinedRequest): JoinedRequest {
  const half = report({ tier: 'shield', emitter: 'edge-a', cacheStatus: 'hit', ttfbMs: 1, durationMs: 2_800 });
  return { ...request, shield: { report: half, joinMethod: 'request_id', joinConfidence: 1 } };
}

rows('origin_slow', [
  [
    'a flag of a buffer that ran dry before the segment came that filled it',
    stall(8_000, 20_000, { precision: 'flag', stalledMs: 0 }),
    evidenceOf([...before, slowMiss(8_000, 11_000, 11_800)]),
    0.85,
  ],
  [
    'a miss waited and nobody says for whom: most likely the origin',
    dry,
    evidenceOf(
      [
        ...healthy(0, 8_000, { cache: 'miss' }),
        ...[8_000, 14_000].map((at) =>
          fetched({ at, tookMs: 5_900, cache: 'miss', player: null, edge: { ttfbMs: 5_700 } }),
        ),
      ],
      {},
    ),
    0.6,
    0.7,
  ],
  [
    'a hit that waited for somebody else to fill the cache',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 14_000].map((at) =>
        fetched({ at, tookMs: 5_900, player: null, edge: { ttfbMs: 5_700, cacheStatusRaw: 'HIT-WAIT' } }),
      ),
    ]),
    0.6,
    0.7,
  ],
  [
    'the first byte of misses comes late',
    dry,
    evidenceOf([...before, slowMiss(8_000, 5_000, 5_300), slowMiss(13_300, 6_000, 6_200)]),
    0.85,
  ],
  [
    "the origin's own line says so",
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 14_000].map((at) =>
        fetched({
          at,
          tookMs: 5_900,
          cache: 'miss',
          player: null,
          edge: { ttfbMs: 5_700 },
          origin: { ttfbMs: 5_600, durationMs: 5_800 },
        }),
      ),
    ]),
    0.9,
  ],
  [
    'its body would not carry the lowest rendition',
    dry,
    evidenceOf([
      ...before,
      fetched({
        at: 8_000,
        tookMs: 11_900,
        bytes: 240_000,
        cache: 'miss',
        player: null,
        edge: { upstreamTtfbMs: 2, upstreamDurationMs: 11_890 },
      }),
    ]),
    0.7,
  ],
]);

rows('cache_miss', [
  [
    'the shield had it, and yet its body took as long as the edge took to send it',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 11_000, 14_000].map((at) =>
        throughShield(fetched({ at, tookMs: 2_900, cache: 'miss', player: null, edge: { ttfbMs: 30 } })),
      ),
    ]),
    0.7,
  ],
  [
    'what was in cache before is not now, and the origin is not heard',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 10_900, 13_800, 16_700].map((at) =>
        fetched({ at, tookMs: 2_900, cache: 'miss', player: null, edge: { ttfbMs: 2_700 } }),
      ),
    ]),
    0.65,
    0.8,
  ],
  [
    'a shield had it',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 10_900, 13_800, 16_700].map((at) => ({
        ...fetched({ at, tookMs: 2_900, cache: 'miss', player: null, edge: { ttfbMs: 2_700 } }),
        shield: fetched({ at, tookMs: 40, edge: { ttfbMs: 5 } }).edge,
      })),
    ]),
    0.65,
  ],
  [
    'a burst of misses waits in the edge for a healthy origin',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 10_900, 13_800, 16_700].map((at) =>
        fetched({
          at,
          tookMs: 2_900,
          cache: 'miss',
          player: null,
          edge: { ttfbMs: 2_700 },
          origin: { ttfbMs: 60, durationMs: 90 },
        }),
      ),
    ]),
    0.8,
  ],
  [
    'misses fill slowly, though faster than the lowest rendition',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 12_000, 16_000].map((at) =>
        fetched({
          at,
          tookMs: 3_900,
          cache: 'miss',
          player: null,
          edge: { ttfbMs: 60, upstreamTtfbMs: 50, upstreamDurationMs: 3_850 },
        }),
      ),
    ]),
    0.7,
  ],
  [
    'a single one is a guess',
    dry,
    evidenceOf([
      ...before,
      fetched({
        at: 8_000,
        tookMs: 11_900,
        cache: 'miss',
        player: null,
        edge: { ttfbMs: 11_000 },
        origin: { ttfbMs: 60, durationMs: 90 },
      }),
    ]),
    0.4,
    0.65,
  ],
]);

rows('edge_slow', [
  [
    'only the player saw it, and it waited for the first byte: a guess',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 12_000, 16_000].map((at) => fetched({ at, tookMs: 3_900, edge: null, player: { ttfbMs: 3_600 } })),
    ]),
    0.4,
    0.5,
  ],
  [
    'the first byte of hits comes late',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 12_000, 16_000].map((at) => fetched({ at, tookMs: 3_900, edge: { ttfbMs: 3_600 }, player: null })),
    ]),
    0.85,
  ],
  [
    'the edge logs no first byte, the player waited for it',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 12_000, 16_000].map((at) => fetched({ at, tookMs: 3_900, player: { ttfbMs: 3_600 } })),
    ]),
    0.6,
    0.8,
  ],
  [
    'hits and misses alike',
    dry,
    evidenceOf([
      ...before,
      fetched({ at: 8_000, tookMs: 4_900, edge: { ttfbMs: 4_600 }, player: null }),
      fetched({
        at: 13_000,
        tookMs: 6_900,
        cache: 'miss',
        player: null,
        edge: { ttfbMs: 6_600, upstreamTtfbMs: 40, upstreamDurationMs: 60 },
      }),
    ]),
    0.7,
  ],
]);
