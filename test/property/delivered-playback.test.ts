import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sentenceFor } from '../../collector/correlate/incidents/incident-sentence.ts';
import { decideVerdict } from '../../collector/correlate/incidents/verdicts.ts';
import { ServerPlayback } from '../../collector/correlate/server/server-playback.ts';
import { INCIDENT_KINDS, VERDICTS } from '../../collector/model/incident.ts';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import { CACHE_STATUSES, OBJECT_TYPES, PLAYER_STATES } from '../../collector/model/media.ts';
import { PlaybackLog, playerEvent } from '../correlate/playback-log.ts';
import { T0 } from '../correlate/support.ts';
import { evidenceOf, fetched, incident } from '../correlate/wire.ts';

const RUNS = { numRuns: 1_500, seed: 20261121 };
const ms = fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(Number.NaN, 0, -5, Number.POSITIVE_INFINITY));
const half = fc.option(
  fc.record({
    ttfbMs: ms,
    durationMs: ms,
    upstreamTtfbMs: ms,
    upstreamDurationMs: ms,
    upstreamStatus: fc.constantFrom(200, 503, Number.NaN),
    bodyBytes: fc.oneof(fc.nat(5_000_000), fc.constant(Number.NaN)),
    cacheStatus: fc.constantFrom(...CACHE_STATUSES),
    isComplete: fc.boolean(),
    errorType: fc.constantFrom('', 'timeout', 'client_abort', 'origin_connect'),
  }),
);

/** Any request any set of parties may report, broken ones included. */
const requests: fc.Arbitrary<JoinedRequest> = fc
  .record({
    at: fc.integer({ min: -30_000, max: 60_000 }),
    tookMs: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(Number.NaN, -100)),
    type: fc.constantFrom(...OBJECT_TYPES),
    status: fc.constantFrom(200, 206, 304, 403, 404, 429, 499, 500, 503, 504, Number.NaN),
    cdn: fc.constantFrom('edge-a', 'edge-b', ''),
    path: fc.constantFrom(
      '/v/index.m3u8',
      '/v1/seg_7.m4s',
      '/v2/seg_8.m4s',
      '/v/seg_90.m4s',
      '/a9f0c1.ts',
      '/x.mp4',
      '',
    ),
    player: half,
    edge: half,
    origin: half,
    cmcd: fc.record({
      state: fc.constantFrom('' as const, ...PLAYER_STATES),
      bufferMs: ms,
      bitrateKbps: fc.constantFrom(300, 2_000, Number.NaN, -1),
      objectDurationMs: fc.constantFrom(2_000, 4_000, 0, Number.NaN),
      isStarved: fc.boolean(),
      starvedMs: ms,
      startDelayMs: ms,
    }),
  })
  .map(({ cmcd, ...fetch }) => {
    const request = fetched(fetch);
    for (const report of [request.player, request.edge?.report]) if (report) Object.assign(report.cmcd, cmcd);
    return request;
  });

test('whatever is delivered, nothing is negative, infinite or not a number', () => {
  fc.assert(
    fc.property(fc.array(requests, { maxLength: 40 }), (all) => {
      const log = new PlaybackLog();
      const server = new ServerPlayback(log);
      for (const request of all) server.step(request);
      server.finish(T0 + 90_000);
      const { startupMs, ...qoe } = server.qoe;
      expect(Object.entries(qoe).filter(([, value]) => !(value >= -1e-9 && Number.isFinite(value)))).toEqual([]);
      expect(Number.isNaN(startupMs) || (startupMs >= 0 && Number.isFinite(startupMs))).toBe(true);
      for (const { beginMs, endMs, stalledMs } of log.stalls) {
        expect(endMs).toBeGreaterThanOrEqual(beginMs);
        expect(stalledMs).toBeGreaterThanOrEqual(0);
      }
    }),
    RUNS,
  );
});

test('every incident gets one verdict of the closed set, and words a person can read', () => {
  const drafts = fc.record({
    kind: fc.constantFrom(...INCIDENT_KINDS),
    beginMs: fc.integer({ min: 0, max: 40_000 }),
    lengthMs: fc.nat(20_000),
    stallKind: fc.constantFrom('connection' as const, 'seek' as const),
    precision: fc.constantFrom('exact' as const, 'inferred' as const, 'flag' as const),
    isInAd: fc.boolean(),
  });
  const codes = fc.array(fc.constantFrom('fragLoadError', '27', '3016', 'keyLoadError', '', 'bufferAppendError'), {
    maxLength: 2,
  });
  fc.assert(
    fc.property(
      fc.array(requests, { maxLength: 25 }),
      drafts,
      codes,
      fc.boolean(),
      (all, made, errorCodes, isMoved) => {
        const { kind, beginMs, lengthMs, ...more } = made;
        const move = { from: 'edge-a', to: 'edge-b', reason: '5xx', result: 'recovered' } as const;
        const failover = { ...move, bitrateBeforeKbps: Number.NaN, bitrateAfterKbps: Number.NaN };
        const draft = incident(kind, beginMs, beginMs + lengthMs, {
          ...more,
          ...(kind === 'failover' ? { failover } : {}),
        });
        const decision = decideVerdict(
          draft,
          evidenceOf(all, {
            errors: errorCodes.map((errorCode) => playerEvent(beginMs, 'error', { isFatal: true, errorCode })),
            switches: isMoved ? [{ from: 'edge-a', to: 'edge-b', atMs: T0 + beginMs, reason: '5xx' }] : [],
            streamType: isMoved ? 'live' : '',
          }),
        );
        expect(VERDICTS).toContain(decision.verdict);
        expect(decision.confidence >= 0 && decision.confidence <= 1).toBe(true);
        const ids = new Set(all.map(({ spanId }) => spanId));
        expect(decision.evidence.every((id) => ids.has(id))).toBe(true);
        expect(sentenceFor(draft, decision)).not.toMatch(/NaN|Infinity|undefined|null|\[object/);
      },
    ),
    RUNS,
  );
});
