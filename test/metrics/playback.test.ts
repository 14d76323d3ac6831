import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../collector/metrics/index.ts';
import type { Incident } from '../../collector/model/incident.ts';
import type { CutReason, SessionSummary } from '../../collector/model/session.ts';
import { series } from './exposition.ts';
import { delta, incident, playerError, qoe, SESSION, summary, T0, VIEWER } from './facts.ts';

test('a session starts with the dimensions of its viewer', () => {
  const metrics = createMetrics();
  metrics.sessionStarted(SESSION, VIEWER, T0);
  metrics.sessionStarted(SESSION, { ...VIEWER, property: '', streamType: '', country: '' }, T0);
  expect(
    series(
      metrics,
      'playpath_sessions_started_total',
      'tenant',
      'property',
      'stream_type',
      'player',
      'device',
      'country',
    ),
  ).toEqual({ 'acme web live hls.js desktop CL': 1, 'acme others unknown hls.js desktop unknown': 1 });
});

test('a window adds seconds, bits, frames and switches', () => {
  const metrics = createMetrics();
  metrics.playback(
    SESSION,
    VIEWER,
    delta({
      playingMs: 10_000,
      seekingMs: 500,
      pausedMs: 2_000,
      renderedKbit: 30_000,
      renderedMediaSeconds: 9.6,
      switchesUp: 1,
      switchesDown: 2,
      droppedFrames: 3,
      decodedFrames: 250,
    }),
  );
  const value = (name: string, ...labels: string[]) => series(metrics, name, ...labels);
  expect(value('playpath_playing_seconds_total')).toEqual({ '': 10 });
  expect(value('playpath_seeking_seconds_total')).toEqual({ '': 0.5 });
  expect(value('playpath_paused_seconds_total')).toEqual({ '': 2 });
  expect(value('playpath_watched_seconds_total')).toEqual({ '': 10.5 });
  expect(value('playpath_rendered_bits_total')).toEqual({ '': 30e6 });
  expect(value('playpath_rendered_media_seconds_total')).toEqual({ '': 9.6 });
  expect(value('playpath_rendition_switches_total', 'direction')).toEqual({ up: 1, down: 2 });
  expect(value('playpath_dropped_frames_total')).toEqual({ '': 3 });
  expect(value('playpath_decoded_frames_total')).toEqual({ '': 250 });
});

test.each([Number.NaN, -5, Number.NEGATIVE_INFINITY])('a counter does not take %d', (wrong) => {
  const metrics = createMetrics();
  metrics.playback(SESSION, VIEWER, delta({ playingMs: wrong, droppedFrames: wrong, renderedKbit: wrong }));
  metrics.startup(SESSION, VIEWER, wrong);
  metrics.seek(SESSION, VIEWER, wrong);
  for (const name of ['playing_seconds_total', 'dropped_frames_total', 'startup_seconds_count', 'seek_seconds_count'])
    expect(series(metrics, `playpath_${name}`)).toEqual({});
});

test.each([
  ['asked for and shown', 1_500, { down: 1 }, { down: 1.5 }],
  ['only seen to be shown', Number.NaN, {}, {}],
  ['shown before it was asked for', -1, {}, {}],
] as const)('the delay of an ABR switch: %s', (_, delayMs, counts, seconds) => {
  const metrics = createMetrics();
  const change = { atMs: T0, fromKbps: 3_000, toKbps: 800, direction: 'down', reason: '', appliedMs: T0 } as const;
  metrics.renditionSwitch(SESSION, VIEWER, { ...change, requestedMs: T0 - delayMs });
  expect(series(metrics, 'playpath_rendition_switch_seconds_count', 'direction')).toEqual(counts);
  expect(series(metrics, 'playpath_rendition_switch_seconds_sum', 'direction')).toEqual(seconds);
});

test.each([
  [-1, 'clock error'],
  [0, 'observed'],
  [600_000, 'observed'],
  [600_001, 'clock error'],
  [Number.POSITIVE_INFINITY, 'clock error'],
  [Number.NaN, 'nothing'],
])('a live latency of %d ms: %s', (latencyMs, expected) => {
  const metrics = createMetrics();
  metrics.liveLatency(SESSION, VIEWER, latencyMs);
  const errors = series(metrics, 'playpath_live_latency_clock_errors_total')[''] ?? 0;
  const observed = series(metrics, 'playpath_live_latency_seconds_count')[''] ?? 0;
  expect(errors === 1 ? 'clock error' : observed === 1 ? 'observed' : 'nothing').toBe(expected);
});

test.each([
  [{ errorClass: 'business', isFatal: true }, 'business true'],
  [{ errorClass: 'technical', isFatal: false }, 'technical false'],
  [{}, 'technical true'],
] as const)('a player error %o', (facts, expected) => {
  const metrics = createMetrics();
  metrics.playbackError(SESSION, VIEWER, playerError(facts));
  expect(series(metrics, 'playpath_playback_errors_total', 'class', 'fatal')).toEqual({ [expected]: 1 });
});

describe('stalls', () => {
  const stall = (facts: Partial<Incident>) => {
    const metrics = createMetrics();
    metrics.incident(SESSION, VIEWER, incident(facts));
    return metrics;
  };

  test.each([
    ['by the stall clock, not the interval', { stalledMs: 1_200, stallKind: 'seek' }, 'seek network', 1, 1.2],
    ['by the interval without one', {}, 'connection network', 1, 1.5],
    ['250 ms count', { stalledMs: 250 }, 'connection network', 1, 0.25],
    ['249 ms add time only', { stalledMs: 249 }, 'connection network', undefined, 0.249],
    ['a flag that tells the length', { stalledMs: 900, precision: 'flag' }, 'connection network', 1, 0.9],
    ['inferred from logs', { stalledMs: 900, precision: 'inferred' }, 'connection network', 1, 0.9],
  ] satisfies [string, Partial<Incident>, string, number | undefined, number][])(
    '%s',
    (_, facts, labels, count, seconds) => {
      const metrics = stall(facts);
      expect(series(metrics, 'playpath_stalls_total', 'kind', 'verdict')[labels]).toBe(count);
      expect(series(metrics, 'playpath_stalled_seconds_total', 'kind', 'verdict')).toEqual({ [labels]: seconds });
      expect(series(metrics, 'playpath_watched_seconds_total')).toEqual({ '': seconds });
      expect(series(metrics, 'playpath_flagged_stalls_total')).toEqual({});
    },
  );

  test('a flag of unknown length is neither a stall nor time', () => {
    const metrics = stall({ stalledMs: 0, precision: 'flag' });
    expect(series(metrics, 'playpath_flagged_stalls_total', 'precision')).toEqual({ flag: 1 });
    expect(series(metrics, 'playpath_stalls_total')).toEqual({});
    expect(series(metrics, 'playpath_stalled_seconds_total')).toEqual({});
    expect(series(metrics, 'playpath_incidents_total', 'kind', 'verdict')).toEqual({ 'stall network': 1 });
  });

  test('the end of a session adds the interruptions that were no stalls: kinds add up to its total exactly', () => {
    const metrics = createMetrics();
    const stalls = [incident({ stalledMs: 1_500 }), incident({ stalledMs: 500, stallKind: 'seek' })];
    for (const one of stalls) metrics.incident(SESSION, VIEWER, one);
    metrics.sessionClosed(summary({ qoe: qoe({ stalledMs: 1_620, seekStalledMs: 500 }) }), stalls, 'ended');
    expect(series(metrics, 'playpath_stalled_seconds_total', 'kind', 'verdict')).toEqual({
      'connection network': 1.5,
      'connection unknown': 0.12,
      'seek network': 0.5,
    });
    expect(series(metrics, 'playpath_stalls_total')).toEqual({ '': 2 });
  });
});

describe('ends', () => {
  const closed = (facts: Partial<SessionSummary>, cut: CutReason = 'ended') => {
    const metrics = createMetrics();
    metrics.sessionClosed(summary(facts), [], cut);
    return metrics;
  };

  test.each([
    ['played', 1],
    ['start_failure', 1],
    ['exit_before_start', 1],
    ['lost_signal', 1],
    ['in_progress', undefined],
  ] as const)('outcome %s', (outcome, attempts) => {
    const metrics = closed({ outcome });
    expect(series(metrics, 'playpath_sessions_ended_total', 'outcome')).toEqual({ [outcome]: 1 });
    expect(series(metrics, 'playpath_attempts_total')['']).toBe(attempts);
  });

  test.each([
    ['ended', 1],
    ['idle', 1],
    ['evicted', 1],
    ['shutdown', 1],
    ['grid', undefined],
    ['event_limit', undefined],
  ] as const)('cut %s', (cut, ended) => {
    const metrics = closed({}, cut);
    expect(series(metrics, 'playpath_sessions_ended_total')['']).toBe(ended);
    expect(series(metrics, 'playpath_session_cuts_total', 'reason')).toEqual({ [cut]: 1 });
  });

  test.each([
    ['exit_before_start', 999, 1],
    ['exit_before_start', 1_000, undefined],
    ['start_failure', 500, undefined],
  ] as const)('%s after %d ms', (outcome, lengthMs, quickExits) => {
    expect(series(closed({ outcome, endMs: T0 + lengthMs }), 'playpath_quick_exits_total')['']).toBe(quickExits);
  });

  test('the blind spot is a share of visibilities', () => {
    expect(series(closed({ visibility: 'server' }), 'playpath_sessions_by_visibility_total', 'visibility')).toEqual({
      server: 1,
    });
  });
});

describe('incidents', () => {
  test.each([
    [{ errorClass: 'business' }, 'business'],
    [{ errorClass: 'technical' }, 'technical'],
    [{}, 'technical'],
  ] as const)('a start failure %o', (facts, expected) => {
    const metrics = createMetrics();
    metrics.incident(SESSION, VIEWER, incident({ kind: 'startup_failure', verdict: 'auth', ...facts }));
    expect(series(metrics, 'playpath_start_failures_total', 'class')).toEqual({ [expected]: 1 });
    expect(series(metrics, 'playpath_incidents_total', 'kind', 'verdict')).toEqual({ 'startup_failure auth': 1 });
    expect(series(metrics, 'playpath_stalled_seconds_total')).toEqual({});
  });

  test('a failover is counted with its result and timed', () => {
    const metrics = createMetrics();
    metrics.cdnSwitch(SESSION, { from: 'edge-a', to: 'edge-b', atMs: T0, reason: 'timeout' });
    const failover = {
      from: 'edge-a',
      to: 'edge-b',
      reason: 'timeout',
      result: 'recovered',
      bitrateBeforeKbps: Number.NaN,
      bitrateAfterKbps: Number.NaN,
    } as const;
    metrics.incident(SESSION, VIEWER, incident({ kind: 'failover', endMs: T0 + 2_500, failover }));
    metrics.incident(SESSION, VIEWER, incident({ kind: 'failover', endMs: Number.NaN, failover }));
    const names = ['from', 'to', 'reason', 'result'] as const;
    expect(series(metrics, 'playpath_cdn_switches_total', 'from', 'to', 'reason')).toEqual({
      'edge-a edge-b timeout': 1,
    });
    expect(series(metrics, 'playpath_cdn_failovers_total', ...names)).toEqual({ 'edge-a edge-b timeout recovered': 2 });
    expect(series(metrics, 'playpath_cdn_failover_seconds_sum', 'from', 'to', 'result')).toEqual({
      'edge-a edge-b recovered': 2.5,
    });
  });

  test('a silent failure names the CDN and what nobody reported', () => {
    const metrics = createMetrics();
    metrics.incident(SESSION, VIEWER, incident({ kind: 'silent_failure', silent: { cdn: 'edge-a', kind: '5xx' } }));
    expect(series(metrics, 'playpath_silent_failures_total', 'cdn', 'kind')).toEqual({ 'edge-a 5xx': 1 });
  });
});
