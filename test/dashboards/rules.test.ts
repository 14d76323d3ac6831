import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { RATIOS } from '../../collector/metrics/ratios.ts';
import { ALERTS } from '../../dashboards/src/alerts/alerts.ts';
import { ROOT } from '../house/tree.ts';
import { requireSystem, systemCommand } from '../support/system-packages.ts';
import { COMMITTED } from './committed-boards.ts';

const RULES = join(ROOT, 'dashboards/rules');
const TIMEOUT_MS = 240_000;
/** Grafana refuses longer ones. */
const LONGEST_UID = 40;

type Rule = {
  readonly alert: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};
type GrafanaRule = {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly noDataState: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: readonly {
    readonly refId: string;
    readonly datasourceUid: string;
    readonly model: { expr?: string };
  }[];
};
type Groups<R> = { readonly groups: readonly { readonly name: string; readonly rules: readonly R[] }[] };

const read = <R>(file: string): R[] =>
  (parse(readFileSync(join(ROOT, 'dashboards', file), 'utf8')) as Groups<R>).groups.flatMap(({ rules }) => [...rules]);
const alerts = read<Rule>('rules/alerts.yaml');
const grafana = read<GrafanaRule>('provisioning/alerting/rules.yaml');
const runbook = readFileSync(join(ROOT, 'dashboards/runbook.md'), 'utf8');

describe.skipIf(requireSystem('promtool') !== '')('promtool', () => {
  const promtool = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(systemCommand('promtool'), args, { cwd: RULES, encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };

  test('finds nothing wrong with the rules', () => {
    const { status, said } = promtool('check', 'rules', '--lint=all', 'recording.yaml', 'alerts.yaml');
    expect(said).toContain(`${alerts.length} rules found`);
    expect(status, said).toBe(0);
  });

  for (const file of ['alerts.test.yaml', 'alerts-hours.test.yaml']) {
    test(
      `sees every alert of ${file} fire, stay quiet, heed its guard and recover`,
      () => {
        const { status, said } = promtool('test', 'rules', file);
        expect(status, said).toBe(0);
      },
      TIMEOUT_MS,
    );
  }
});

test.each([...new Set(ALERTS.map(({ name }) => name))])('%s has a case of every kind, and recovers', (name) => {
  const cases = ALERTS.filter((alert) => alert.name === name).flatMap((alert) => alert.cases);
  expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(['fires', 'stays quiet', 'guard']));
  for (const { kind, expect: moments } of cases) {
    if (kind === 'fires') {
      expect(moments[0]?.firing.length).toBeGreaterThan(0);
      expect(moments.at(-1)?.firing).toEqual([]);
    } else expect(moments.flatMap(({ firing }) => firing)).toEqual([]);
  }
  const severities = ALERTS.filter((alert) => alert.name === name).map(({ severity }) => severity);
  const fired = cases.flatMap((one) => one.expect.flatMap(({ firing }) => firing.map(({ labels }) => labels.severity)));
  if (severities.length > 1) expect(new Set(fired)).toEqual(new Set(severities));
});

test.each(alerts.map((rule) => [`${rule.alert} (${rule.labels.severity})`, rule] as const))(
  '%s says what, where, how many, why and where to look',
  (_, { alert, labels, annotations }) => {
    expect(alert).toMatch(/^Playpath[A-Z][A-Za-z]+$/);
    expect(['page', 'ticket']).toContain(labels.severity);
    expect(['streaming', 'collector']).toContain(labels.domain);
    for (const name of ['summary', 'description', 'viewers', 'leading_verdict', 'dashboard_url', 'runbook']) {
      expect(annotations[name], name).toBeTruthy();
    }
    const url = new URL((annotations.dashboard_url ?? '').replace(/\{\{[^}]*\}\}/g, 'x'));
    const board = COMMITTED.find(({ uid }) => url.pathname === `/d/${uid}`);
    expect(board, url.pathname).toBeDefined();
    const variables = [...url.searchParams.keys()].filter((key) => key.startsWith('var-')).map((key) => key.slice(4));
    const known = board?.templating.list.map(({ name }) => name) ?? [];
    expect(variables.filter((name) => !known.includes(name))).toEqual([]);
  },
);

test.each([...new Set(alerts.map(({ alert }) => alert))])('%s has an entry in the runbook', (name) => {
  const entry = runbook.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
  expect(entry).toMatch(/\n\nQuick checks:\n\n1\. .+\n2\. .+/);
  expect(entry).toMatch(/\n\nWhat to do:\n\n- .+/);
  for (const { annotations } of alerts.filter(({ alert }) => alert === name)) {
    expect(annotations.runbook).toBe(`dashboards/runbook.md#${name.toLowerCase()}`);
  }
});

test('Grafana evaluates the same rules', () => {
  const asked = grafana.map(({ data, title, labels }) => ({
    title,
    labels,
    expr: data.find(({ refId }) => refId === 'A')?.model.expr?.replaceAll('$$', '$'),
  }));
  const wanted = alerts.map(({ alert, labels, expr }) => ({ title: `${alert} (${labels.severity})`, labels, expr }));
  expect(asked).toEqual(wanted);
});

test('Grafana can load them', () => {
  const uids = grafana.map(({ uid }) => uid);
  expect(new Set(uids).size).toBe(uids.length);
  expect(uids.filter((uid) => uid.length > LONGEST_UID || !/^[a-z0-9-]+$/.test(uid))).toEqual([]);
  for (const { uid, condition, data, annotations, noDataState } of grafana) {
    expect(data.map(({ refId }) => refId)).toContain(condition);
    // Quiet is when the expression returns nothing.
    expect(noDataState, uid).toBe('OK');
    // A single dollar would be taken for a variable of the environment.
    const texts = [...Object.values(annotations), ...data.map(({ model }) => model.expr ?? '')];
    expect(texts.filter((text) => text.replaceAll('$$', '').includes('$'))).toEqual([]);
  }
});

test('every ratio of the definitions is recorded', () => {
  const recorded = read<Rule>('rules/recording.yaml').map(({ record }) => record);
  expect(recorded).toEqual(['5m', '1h'].flatMap((window) => RATIOS.map(({ id }) => `playpath:${id}:rate${window}`)));
});
