import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../house/tree.ts';
import { requireSystem } from '../support/system-packages.ts';
import { COMMITTED, promTargets, type TargetJson, withVariables } from './committed-boards.ts';
import { type ScrapedLab, scrapedLab } from './scraped-lab.ts';

const TIMEOUT_MS = 300_000;
/** Twenty scrapes: what `$__rate_interval` is to a dashboard that looks at hours. */
const RATE_INTERVAL = '20s';

/** What a healthy collector never emits, and why. */
const EMPTY_WHEN_WELL = new Map([
  ['playpath_series_overflow_total', 'needs 65,536 series of one metric'],
  ['playpath_late_records_total', 'needs records of sessions that were closed long before'],
  ['ALERTS', 'needs an alert that fires; test/dashboards/pages.test.ts has one'],
]);

describe.skipIf(requireSystem('prometheus') !== '')('a real Prometheus that scraped the lab', () => {
  let lab: ScrapedLab;
  let range = '';

  beforeAll(async () => {
    lab = await scrapedLab();
    range = `${Math.ceil(lab.to - lab.from)}s`;
  }, TIMEOUT_MS);
  afterAll(() => lab?.close());

  for (const board of COMMITTED) {
    const targets = promTargets(board);
    if (targets.length === 0) continue;
    test(`answers every query of ${board.title} with data`, async () => {
      const empty: string[] = [];
      for (const { panel, target } of targets) {
        if ((await answers(target)) === 0 && !isExempt(target.expr)) empty.push(`${panel.title}: ${target.expr}`);
      }
      expect(empty).toEqual([]);
    });

    test(`has values for every variable of ${board.title}`, async () => {
      for (const { name, query } of board.templating.list) {
        if (typeof query === 'string') continue;
        const [, metric = '', label = ''] = /^label_values\((.+),(\w+)\)$/.exec(query.query) ?? [];
        const found = await lab.prometheus.query(`group by (${label}) (${withVariables(metric, '', '')})`, lab.to);
        expect(found.filter(({ labels }) => labels[label] !== undefined).length, name).toBeGreaterThan(0);
      }
    });
  }

  test('has the exemplars that charts show as dots', async () => {
    const missing: string[] = [];
    for (const board of COMMITTED) {
      for (const { panel, target } of promTargets(board).filter((one) => one.target.exemplar)) {
        const expression = withVariables(target.expr ?? '', RATE_INTERVAL, range);
        const found = await lab.prometheus.exemplars(expression, lab.from - 3_600, lab.to + 3_600);
        if (found === 0) missing.push(`${board.title}, ${panel.title}`);
      }
    }
    expect(missing).toEqual([]);
  });

  test('answers every annotation query', async () => {
    for (const { name, expr } of COMMITTED.flatMap(({ annotations }) => annotations.list)) {
      const found = await lab.prometheus.range(expr, lab.from, lab.to, 1);
      if (!isExempt(expr)) expect(found.length, name).toBeGreaterThan(0);
    }
  });

  test('evaluates every rule, and every ratio has a value', async () => {
    const rules = await lab.prometheus.rules();
    expect(rules.length).toBeGreaterThan(40);
    expect(rules.filter(({ health, lastError = '' }) => health !== 'ok' || lastError !== '')).toEqual([]);
    const recorded = rules.filter(({ name }) => name.startsWith('playpath:'));
    const empty: string[] = [];
    for (const { name } of recorded) {
      if ((await lab.prometheus.range(name, lab.from, lab.to, 5)).length === 0) empty.push(name);
    }
    expect(empty).toEqual([]);
  });

  test('understands every query of the rules that Grafana evaluates', async () => {
    const file = join(ROOT, 'dashboards/provisioning/alerting/rules.yaml');
    const { groups } = parse(readFileSync(file, 'utf8')) as GrafanaRules;
    for (const { uid, data } of groups.flatMap(({ rules }) => rules)) {
      for (const { refId, model } of data) {
        if (model.expr === undefined) continue;
        const found = await lab.prometheus.query(model.expr.replaceAll('$$', '$'), lab.to);
        // Without a result of W, Grafana would call the rule "no data" and keep it from firing.
        if (refId === 'W') expect(found.length, uid).toBeGreaterThan(0);
      }
    }
  });

  /** Series with at least one value. */
  async function answers({ expr = '', instant = false }: TargetJson): Promise<number> {
    const expression = withVariables(expr, RATE_INTERVAL, range);
    if (instant) {
      return (await lab.prometheus.query(expression, lab.to)).filter(({ value }) => !Number.isNaN(value)).length;
    }
    const series = await lab.prometheus.range(expression, lab.from, lab.to, 5);
    return series.filter(({ samples }) => samples.some(([, value]) => !Number.isNaN(value))).length;
  }
});

type GrafanaRules = {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly uid: string;
      readonly data: readonly { readonly refId: string; readonly model: { readonly expr?: string } }[];
    }[];
  }[];
};

function isExempt(expression = ''): boolean {
  return [...EMPTY_WHEN_WELL.keys()].some((metric) => expression.includes(metric));
}
