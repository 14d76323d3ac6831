import { expect, test } from 'vitest';
import { METRICS, seriesNames } from '../../collector/metrics/contract.ts';
import type { MetricDefinition } from '../../collector/metrics/definition.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import { BUDGET_LIMITS, BUDGETS } from '../../collector/metrics/labels.ts';
import { RATIOS, ratioExpression } from '../../collector/metrics/ratios.ts';

const metrics: readonly MetricDefinition[] = METRICS;
const VIEWER = 'tenant property stream_type player device country';

/** Names that dashboards, alerts and checks outside this repository rely on. */
const promised: readonly (readonly [name: string, labels: string])[] = [
  ['playpath_sessions_started_total', VIEWER],
  ['playpath_sessions_ended_total', `outcome ${VIEWER}`],
  ['playpath_startup_seconds', VIEWER],
  ['playpath_playing_seconds_total', VIEWER],
  ['playpath_stalled_seconds_total', `kind verdict ${VIEWER}`],
  ['playpath_stalls_total', `kind verdict ${VIEWER}`],
  ['playpath_playback_errors_total', `class fatal ${VIEWER}`],
  ['playpath_rendered_bits_total', VIEWER],
  ['playpath_rendered_media_seconds_total', VIEWER],
  ['playpath_rendition_switches_total', `direction ${VIEWER}`],
  ['playpath_rendition_switch_seconds', `direction ${VIEWER}`],
  ['playpath_experience_score', `version ${VIEWER}`],
  ['playpath_live_latency_seconds', VIEWER],
  ['playpath_dropped_frames_total', VIEWER],
  ['playpath_concurrent_sessions', `source ${VIEWER}`],
  ['playpath_concurrent_viewers', VIEWER],
  ['playpath_content_concurrent_viewers', 'content'],
  ['playpath_cdn_concurrent_sessions', 'cdn'],
  ['playpath_requests_total', 'cdn tier pop object_type status_class cache'],
  ['playpath_request_errors_total', 'cdn tier pop object_type status generated_by'],
  ['playpath_response_bytes_total', 'cdn tier pop status_class cache'],
  ['playpath_ttfb_seconds', 'cdn tier object_type cache'],
  ['playpath_throughput_bits_per_second', 'cdn tier object_type'],
  ['playpath_cdn_switches_total', 'from to reason'],
  ['playpath_cdn_failovers_total', 'from to reason result'],
  ['playpath_cdn_failover_seconds', 'from to result'],
  ['playpath_silent_failures_total', 'cdn kind'],
  ['playpath_joins_total', 'method'],
  ['playpath_unjoined_total', 'cdn tier'],
  ['playpath_rejected_total', 'source reason'],
  ['playpath_received_total', 'source'],
  ['playpath_late_records_total', 'source'],
  ['playpath_duplicates_total', 'source'],
  ['playpath_event_lag_seconds', 'source'],
  ['playpath_label_overflow_total', 'label'],
  ['playpath_flagged_stalls_total', `precision ${VIEWER}`],
  ['playpath_attempts_total', VIEWER],
  ['playpath_live_latency_clock_errors_total', VIEWER],
  ['playpath_seek_seconds', VIEWER],
  ['playpath_watched_seconds_total', VIEWER],
];

test.each(promised)('%s carries exactly its labels', (name, labels) => {
  const metric = metrics.find((one) => one.name === name);
  expect(metric?.labels.map((label) => label.name).join(' ')).toBe(labels);
});

test.each(metrics.map((metric) => [metric.name, metric] as const))('%s keeps the naming rules', (name, metric) => {
  expect(name).toMatch(/^playpath_[a-z]+(?:_[a-z]+)*$/);
  expect(name.endsWith('_total')).toBe(metric.type === 'counter');
  expect(metric.help).toMatch(/^[A-Z][^\n]*\.$/);
  expect(metric.clause).not.toBe('');
  expect(metric.buckets.length > 0).toBe(metric.type === 'histogram');
  expect([...metric.buckets]).toEqual(metric.buckets.toSorted((a, b) => a - b));
  expect(new Set(metric.labels.map((label) => label.name)).size).toBe(metric.labels.length);
});

test('no name is used twice', () => {
  const names = metrics.flatMap(seriesNames);
  expect(new Set(names).size).toBe(names.length);
});

test('a ratio speaks of metrics and labels of the contract only', () => {
  const byName = new Map(metrics.flatMap((metric) => seriesNames(metric).map((name) => [name, metric] as const)));
  for (const ratio of RATIOS) {
    const { name, by } = ratio;
    const expression = ratioExpression(ratio, { by, window: '5m' });
    const selectors = [...expression.matchAll(/(playpath_\w+)(?:\{([^}]*)\})?/g)];
    expect(selectors.length, name).toBeGreaterThan(1);
    for (const [, metric = '', matchers = ''] of selectors) {
      const labels = byName.get(metric)?.labels.map((label) => label.name);
      expect(labels, metric).toBeDefined();
      for (const [, label = ''] of matchers.matchAll(/(\w+)(?:=~|!=|=)"/g)) expect(labels, metric).toContain(label);
    }
  }
});

test('the largest budgets that may be configured still fit a key', () => {
  expect(() => createMetrics({ budgets: BUDGET_LIMITS })).not.toThrow();
  expect(
    Object.entries(BUDGETS).filter(([name, budget]) => budget > BUDGET_LIMITS[name as keyof typeof BUDGETS]),
  ).toEqual([]);
});
