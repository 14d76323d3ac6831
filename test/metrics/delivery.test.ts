import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../collector/metrics/index.ts';
import type { RequestReport } from '../../collector/model/request.ts';
import { series } from './exposition.ts';
import { joined, report, SESSION, source, T0 } from './facts.ts';

type Facts = Partial<Omit<RequestReport, 'kind' | 'cmcd' | 'clear'>>;

const SHIELD = source({ tier: 'shield', emitter: 'shield-1' });
const ORIGIN = source({ tier: 'origin', emitter: 'origin-1' });
const PLAYER = source({ tier: 'player', emitter: 'player' });
const TENTH = source({ emitter: 'edge-t', sampleRate: 0.1 });

function delivered(facts: Facts) {
  const metrics = createMetrics();
  metrics.delivery(report(facts));
  return metrics;
}

describe('requests', () => {
  test.each([
    ['a hit', {}, 'edge-a edge SCL1 video 2xx hit'],
    ['no cache column', { cacheStatus: '' }, 'edge-a edge SCL1 video 2xx none'],
    ['no site code', { pop: '' }, 'edge-a edge none video 2xx hit'],
    ['an origin line', { source: ORIGIN, cacheStatus: '', pop: '' }, 'origin-1 origin none video 2xx none'],
    ['a redirect', { status: 302 }, 'edge-a edge SCL1 video 3xx hit'],
    ['a status nobody defined', { status: 999 }, 'edge-a edge SCL1 video other hit'],
    ['CloudFront 000', { status: Number.NaN }, 'edge-a edge SCL1 video abort hit'],
    ['Akamai 0', { status: 0 }, 'edge-a edge SCL1 video abort hit'],
    ['nginx 499', { status: 499 }, 'edge-a edge SCL1 video abort hit'],
  ] satisfies [string, Facts, string][])('%s', (_, facts, expected) => {
    expect(
      series(delivered(facts), 'playpath_requests_total', 'cdn', 'tier', 'pop', 'object_type', 'status_class', 'cache'),
    ).toEqual({ [expected]: 1 });
  });

  test('a player half is not one: the edge reports the same request', () => {
    const metrics = delivered({ source: PLAYER });
    for (const name of ['playpath_requests_total', 'playpath_response_bytes_total', 'playpath_event_lag_seconds_count'])
      expect(series(metrics, name)).toEqual({});
  });

  test('the site of one source is not taken for that of another', () => {
    const metrics = createMetrics();
    const other = source({ emitter: 'edge-b' });
    for (const [from, pop] of [
      [undefined, 'A'],
      [other, 'B'],
      [undefined, 'A'],
      [other, ''],
      [other, 'A'],
    ] as const)
      metrics.delivery(report(from ? { source: from, pop } : { pop }));
    expect(series(metrics, 'playpath_requests_total', 'cdn', 'pop')).toEqual({
      'edge-a A': 2,
      'edge-b B': 1,
      'edge-b none': 1,
      'edge-b A': 1,
    });
  });

  test('two sources with one index are told apart', () => {
    const metrics = createMetrics();
    metrics.delivery(report({ source: source({ index: 5, emitter: 'x' }) }));
    metrics.delivery(report({ source: source({ index: 5, emitter: 'y' }) }));
    expect(series(metrics, 'playpath_requests_total', 'cdn')).toEqual({ x: 1, y: 1 });
  });
});

describe('errors', () => {
  test.each([
    ['edge 500', { status: 500 }, 'edge-a edge 500 edge'],
    ['edge 502 made above', { status: 502, isGeneratedUpstream: true }, 'edge-a edge 502 origin'],
    ['shield 504', { source: SHIELD, status: 504 }, 'shield-1 shield 504 shield'],
    ['shield 504 made above', { source: SHIELD, status: 504, isGeneratedUpstream: true }, 'shield-1 shield 504 origin'],
    ['origin 503', { source: ORIGIN, status: 503 }, 'origin-1 origin 503 origin'],
    ['last 5xx', { status: 599 }, 'edge-a edge 599 edge'],
  ] satisfies [string, Facts, string][])('%s', (_, facts, expected) => {
    const metrics = delivered(facts);
    expect(series(metrics, 'playpath_request_errors_total', 'cdn', 'tier', 'status', 'generated_by')).toEqual({
      [expected]: 1,
    });
    expect(series(metrics, 'playpath_client_errors_total')).toEqual({});
  });

  test.each([200, 304, 400, 404, 499, 600, 0, Number.NaN])('status %d is not one', (status) => {
    expect(series(delivered({ status }), 'playpath_request_errors_total')).toEqual({});
  });

  test.each([
    [401, 'video', '', 'token'],
    [403, 'manifest', '', 'token'],
    [404, 'video', 'live', 'live_edge'],
    [404, 'manifest', 'live', 'not_found'],
    [404, 'video', 'vod', 'not_found'],
    [410, 'video', 'live', 'not_found'],
    [416, 'audio', '', 'range'],
    [429, 'video', '', 'rate_limit'],
    [400, 'video', '', 'other'],
  ] as const)('%d of %s %s is refused for reason %4$s', (status, objectType, streamType, reason) => {
    const metrics = createMetrics();
    const refused = report({ status, objectType });
    refused.cmcd.streamType = streamType;
    metrics.delivery(refused);
    expect(series(metrics, 'playpath_client_errors_total', 'reason')).toEqual({ [reason]: 1 });
  });

  test.each([499, 0, Number.NaN, 200, 302, 503])('status %d is no client error', (status) => {
    expect(series(delivered({ status }), 'playpath_client_errors_total')).toEqual({});
  });
});

describe('bytes', () => {
  test.each([
    ['body bytes', { bodyBytes: 700, totalBytes: 900 }, 700],
    ['what was on the wire, without body bytes', { bodyBytes: Number.NaN, totalBytes: 900 }, 900],
    ['an empty body is 0, not the headers', { bodyBytes: 0, totalBytes: 900 }, undefined],
    ['nothing known', { bodyBytes: Number.NaN, totalBytes: Number.NaN }, undefined],
  ] satisfies [string, Facts, number | undefined][])('%s', (_, facts, expected) => {
    const bytes = series(
      delivered(facts),
      'playpath_response_bytes_total',
      'cdn',
      'tier',
      'pop',
      'status_class',
      'cache',
    );
    expect(bytes['edge-a edge SCL1 2xx hit']).toBe(expected);
  });
});

describe('times', () => {
  test('first byte per tier and cache result', () => {
    const metrics = createMetrics();
    metrics.delivery(report({ ttfbMs: 20 }));
    metrics.delivery(report({ ttfbMs: 300, cacheStatus: 'miss' }));
    metrics.delivery(report({ source: ORIGIN, ttfbMs: 250, cacheStatus: '' }));
    metrics.delivery(report({ ttfbMs: Number.NaN }));
    const edge = report({ ttfbMs: Number.NaN });
    metrics.request(SESSION, joined({ player: report({ source: PLAYER, ttfbMs: 60 }), edge: half(edge) }));
    expect(series(metrics, 'playpath_ttfb_seconds_sum', 'cdn', 'tier', 'object_type', 'cache')).toEqual({
      'edge-a edge video hit': 0.02,
      'edge-a edge video miss': 0.3,
      'origin-1 origin video none': 0.25,
      'edge-a player video hit': 0.06,
    });
  });

  test('joining observes nothing of the edge again', () => {
    const metrics = createMetrics();
    const edge = report();
    metrics.delivery(edge);
    metrics.request(SESSION, joined({ edge: half(edge) }));
    expect(series(metrics, 'playpath_ttfb_seconds_count', 'tier')).toEqual({ edge: 1 });
    expect(series(metrics, 'playpath_requests_total')).toEqual({ '': 1 });
  });

  test.each([
    ['64 KiB in 50 ms', { bodyBytes: 65_536, ttfbMs: 20, durationMs: 70 }, 10_485_760],
    ['a byte less', { bodyBytes: 65_535, ttfbMs: 20, durationMs: 70 }, undefined],
    ['a moment less', { bodyBytes: 65_536, ttfbMs: 20, durationMs: 69.9 }, undefined],
    ['no first byte known', { ttfbMs: Number.NaN }, undefined],
    ['no duration known', { durationMs: Number.NaN }, undefined],
    ['last byte before the first', { ttfbMs: 500, durationMs: 400 }, undefined],
  ] satisfies [string, Facts, number | undefined][])('throughput of %s', (_, facts, expected) => {
    expect(series(delivered(facts), 'playpath_throughput_bits_per_second_sum', 'cdn', 'tier', 'object_type')).toEqual(
      expected === undefined ? {} : { 'edge-a edge video': expected },
    );
  });

  test.each([
    ['the player says it', 12_000, Number.NaN, 12e6],
    ['only the edge line carries it', Number.NaN, 8_000, 8e6],
    ['both: once', 12_000, 8_000, 12e6],
    ['nobody', Number.NaN, Number.NaN, undefined],
  ])('throughput as the player estimates it: %s', (_, playerKbps, edgeKbps, expected) => {
    const metrics = createMetrics();
    const [player, edge] = [report({ source: PLAYER }), report()];
    player.cmcd.measuredKbps = playerKbps;
    edge.cmcd.measuredKbps = edgeKbps;
    metrics.request(SESSION, joined({ player, edge: half(edge) }));
    expect(series(metrics, 'playpath_player_throughput_bits_per_second_sum')).toEqual(
      expected === undefined ? {} : { '': expected },
    );
  });

  test.each([
    ['end of the exchange to arrival', {}, 1.58],
    ['from the begin without a duration', { durationMs: Number.NaN }, 2],
    ['a log clock ahead of ours', { startMs: T0 + 60_000 }, undefined],
  ] satisfies [string, Facts, number | undefined][])('lag: %s', (_, facts, expected) => {
    const metrics = delivered(facts);
    expect(series(metrics, 'playpath_event_lag_seconds_count')).toEqual({ '': 1 });
    expect(series(metrics, 'playpath_event_lag_seconds_sum')['']).toBe(expected);
  });
});

test('a line of a sampled source stands for as many as were left out', () => {
  const metrics = delivered({ source: TENTH, status: 503 });
  expect(series(metrics, 'playpath_requests_total')).toEqual({ '': 10 });
  expect(series(metrics, 'playpath_request_errors_total')).toEqual({ '': 10 });
  expect(series(metrics, 'playpath_response_bytes_total')).toEqual({ '': 10_000_000 });
  expect(series(metrics, 'playpath_ttfb_seconds_count')).toEqual({ '': 10 });
  expect(series(metrics, 'playpath_ttfb_seconds_sum')).toEqual({ '': 0.2 });
});

test('joins are counted per method and half; an outermost half is none', () => {
  const metrics = createMetrics();
  metrics.request(
    SESSION,
    joined({
      edge: half(report()),
      shield: { report: report({ source: SHIELD }), joinMethod: 'request_id', joinConfidence: 1 },
      origin: { report: report({ source: ORIGIN }), joinMethod: 'sid+time', joinConfidence: 0.5 },
    }),
  );
  metrics.unjoined(report({ source: ORIGIN }));
  expect(series(metrics, 'playpath_joins_total', 'method')).toEqual({ request_id: 1, 'sid+time': 1 });
  expect(series(metrics, 'playpath_unjoined_total', 'cdn', 'tier')).toEqual({ 'origin-1 origin': 1 });
});

test('what a source sends is counted by its name', () => {
  const metrics = createMetrics();
  const log = source({ name: 'edge-log' });
  metrics.receive(log);
  metrics.receive(log);
  metrics.reject(log.name, 'bad_time', 1);
  metrics.duplicate(log);
  metrics.late(log);
  expect(series(metrics, 'playpath_received_total', 'source')).toEqual({ 'edge-log': 2 });
  expect(series(metrics, 'playpath_rejected_total', 'source', 'reason')).toEqual({ 'edge-log bad_time': 1 });
  expect(series(metrics, 'playpath_duplicates_total', 'source')).toEqual({ 'edge-log': 1 });
  expect(series(metrics, 'playpath_late_records_total', 'source')).toEqual({ 'edge-log': 1 });
});

function half(one: RequestReport) {
  return { report: one, joinMethod: '', joinConfidence: 0 } as const;
}
