import type { MetricDefinition } from './definition.ts';
import { AUDIENCE } from './definitions/audience.ts';
import { DELIVERY } from './definitions/delivery.ts';
import { FAILOVER } from './definitions/failover.ts';
import { INTAKE } from './definitions/intake.ts';
import { PLAYBACK } from './definitions/playback.ts';

/** The families of docs/metrics.md, in reading order. */
export const FAMILIES = [
  { title: 'Playback', metrics: PLAYBACK },
  { title: 'Delivery', metrics: DELIVERY },
  { title: 'CDN switches and failovers', metrics: FAILOVER },
  { title: 'Audience', metrics: AUDIENCE },
  { title: 'Intake and joining', metrics: INTAKE },
] as const;

/**
 * Every domain metric Playpath emits. Dashboards, alerts and docs are checked against this list, and `createMetrics`
 * can only emit what is in it.
 */
export const METRICS = [...PLAYBACK, ...DELIVERY, ...FAILOVER, ...AUDIENCE, ...INTAKE] as const;

type Metric = (typeof METRICS)[number];
export type MetricName = Metric['name'];
export type CounterName = Extract<Metric, { readonly type: 'counter' }>['name'];
export type GaugeName = Extract<Metric, { readonly type: 'gauge' }>['name'];
export type HistogramName = Extract<Metric, { readonly type: 'histogram' }>['name'];

const BY_NAME: ReadonlyMap<string, MetricDefinition> = new Map(METRICS.map((metric) => [metric.name, metric]));

export function definitionOf(name: MetricName): MetricDefinition {
  return BY_NAME.get(name)!;
}

/** Names a scrape of this metric contains: what a PromQL expression may refer to. */
export function seriesNames(metric: MetricDefinition): readonly string[] {
  if (metric.type !== 'histogram') return [metric.name];
  return [`${metric.name}_bucket`, `${metric.name}_sum`, `${metric.name}_count`];
}
