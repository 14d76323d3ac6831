import { parser as traceqlParser } from '@grafana/lezer-traceql';
import { describe, expect, test } from 'vitest';
import { METRICS, seriesNames } from '../../collector/metrics/contract.ts';
import type { MetricDefinition } from '../../collector/metrics/definition.ts';
import { ATTRIBUTES } from '../../collector/model/semconv.ts';
import { SELF_METRICS, type SelfMetric } from '../../collector/telemetry/self-contract.ts';
import { ALERTS } from '../../dashboards/src/alerts/alerts.ts';
import { BOARD_IDS } from '../../dashboards/src/board-ids.ts';
import { type BoardJson, COMMITTED, panelsOf, promTargets, withVariables } from './committed-boards.ts';
import { readPromql } from './promql.ts';

type Promise = { readonly type: string; readonly labels: ReadonlySet<string> };
/** What Prometheus adds to every series it scrapes. */
const TARGET_LABELS = ['job', 'instance'];
/** Every series name that anything may ask for, with its labels. */
const PROMISED = promisedSeries();
const UNITS = ['short', 'percentunit', 's', 'bytes', 'Bps', 'bps', 'reqps', 'cps', 'none'];
const PANELS = ['timeseries', 'stat', 'bargauge', 'table', 'traces', 'playpath-session-panel'];

test('every board of the list is committed, and no other', () => {
  expect(COMMITTED.map(({ uid }) => uid).toSorted()).toEqual([...BOARD_IDS].toSorted());
});

describe.each(COMMITTED.map((board) => [board.title, board] as const))('%s', (_, board) => {
  test('is a classic dashboard that nobody edits in place', () => {
    expect(board).toMatchObject({ schemaVersion: 42, editable: false, refresh: '30s', tags: ['playpath'] });
    expect(board.description).toMatch(/^[A-Z].+\.$/);
    expect(board.links).toMatchObject([{ type: 'dashboards', keepTime: true, includeVars: true }]);
  });

  test('marks failovers and alerts', () => {
    expect(board.annotations.list.filter(({ enable }) => enable).map(({ name }) => name)).toEqual([
      'Failovers',
      'Alerts',
    ]);
    for (const { expr, target } of board.annotations.list) expect(target.expr).toBe(expr);
  });

  test('has panels with a title, a description, a unit and a place of their own', () => {
    const ids = board.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title, description, type, fieldConfig } of panelsOf(board)) {
      expect(title, String(title)).toMatch(/^[A-Z4]/);
      expect(description, title).toMatch(/^\S.{20,}\.$/);
      expect(PANELS, title).toContain(type);
      expect(UNITS, title).toContain(fieldConfig?.defaults.unit);
    }
    const places = board.panels.map(({ gridPos }) => gridPos);
    expect(places.filter(({ x, w }) => x + w > 24)).toEqual([]);
    expect(places.filter((one, i) => places.slice(i + 1).some((other) => overlap(one, other)))).toEqual([]);
  });

  test('writes values into links so that they stay values', () => {
    const inLinks = JSON.stringify(board).match(/&var-[\w-]+=\$\{__[^}]*\}/g) ?? [];
    expect(inLinks.filter((value) => !value.endsWith(':percentencode}'))).toEqual([]);
  });

  test('has thresholds in order, on shares and times only', () => {
    for (const { title, fieldConfig } of panelsOf(board)) {
      const steps = fieldConfig?.defaults.thresholds?.steps.map(({ value }) => value ?? Number.NEGATIVE_INFINITY) ?? [];
      expect(steps, title).toEqual(steps.toSorted((a, b) => a - b));
      expect([0, 3], title).toContain(steps.length);
    }
  });

  test('knows its data sources by variables only', () => {
    const used = [
      ...panelsOf(board).flatMap(({ datasource, targets = [] }) => [
        datasource,
        ...targets.map((one) => one.datasource),
      ]),
      ...board.annotations.list.map(({ datasource }) => datasource),
      ...board.templating.list.flatMap(({ datasource }) => (datasource === undefined ? [] : [datasource])),
    ].map((source) => source?.uid);
    expect([...new Set(used)].filter((uid) => !/^\$\{(?:prometheus|tempo)\}$/.test(uid ?? ''))).toEqual([]);
    const sources = board.templating.list.filter(({ type }) => type === 'datasource').map(({ name }) => name);
    for (const uid of new Set(used)) expect(sources).toContain(uid?.replace(/\W/g, ''));
  });

  test('uses the variables it has, and refreshes them with the time range', () => {
    const names = board.templating.list.map(({ name }) => name);
    const text = JSON.stringify({ panels: board.panels, annotations: board.annotations });
    const used = [...text.matchAll(/\$\{?([A-Za-z]\w*)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !/^__/.test(name));
    expect([...new Set(used)].filter((name) => !names.includes(name))).toEqual([]);
    const filters = board.templating.list.filter(({ type }) => type !== 'datasource').map(({ name }) => name);
    expect(filters.filter((name) => !used.includes(name))).toEqual([]);
    for (const { type, refresh, name } of board.templating.list) if (type === 'query') expect(refresh, name).toBe(2);
  });

  test('links only to boards and variables that exist, and keeps the time range', () => {
    for (const { title, url } of linksOf(board)) {
      const [, uid = '', rest = ''] = /^\/d\/([\w-]+)\?(.*)$/.exec(url) ?? [];
      const target = COMMITTED.find((other) => other.uid === uid);
      expect(target, url).toBeDefined();
      expect(rest, title).toMatch(/^\$\{__url_time_range\}&/);
      const filters = [...rest.matchAll(/var-(\w+)=|\{(\w+):queryparam/g)].map(
        ([, name, carried]) => name ?? carried ?? '',
      );
      const known = target?.templating.list.map(({ name }) => name) ?? [];
      expect(
        filters.filter((name) => !known.includes(name)),
        url,
      ).toEqual([]);
    }
  });

  test('asks only for metrics and labels of the contract', () => {
    const expressions = [
      ...promTargets(board).map(({ target }) => target.expr ?? ''),
      ...board.annotations.list.map(({ expr }) => expr),
    ];
    expect(expressions.flatMap(faultsOf)).toEqual([]);
    for (const { panel, target } of promTargets(board)) {
      for (const { range } of readPromql(filled(target.expr ?? '')).selectors) {
        expect(['', '[20s]', '[60s]'], panel.title).toContain(range);
      }
    }
  });

  test('has legends that speak of labels the query keeps', () => {
    for (const { panel, target } of promTargets(board)) {
      const { grouping } = readPromql(filled(target.expr ?? ''));
      const spoken = [...(target.legendFormat ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      expect(
        spoken.filter((label) => !grouping.includes(label)),
        panel.title,
      ).toEqual([]);
    }
  });
});

test.each([
  ['rate(playpath_nothing_total[5m])', 'not in the contract'],
  ['sum(rate(playpath_stalls_total{cdn="a"}[5m]))', 'has no cdn'],
  ['sum(playpath_stalls_total)', 'is a counter'],
  ['rate(playpath_concurrent_viewers[5m])', 'is a gauge'],
  ['sum by (cdn) (rate(playpath_stalls_total[5m]))', 'groups by cdn'],
  ['sum(rate(playpath_stalls_total[5m])', 'not PromQL'],
])('%s is found out: %s', (expression, fault) => {
  expect(faultsOf(expression).join()).toContain(fault);
});

test('the expressions of alerts ask only for metrics and labels of the contract', () => {
  expect(ALERTS.flatMap(({ expression }) => faultsOf(expression))).toEqual([]);
});

test('sessions are found in TraceQL that its grammar reads, by attributes that spans carry', () => {
  const queries = COMMITTED.flatMap(panelsOf).flatMap(({ targets = [] }) =>
    targets.flatMap(({ query }) => (query === undefined || query.startsWith('${') ? [] : [query])),
  );
  expect(queries.length).toBeGreaterThan(0);
  const known = new Set<string>(Object.values(ATTRIBUTES).map(([name]) => name));
  for (const query of queries) {
    const text = query.replace(/\$\{\w+(?::\w+)?\}/g, 'x');
    const errors: string[] = [];
    traceqlParser.parse(text).iterate({
      enter: ({ type, from, to }) => {
        if (type.isError) errors.push(text.slice(Math.max(0, from - 40), to + 10));
      },
    });
    expect(errors).toEqual([]);
    const attributes = [...text.matchAll(/span\.([\w.]+)/g)].map(([, name = '']) => name);
    expect(attributes.length).toBeGreaterThan(5);
    expect(attributes.filter((name) => !known.has(name))).toEqual([]);
  }
});

test('three clicks lead from every alert about viewers to a session', () => {
  const opens = (uid: string, target: string): boolean =>
    linksOf(COMMITTED.find((board) => board.uid === uid) as BoardJson).some(({ url }) =>
      url.startsWith(`/d/${target}?`),
    );
  // The first click is the alert's dashboard_url.
  for (const { name, board, domain } of ALERTS) {
    if (domain === 'streaming') expect(opens(board, 'playpath-sessions'), name).toBe(true);
  }
  expect(opens('playpath-sessions', 'playpath-session')).toBe(true);
});

function faultsOf(expression: string): string[] {
  const { selectors, grouping, error } = readPromql(filled(expression));
  const faults = error === '' ? [] : [`${expression}: not PromQL near ${error}`];
  const labels = new Set([
    'le',
    'verdict',
    ...selectors.flatMap(({ metrics }) => metrics.flatMap((one) => [...(PROMISED.get(one)?.labels ?? [])])),
  ]);
  for (const selector of selectors) {
    for (const metric of selector.metrics) {
      const promise = PROMISED.get(metric);
      if (promise === undefined) faults.push(`${metric} is not in the contract`);
      else {
        const strange = selector.labels.filter((label) => !promise.labels.has(label));
        if (strange.length > 0) faults.push(`${metric} has no ${strange.join(', ')}`);
        const counted = ['rate', 'increase', 'changes'].some((name) => selector.within.includes(name));
        if (promise.type === 'counter' && !counted)
          faults.push(`${metric} is a counter: it needs rate() or increase()`);
        if (promise.type === 'gauge' && counted) faults.push(`${metric} is a gauge: it has no rate()`);
      }
    }
    if (selector.metrics.length === 0) faults.push(`${expression}: a selector without a metric`);
  }
  const unknown = grouping.filter((label) => !labels.has(label) && !expression.includes(`"${label}"`));
  if (unknown.length > 0) faults.push(`${expression}: groups by ${unknown.join(', ')}`);
  return faults;
}

function filled(expression: string): string {
  return withVariables(expression, '20s', '60s');
}

function linksOf(board: BoardJson): readonly { readonly title: string; readonly url: string }[] {
  return panelsOf(board).flatMap(({ fieldConfig }) => fieldConfig?.defaults.links ?? []);
}

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
type Place = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };

function promisedSeries(): Map<string, Promise> {
  const domain = METRICS.flatMap((metric: MetricDefinition) =>
    seriesNames(metric).map((name) => {
      const labels = new Set([...metric.labels.map((label) => label.name), ...TARGET_LABELS]);
      if (name.endsWith('_bucket')) labels.add('le');
      return [name, { type: metric.type === 'histogram' ? 'counter' : metric.type, labels }] as const;
    }),
  );
  const own = Object.values(SELF_METRICS).map((metric: SelfMetric) => {
    return [metric.name, { type: metric.type, labels: new Set([...metric.labels, ...TARGET_LABELS]) }] as const;
  });
  return new Map<string, Promise>([
    ...domain,
    ...own,
    ['up', { type: 'gauge', labels: new Set(TARGET_LABELS) }],
    ['ALERTS', { type: 'gauge', labels: new Set(['alertname', 'alertstate', 'severity', ...TARGET_LABELS]) }],
  ]);
}
