import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ALERTS } from '../../dashboards/src/alerts/alerts.ts';
import { ROOT } from '../house/tree.ts';
import { BASE, incident } from '../lab/base-scenario.ts';
import type { Scenario } from '../lab/scenario.ts';
import { requireSystem } from '../support/system-packages.ts';
import { OnCall } from './on-call.ts';
import { readPromql } from './promql.ts';
import { type RecordedScrapes, recordScrapes } from './recorded-scrapes.ts';

/**
 * Lab → pipeline → real Prometheus → real Alertmanager → webhook. The run is made in virtual time and read every 15 s
 * of it. Two real Prometheis then get the same hour as history and what follows as live scrapes: one stands before
 * the incident, one in it. Rules, thresholds and `for` are those that ship; nothing is scaled.
 */

const TIMEOUT_MS = 420_000;
const INTERVAL_MS = 15_000;
const PER_MINUTE = 60_000 / INTERVAL_MS;
const INCIDENT_MINUTE = 66;
/** The first minutes of a fleet that comes all at once are no ordinary minutes. */
const SETTLED_MINUTE = 5;
const LABELS = { job: 'playpath', instance: 'lab' };

const EVENING: Scenario = {
  ...BASE,
  name: 'pages',
  arrivals: { perMinute: 12, atStart: 45, atStartMs: 120_000, dayShape: 0, maxSessions: 0 },
  catalogue: { ...BASE.catalogue, liveSegmentMs: [6_000], vodSegmentMs: 6_000 },
  countries: { DE: 80 },
  incidents: [
    incident('edge_5xx', INCIDENT_MINUTE * 60_000, 20 * 60_000, { cdn: 'cloudfront', site: 'FRA', share: 0.9 }),
  ],
};

describe.skipIf(requireSystem('prometheus', 'promtool', 'alertmanager') !== '')('pages', () => {
  let recorded: RecordedScrapes;
  let healthy: OnCall;
  let hurt: OnCall;

  beforeAll(async () => {
    recorded = await recordScrapes(EVENING, {
      seed: 7,
      minutes: INCIDENT_MINUTE + 11,
      intervalMs: INTERVAL_MS,
      families: familiesOfRules(),
      labels: LABELS,
    });
    hurt = await OnCall.begin(recorded, (INCIDENT_MINUTE + 2) * PER_MINUTE, LABELS);
    // However long this takes, the healthy fleet never gets to see the incident.
    const before = { ...recorded, scrapes: INCIDENT_MINUTE * PER_MINUTE };
    healthy = await OnCall.begin(before, (INCIDENT_MINUTE - 5) * PER_MINUTE, LABELS);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await healthy?.end();
    await hurt?.end();
  });

  test('the hour before had enough viewers for every alert to speak up', async () => {
    const viewers = await healthy.prometheus.range('sum(playpath_concurrent_viewers)', healthy.from, healthy.to, 60);
    const counts = viewers[0]?.samples.slice(SETTLED_MINUTE).map(([, value]) => value) ?? [];
    expect(counts.length).toBeGreaterThan(50);
    expect(Math.min(...counts)).toBeGreaterThan(20);
  });

  test('at no moment of a healthy hour would any alert have fired', async () => {
    const from = healthy.from + SETTLED_MINUTE * 60;
    const fired: string[] = [];
    for (const { name, severity, expression, for: after } of ALERTS) {
      const step = INTERVAL_MS / 1000;
      for (const { labels, samples } of await healthy.prometheus.range(expression, from, healthy.to, step)) {
        const longest = longestStretch(
          samples.map(([at]) => at),
          step,
        );
        if (longest >= secondsOf(after)) fired.push(`${name} ${severity} ${JSON.stringify(labels)} for ${longest} s`);
      }
    }
    expect(fired).toEqual([]);
  });

  test(
    'an edge that answers 503 is one page, with everything that belongs to it',
    async () => {
      while (hurt.sink.notifications.length === 0) await delay(1_000);
      // Whatever else fires is in the group already, or comes to it with the next interval.
      const [page, ...more] = hurt.sink.notifications;
      expect(more).toEqual([]);
      expect(page).toMatchObject({
        status: 'firing',
        receiver: 'page',
        groupLabels: { domain: 'streaming', severity: 'page' },
      });
      const alert = page?.alerts.find(({ labels }) => labels.alertname === 'PlaypathSegmentErrors');
      expect(alert?.labels).toMatchObject({ cdn: 'cloudfront', pop: expect.stringMatching(/^FRA/) });
      expect(alert?.annotations).toMatchObject({
        summary: expect.stringMatching(/^cloudfront answers \d+(\.\d+)?% of segment requests in FRA\S* with 5xx$/),
        leading_verdict: expect.stringMatching(/^(edge_error|failover)$/),
        viewers: expect.stringMatching(/^\d+$/),
        runbook: 'dashboards/runbook.md#playpathsegmenterrors',
        dashboard_url: expect.stringMatching(/\/d\/playpath-cdn-origin\?.*var-cdn=cloudfront&var-pop=FRA/),
      });
    },
    TIMEOUT_MS,
  );

  test("Grafana's copy of a rule that fires knows the viewers and the verdict beside every series", async () => {
    let fired = 0;
    for (const { uid, data } of grafanaRules()) {
      const ask = async (ref: string) => {
        const expression = data.find(({ refId }) => refId === ref)?.model.expr?.replaceAll('$$', '$') ?? '';
        return (await hurt.prometheus.query(expression)).map(({ labels }) => labels);
      };
      const alerts = await ask('A');
      if (alerts.length === 0) continue;
      fired++;
      // One query without a result, and Grafana would call the rule "no data".
      expect((await ask('W')).length, uid).toBeGreaterThan(0);
      const verdicts = await ask('V');
      const without = verdicts.map(({ verdict, ...labels }) => (verdict === undefined ? {} : labels));
      expect(without, uid).toEqual(expect.arrayContaining(alerts.map(({ __name__, ...labels }) => labels)));
    }
    expect(fired).toBeGreaterThan(0);
  });

  test('the healthy fleet had nobody paged meanwhile', async () => {
    const firing = (await healthy.prometheus.query('ALERTS{alertstate="firing"}')).map(({ labels }) => labels);
    expect(firing).toEqual([]);
    expect(healthy.sink.notifications).toEqual([]);
    // It was looking all the time: the last scrape is fresh and the rules were evaluated.
    expect((await healthy.prometheus.query('up{job="playpath"} == 1')).length).toBe(1);
    expect((await healthy.prometheus.rules()).filter(({ health }) => health !== 'ok')).toEqual([]);
  });
});

type GrafanaRule = {
  readonly uid: string;
  readonly data: readonly { readonly refId: string; readonly model: { readonly expr?: string } }[];
};

function grafanaRules(): readonly GrafanaRule[] {
  const file = join(ROOT, 'dashboards/provisioning/alerting/rules.yaml');
  const { groups } = parse(readFileSync(file, 'utf8')) as { groups: { rules: GrafanaRule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** Families that any alert asks for, and those in its annotations. */
function familiesOfRules(): ReadonlySet<string> {
  const { groups } = parse(readFileSync(join(ROOT, 'dashboards/rules/alerts.yaml'), 'utf8')) as {
    groups: { rules: { expr: string; annotations: Record<string, string> }[] }[];
  };
  const rules = groups.flatMap(({ rules }) => rules);
  const asked = rules.flatMap(({ expr }) => readPromql(expr).selectors.flatMap(({ metrics }) => metrics));
  const said = rules.flatMap(({ annotations }) => annotations.viewers?.match(/playpath_\w+/g) ?? []);
  return new Set([...asked, ...said, 'playpath_incidents_total'].map((name) => name.replace(/_bucket$/, '')));
}

/** Seconds between the first and the last of the samples that follow each other without a gap. */
function longestStretch(times: readonly number[], step: number): number {
  let longest = 0;
  let begin = times[0] ?? 0;
  for (const [index, at] of times.entries()) {
    if (at - (times[index - 1] ?? at) > step * 1.5) begin = at;
    longest = Math.max(longest, at - begin);
  }
  return times.length === 0 ? -1 : longest;
}

function secondsOf(duration: string): number {
  return duration.endsWith('m') ? 60 * Number.parseFloat(duration) : Number.parseFloat(duration);
}
