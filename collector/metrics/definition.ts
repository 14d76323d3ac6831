import type { MetricType } from '../model/metric.ts';
import type { LabelDefinition } from './labels.ts';

/** What a number counts: Prometheus base units, or things. */
export type Unit =
  | 'seconds'
  | 'bytes'
  | 'bits'
  | 'bits per second'
  | 'frames'
  | 'requests'
  | 'records'
  | 'sessions'
  | 'viewers'
  | 'events'
  | 'points';

/** One metric as it is promised to dashboards, alerts and readers of docs/metrics.md. */
export type MetricDefinition = {
  readonly name: string;
  readonly type: MetricType;
  readonly unit: Unit;
  /** One sentence: the HELP text. */
  readonly help: string;
  readonly labels: readonly LabelDefinition[];
  /** Upper bounds of a histogram, ascending, without +Inf; empty for the other types. */
  readonly buckets: readonly number[];
  /** What a reader would otherwise get wrong; '' when nothing is special. */
  readonly edge: string;
  /** Which definition it follows. */
  readonly clause: string;
};

type Rest = { readonly labels?: readonly LabelDefinition[]; readonly edge?: string; readonly clause: string };

export function counter<const Name extends string>(name: Name, unit: Unit, help: string, rest: Rest) {
  return {
    name,
    type: 'counter' as const,
    unit,
    help,
    labels: rest.labels ?? [],
    buckets: [],
    edge: rest.edge ?? '',
    clause: rest.clause,
  };
}

export function gauge<const Name extends string>(name: Name, unit: Unit, help: string, rest: Rest) {
  return {
    name,
    type: 'gauge' as const,
    unit,
    help,
    labels: rest.labels ?? [],
    buckets: [],
    edge: rest.edge ?? '',
    clause: rest.clause,
  };
}

export function histogram<const Name extends string>(
  name: Name,
  unit: Unit,
  buckets: readonly number[],
  help: string,
  rest: Rest,
) {
  return {
    name,
    type: 'histogram' as const,
    unit,
    help,
    labels: rest.labels ?? [],
    buckets,
    edge: rest.edge ?? '',
    clause: rest.clause,
  };
}
