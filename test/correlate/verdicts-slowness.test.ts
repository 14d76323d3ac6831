import { before, crawling, dry, rows } from './verdict-rows.ts';
import { evidenceOf, fetched, healthy, incident, stall } from './wire.ts';

const slowMiss = (at: number, originTtfbMs: number, tookMs: number) =>
  fetched({
    at,
    tookMs,
    cache: 'miss',
    player: null,
    edge: { ttfbMs: originTtfbMs + 20, upstreamTtfbMs: originTtfbMs, upstreamDurationMs: originTtfbMs + 50 },
  });
rows('origin_slow', [
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

rows('network', [
  [
    'bytes travel below the lowest rendition',
    dry,
    evidenceOf([
      ...before,
      crawling(8_000, 5_900, { player: null, edge: { ttfbMs: 3 } }),
      crawling(14_000, 5_900, { player: null, edge: { ttfbMs: 3 } }),
    ]),
    0.8,
  ],
  [
    'the edge was done long before the player',
    dry,
    evidenceOf([
      ...before,
      crawling(8_000, 5_900, { edge: { durationMs: 40, ttfbMs: 3 } }),
      crawling(14_000, 5_900, { edge: { durationMs: 40, ttfbMs: 3 } }),
    ]),
    0.8,
  ],
  [
    'a rate-limited nginx: request time far above upstream time',
    dry,
    evidenceOf([
      ...before,
      crawling(8_000, 5_900, { player: null, cache: 'miss', edge: { upstreamTtfbMs: 1, upstreamDurationMs: 2 } }),
      crawling(14_000, 5_900, { player: null, cache: 'miss', edge: { upstreamTtfbMs: 1, upstreamDurationMs: 2 } }),
    ]),
    0.8,
  ],
  [
    'only the player saw it',
    dry,
    evidenceOf([...before, crawling(8_000, 11_900, { edge: null })].map((request) => ({ ...request, edge: null }))),
    0.4,
    0.55,
  ],
  [
    'the request never reached an edge',
    dry,
    evidenceOf([
      ...before,
      fetched({ at: 8_000, tookMs: 11_000, isLost: true, edge: null, player: { errorType: 'timeout' } }),
    ]),
    0.6,
    0.75,
  ],
  [
    'the object was given up for being slow',
    dry,
    evidenceOf([
      ...before,
      fetched({ at: 8_000, tookMs: 7_900, isLost: true, status: 200, bytes: 12_000 }),
      crawling(16_000, 3_900),
    ]),
    0.7,
  ],
  [
    'a flag is explained by what was in flight before it',
    stall(16_000, 20_000, { precision: 'flag', stalledMs: 0 }),
    evidenceOf([...before, crawling(8_000, 5_900), crawling(14_000, 5_900)]),
    0.7,
  ],
  [
    'a collapse with a line that had no reserve',
    incident('quality_collapse', 20_000, 40_000),
    evidenceOf([
      ...healthy(0, 12_000, { kbps: 4_000, bytes: 1_000_000, tookMs: 1_700 }),
      ...healthy(12_000, 20_000, { kbps: 600, bytes: 150_000, tookMs: 300 }),
    ]),
    0.5,
    0.7,
  ],
]);

rows('abr', [
  [
    'a lower rendition would have come in time',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 12_000, 16_000].map((at) =>
        fetched({ at, tookMs: 3_900, kbps: 2_000, bytes: 500_000, player: null, edge: { ttfbMs: 3 } }),
      ),
    ]),
    0.7,
  ],
  [
    'a collapse nothing asked for',
    incident('quality_collapse', 20_000, 40_000),
    evidenceOf([...healthy(0, 12_000, { kbps: 2_000 }), ...healthy(12_000, 20_000, { kbps: 300, bytes: 75_000 })]),
    0.5,
    0.7,
  ],
]);
