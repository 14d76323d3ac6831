import { before, crawling, cutOff, dry, rows } from './verdict-rows.ts';
import { evidenceOf, fetched, healthy, incident, stall } from './wire.ts';

rows('network', [
  [
    'an old fault that was over does not explain a later collapse',
    incident('quality_collapse', 30_000, 50_000),
    evidenceOf([
      ...healthy(0, 10_000),
      ...[10_000, 13_000, 16_000].map((at) => cutOff(at)),
      ...healthy(19_000, 24_000),
      fetched({ at: 24_000, tookMs: 1_500, isLost: true, bytes: 10_000 }),
      ...healthy(25_500, 32_000, { kbps: 300, bytes: 75_000 }),
    ]),
    0.6,
  ],
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
      ...healthy(12_000, 20_000, { kbps: 1_800, bytes: 450_000, tookMs: 900 }),
    ]),
    0.5,
    0.7,
  ],
  [
    'a collapse after segments that were given up',
    incident('quality_collapse', 20_000, 40_000),
    evidenceOf([
      ...healthy(0, 8_000, { kbps: 4_000, bytes: 1_000_000 }),
      crawling(8_000, 2_000, { isLost: true, kbps: 4_000 }),
      ...healthy(10_000, 20_000, { kbps: 600, bytes: 150_000 }),
    ]),
    0.75,
  ],
]);

rows('abr', [
  ...[
    ['video asked for so much that audio came late', { bodyBytes: 2_000_000 }],
    ['the same, of a log that counts headers and body together', { bodyBytes: Number.NaN, totalBytes: 2_000_000 }],
  ].map(([name, bytes]): Parameters<typeof rows>[1][number] => [
    name as string,
    dry,
    evidenceOf([
      ...healthy(0, 8_000),
      ...[8_000, 14_000].flatMap((at) => [
        fetched({ at, tookMs: 5_900, kbps: 8_000, player: null, edge: { ttfbMs: 3, ...(bytes as object) } }),
        fetched({
          at: at + 10,
          tookMs: 5_800,
          type: 'audio',
          kbps: 64,
          bytes: 16_000,
          player: null,
          edge: { ttfbMs: 3 },
        }),
      ]),
    ]),
    0.7,
  ]),
  [
    'a player that names no rendition asked for a large one',
    dry,
    evidenceOf([
      ...before,
      ...[8_000, 12_000, 16_000].map((at) =>
        fetched({ at, tookMs: 3_900, kbps: Number.NaN, bytes: 1_000_000, player: null, edge: { ttfbMs: 3 } }),
      ),
    ]),
    0.7,
  ],
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
    'a line faster than the rendition, and a player that waited for it all the same',
    dry,
    evidenceOf([
      ...before,
      fetched({ at: 15_800, tookMs: 3_900, kbps: 3_000, bytes: 1_500_000, player: null, edge: { ttfbMs: 3 } }),
    ]),
    0.5,
  ],
  [
    'a collapse nothing asked for',
    incident('quality_collapse', 20_000, 40_000),
    evidenceOf([...healthy(0, 12_000, { kbps: 2_000 }), ...healthy(12_000, 20_000, { kbps: 300, bytes: 75_000 })]),
    0.75,
    0.85,
  ],
  [
    'a collapse to a rendition far below what came through',
    incident('quality_collapse', 20_000, 40_000),
    evidenceOf([
      ...healthy(0, 12_000, { kbps: 4_000, bytes: 1_000_000, tookMs: 1_900 }),
      ...healthy(12_000, 20_000, { kbps: 300, bytes: 75_000 }),
    ]),
    0.75,
  ],
]);
