import type { CounterName, HistogramName } from '../../collector/metrics/contract.ts';
import { type RatioId, ratioExpression, ratioOf } from '../../collector/metrics/ratios.ts';

/** Wide enough for a rate whatever the zoom. */
const WINDOW = '$__rate_interval';
/** The whole time range of the dashboard. */
const RANGE = '$__range';

type Split = { readonly by?: readonly string[]; readonly where?: string };

/** Per second. */
export function rateOf(metric: CounterName | `${HistogramName}_count`, { by = [], where = '' }: Split): string {
  return `sum${grouping(by)}(rate(${metric}{${where}}[${WINDOW}]))`;
}

/** How many over the whole time range. */
export function totalOf(metric: CounterName | `${HistogramName}_count`, { by = [], where = '' }: Split): string {
  return `sum${grouping(by)}(increase(${metric}{${where}}[${RANGE}]))`;
}

export function quantileOf(quantile: number, metric: HistogramName, { by = [], where = '' }: Split): string {
  return `histogram_quantile(${quantile}, sum by (${[...by, 'le'].join(', ')}) (rate(${metric}_bucket{${where}}[${WINDOW}])))`;
}

/** A ratio of the definitions, over a rate window or the whole time range. */
export function ratio(id: RatioId, { by = [], where = '' }: Split, over: 'rate' | 'range' = 'rate'): string {
  return ratioExpression(ratioOf(id), { by, where, window: over === 'rate' ? WINDOW : RANGE });
}

export function top(count: number, expression: string): string {
  return `topk(${count}, ${expression})`;
}

function grouping(by: readonly string[]): string {
  return by.length === 0 ? '' : ` by (${by.join(', ')}) `;
}
