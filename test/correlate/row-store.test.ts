import { expect, test } from 'vitest';
import { RowStore } from '../../collector/correlate/rows/row-store.ts';
import { CACHE_STATUSES, OBJECT_TYPES, PLAYER_STATES, STREAM_TYPES } from '../../collector/model/media.ts';
import { RequestReport } from '../../collector/model/request.ts';
import { report } from './support.ts';

test('gives back what was put in, for every field a later stage reads', () => {
  const rows = new RowStore();
  const put = report({
    at: 5,
    durationMs: 12.5,
    ttfbMs: 3,
    precisionMs: 1000,
    receivedMs: 99,
    status: 206,
    bodyBytes: 1,
    totalBytes: 2,
    upstreamTtfbMs: 4,
    upstreamDurationMs: 5,
    upstreamStatus: 503,
    method: 'HEAD',
    scheme: 'http',
    query: 'a=1',
    pop: 'FRA',
    requestId: 'r1',
    parentRequestId: 'p1',
    cacheStatusRaw: 'MISS',
    contentType: 'video/mp4',
    errorType: 'client_abort',
    isComplete: false,
    isGeneratedUpstream: true,
    rid: '0123456789abcdef',
    traceId: 't',
    parentSpanId: 's',
    spanId: 'own',
    sessionId: 'x',
    sessionJoin: 'request_id',
    cmcd: {
      sid: 'sid-1',
      cid: 'movie',
      sn: 3,
      version: 2,
      bitrateKbps: 800,
      topBitrateKbps: 900,
      lowestBitrateKbps: 100,
      playheadBitrateKbps: 700,
      bufferMs: 1,
      objectDurationMs: 2000,
      deadlineMs: 6,
      measuredKbps: 7,
      startDelayMs: 8,
      starvedMs: 9,
      liveLatencyMs: 10,
      isStarved: true,
      isStartup: true,
      isMalformed: true,
      isBackground: true,
      streamingFormat: 'h',
    },
  });
  const row = rows.append(put);
  const got = new RequestReport();
  rows.read(row, 'sid-1', got);
  expect(got).toEqual(put);
});

test('keeps every word of every closed set, and absence', () => {
  const rows = new RowStore();
  const got = new RequestReport();
  for (const objectType of OBJECT_TYPES) {
    for (const cacheStatus of CACHE_STATUSES) {
      const row = rows.append(report({ objectType, cacheStatus, scheme: 'https' }));
      rows.read(row, '', got);
      expect([got.objectType, got.cacheStatus, got.scheme]).toEqual([objectType, cacheStatus, 'https']);
    }
  }
  for (const state of ['', ...PLAYER_STATES] as const) {
    for (const streamType of STREAM_TYPES) {
      const row = rows.append(report({ cmcd: { state, streamType, version: 2 } }));
      rows.read(row, '', got);
      expect([got.cmcd.state, got.cmcd.streamType, got.cmcd.version]).toEqual([state, streamType, 2]);
    }
  }
  const empty = new RequestReport();
  empty.source = report({}).source;
  rows.read(rows.append(empty), '', got);
  expect(got).toEqual(empty);
});

test('uses rows again once they are freed by all who hold them', () => {
  const rows = new RowStore();
  const first = rows.append(report({}));
  rows.append(report({}));
  rows.hold(first);
  rows.free(first);
  expect(rows.size).toBe(2);
  rows.free(first);
  expect(rows.size).toBe(1);
  expect(rows.append(report({}))).toBe(first);
});
