import { rows } from './verdict-rows.ts';
import { evidenceOf, fetched, stall } from './wire.ts';

/** What nobody timed, or what was only just too late, is concluded from what is known beside it. */

/** Segments of the cache, quick. */
const hits = [0, 2_000, 4_000, 6_000].map((at) =>
  fetched({ at, tookMs: 200, bytes: 500_000, cache: 'hit', player: null, edge: { ttfbMs: 4 } }),
);
/** Misses of which no line above the edge tells. */
const blindMiss = (at: number, tookMs: number, more = {}) =>
  fetched({ at, tookMs, cache: 'miss', bytes: 70_000, player: null, origin: null, ...more });

rows('edge_slow', [
  [
    'a segment that came before it had played, and yet the player stood still until it did',
    stall(10_000, 10_400),
    evidenceOf([...hits, fetched({ at: 8_500, tookMs: 1_900, cache: 'hit', player: null, edge: { ttfbMs: 1_800 } })]),
    0.6,
  ],
]);

rows('origin_error', [
  [
    'no line above the edge, but the error took as long as a miss',
    stall(10_000, 14_000),
    evidenceOf([
      ...hits,
      blindMiss(7_000, 120, { edge: { ttfbMs: 90 } }),
      fetched({ at: 8_000, tookMs: 95, status: 503, cache: 'error', player: null, edge: { ttfbMs: 90 } }),
      fetched({ at: 10_000, tookMs: 95, status: 503, cache: 'error', player: null, edge: { ttfbMs: 92 } }),
    ]),
    0.5,
    0.75,
  ],
  [
    'nothing was missed on this CDN before, but the error took much longer than a hit',
    stall(10_000, 14_000),
    evidenceOf([
      ...hits,
      fetched({ at: 8_000, tookMs: 95, status: 503, cache: 'error', player: null, edge: { ttfbMs: 90 } }),
      fetched({ at: 10_000, tookMs: 95, status: 503, cache: 'error', player: null, edge: { ttfbMs: 92 } }),
    ]),
    0.5,
    0.75,
  ],
]);

rows('edge_error', [
  [
    'no line above the edge, but the error was as quick as a hit',
    stall(10_000, 14_000),
    evidenceOf([
      ...hits,
      blindMiss(7_000, 120, { edge: { ttfbMs: 90 } }),
      fetched({ at: 8_000, tookMs: 5, status: 503, cache: 'error', player: null, edge: { ttfbMs: 4 } }),
      fetched({ at: 10_000, tookMs: 5, status: 503, cache: 'error', player: null, edge: { ttfbMs: 5 } }),
    ]),
    0.6,
    0.9,
  ],
]);

rows('edge_slow', [
  [
    'what was in the cache had not left it byte for byte when the player gave up; no first byte is logged',
    stall(12_000, 16_000),
    evidenceOf([
      ...hits,
      fetched({ at: 8_000, tookMs: 7_000, isLost: true, bytes: 0, player: null, edge: { ttfbMs: Number.NaN } }),
    ]),
    0.5,
    0.75,
  ],
]);

rows('origin_slow', [
  [
    'a miss that nobody timed, on a line that carries hits well',
    stall(12_000, 14_000),
    evidenceOf([...hits, blindMiss(8_000, 6_000, { edge: { ttfbMs: Number.NaN } })]),
    0.5,
    0.75,
  ],
]);
