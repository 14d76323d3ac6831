import { expect, test } from 'vitest';
import { renderText } from '../../collector/exporters/prometheus.ts';
import { METRICS, seriesNames } from '../../collector/metrics/contract.ts';
import type { MetricDefinition } from '../../collector/metrics/definition.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import { driveEverything } from './everything.ts';
import { parseExposition } from './exposition.ts';

const metrics = createMetrics({ budgets: { pop: 15 }, seriesBudget: 16 });
driveEverything(metrics);
const samples = parseExposition(await renderText(metrics.families()));

const promised = new Map<string, MetricDefinition>(
  METRICS.flatMap((metric) => seriesNames(metric).map((name) => [name, metric] as const)),
);

test('every series that is emitted is in the contract with exactly its labels', () => {
  expect(samples.length).toBeGreaterThan(100);
  for (const { name, labels } of samples) {
    const metric = promised.get(name);
    expect(metric, name).toBeDefined();
    const names = metric?.labels.map((label) => label.name) ?? [];
    expect(Object.keys(labels).toSorted(), name).toEqual(
      [...names, ...(name.endsWith('_bucket') ? ['le'] : [])].toSorted(),
    );
  }
});

test('every value of a closed label is one the contract names', () => {
  for (const { name, labels } of samples) {
    for (const label of promised.get(name)?.labels ?? []) {
      if ('values' in label) expect([...label.values, 'other'], `${name} ${label.name}`).toContain(labels[label.name]);
      expect(labels[label.name], `${name} ${label.name}`).not.toBe('');
    }
  }
});

test.each(METRICS.map((metric) => [metric.name, metric] as const))('%s can be emitted', (_, metric) => {
  const emitted = new Set(samples.map(({ name }) => name));
  expect(seriesNames(metric).filter((name) => !emitted.has(name))).toEqual([]);
});

test('help and type are those of the contract', async () => {
  const text = await renderText(metrics.families());
  for (const metric of METRICS) {
    expect(text).toContain(`# HELP ${metric.name} ${metric.help}\n# TYPE ${metric.name} ${metric.type}\n`);
  }
});
