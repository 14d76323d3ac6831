import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Collector } from '../../collector/collector.ts';
import { createLogger } from '../../collector/telemetry/logger.ts';
import { BASE, incident } from '../lab/base-scenario.ts';
import type { Scenario } from '../lab/scenario.ts';
import type { SessionTruth } from '../lab/session-truth.ts';
import { describeWith } from '../support/describe-with.ts';
import { configOf, labConfigTree } from '../support/lab-feed.ts';
import { type Labels, PrometheusServer } from '../support/prometheus-server.ts';
import { PAGE, ScrapeWitness } from '../support/scrape-witness.ts';
import { SteadyFeed } from '../support/steady-feed.ts';
import { systemCommand } from '../support/system-packages.ts';

/**
 * A real Prometheus scrapes a collector every second while a fleet watches at sixty times the speed of life. What
 * `rate()` and `increase()` then say is compared with what really happened.
 *
 * Both functions measure from the first to the last sample in their range and stretch that to the whole range. The
 * ranges here begin and end on samples, so that nothing is stretched; and a witness between Prometheus and the
 * collector numbers the pages it passes on and notes what had been fed at each. A scrape may be late or get lost: the
 * samples that Prometheus has say which page they are from. What is left to be wrong is the counters.
 */

const SCRAPE_MS = 1_000;
const SPEED = 60;
const MINUTE_MS = 60_000;
const TIMEOUT_MS = 120_000;
const TOLERANCE = 0.01;
const SOURCES = ['cloudfront', 'fastly', 'origin'];

/** A sample that Prometheus took: Unix seconds, and the number of the page it read. */
type Sample = { readonly at: number; readonly page: number };

const FLEET: Scenario = {
  ...BASE,
  name: 'prometheus',
  arrivals: { perMinute: 60, atStart: 10, atStartMs: 10_000, dayShape: 0, maxSessions: 300 },
  behaviour: { ...BASE.behaviour, watchMedianMs: 50_000, watchSigma: 0.5, tabCloseShare: 0, preRollShare: 0 },
  telemetry: { ...BASE.telemetry, blockedShare: 0, lossShare: 0 },
  players: { 'hls.js': 20, 'dash.js': 10, shaka: 5, 'cmcd-v1': 10, playpath: 50, plain: 5 },
  incidents: [
    incident('congestion', 0, 60 * MINUTE_MS, { share: 0.25, strength: 0.03 }),
    incident('edge_5xx', 0, 60 * MINUTE_MS, { cdn: 'cloudfront', site: 'FRA', share: 0.05 }),
  ],
};
/** Only the hook names a property, and only of a player that says everything is everything known. */
const HOOK = 'property=~"app|web"';

describeWith(['prometheus', 'promtool'], 'a real Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-e2e-prometheus-'));
  let prometheus: PrometheusServer;
  let witness: ScrapeWitness;
  let collector: Collector;
  let metricsUrl = '';
  let apiUrl = '';
  let truths: readonly SessionTruth[];
  /** Before the first viewer came, and after the last was forgotten. */
  let before: Sample;
  let after: Sample;

  beforeAll(async () => {
    // Exemplars carry virtual time, which ends about now.
    const feed = new SteadyFeed(Date.now() - 20 * MINUTE_MS, SPEED);
    const config = configOf(labConfigTree(FLEET, { correlate: { idleClose: '60s', pausedClose: '60s' } }), folder);
    const log = createLogger({ level: 'warn', format: 'text', stream: process.stderr, now: Date.now });
    collector = new Collector({ config, version: '0.0.0', log, now: () => feed.nowMs });
    const ports = await collector.start();
    metricsUrl = `http://127.0.0.1:${ports.metrics}/metrics`;
    apiUrl = `http://127.0.0.1:${ports.api}`;
    witness = await ScrapeWitness.listen(ports.metrics, feed);
    prometheus = await PrometheusServer.start(witness.target, SCRAPE_MS);
    before = await sampleOf(0);
    truths = await feed.play(FLEET, 2, 5 * MINUTE_MS, collector.ingest);
    // A new series is shown as 0 once, and then as what it is.
    after = await sampleOf(witness.pages.length + 1);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await prometheus?.stop();
    await witness?.close();
    await collector?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('finds nothing to complain about, nor does promtool', async () => {
    // A scrape that came too late is not a complaint about the page; the next one is in time.
    await expect.poll(() => prometheus.scrapeErrors(), { timeout: 20 * SCRAPE_MS }).toEqual(['']);
    const input = await (await fetch(metricsUrl)).text();
    const { stdout, stderr } = spawnSync(systemCommand('promtool'), ['check', 'metrics'], { input, encoding: 'utf8' });
    // Bitrates are in bits everywhere in streaming, and these names are promised.
    const findings = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => !/^$|use base unit "bytes" instead of "bits"/.test(line));
    expect(findings).toEqual([]);
  });

  test('increase() of requests by CDN, tier and status class is what was fed', async () => {
    const counted = await over('increase', 'playpath_requests_total', 'cdn,tier,status_class', before, after);
    expect(asObject(counted)).toEqual(closeTo(fedBetween(before, after)));
  });

  test('rate() of requests over the run is what was fed in a second', async () => {
    const rates = await over('rate', 'playpath_requests_total', 'cdn,tier,status_class', before, after);
    const perSecond = Object.entries(fedBetween(before, after)).map(([name, count]) => [
      name,
      count / (after.at - before.at),
    ]);
    expect(asObject(rates)).toEqual(closeTo(Object.fromEntries(perSecond)));
  });

  test('rate() of received lines in the middle of the run is the rate of feeding', async () => {
    const all = fedTo(after.page);
    // A series that is younger than a page may still be shown as its first 0.
    const isOld = ({ page }: Sample): boolean => page > 0 && SOURCES.every((source) => fedTo(page - 1, source) > 0);
    const middle = (await samples()).filter(
      (sample) => isOld(sample) && fedTo(sample.page) > 0.1 * all && fedTo(sample.page) < 0.9 * all,
    );
    const [from, to] = [middle[0] as Sample, middle.at(-1) as Sample];
    expect(to.page - from.page).toBeGreaterThanOrEqual(2);
    const rates = await over('rate', 'playpath_received_total', 'source', from, to);
    for (const source of SOURCES) {
      const truth = (fedTo(to.page, source) - fedTo(from.page, source)) / (to.at - from.at);
      console.log(`${source}: rate() ${rates.get(source)?.toFixed(3)}/s, fed ${truth.toFixed(3)}/s`);
      expect(Math.abs((rates.get(source) ?? 0) / truth - 1), source).toBeLessThan(TOLERANCE);
    }
  });

  test('increase() of sessions and of all that a player tells is what happened', async () => {
    const hook = truths.filter(({ player }) => player === 'playpath');
    const sum = (of: (truth: SessionTruth) => number): number => hook.reduce((total, truth) => total + of(truth), 0);
    const rows: readonly (readonly [selector: string, truth: number])[] = [
      ['playpath_sessions_started_total', truths.length],
      ['playpath_sessions_ended_total', truths.length],
      [`playpath_sessions_started_total{${HOOK}}`, hook.length],
      [
        `playpath_sessions_ended_total{outcome="played",${HOOK}}`,
        hook.filter(({ outcome }) => outcome === 'played').length,
      ],
      [`playpath_startup_seconds_count{${HOOK}}`, hook.filter(({ startupMs }) => startupMs !== null).length],
      [`playpath_startup_seconds_sum{${HOOK}}`, sum(({ startupMs }) => startupMs ?? 0) / 1000],
      [`playpath_playing_seconds_total{${HOOK}}`, sum(({ playingMs }) => playingMs) / 1000],
      [`playpath_paused_seconds_total{${HOOK}}`, sum(({ pausedMs }) => pausedMs) / 1000],
      [`playpath_stalled_seconds_total{kind="connection",${HOOK}}`, sum(({ stalledMs }) => stalledMs) / 1000],
      [`playpath_stalls_total{kind="connection",${HOOK}}`, sum(({ stalls }) => stalls.filter(isCounted).length)],
      [`playpath_rendered_media_seconds_total{${HOOK}}`, sum(({ renderedSeconds }) => renderedSeconds)],
      [
        `playpath_rendered_bits_total{${HOOK}}`,
        sum(({ renderedSeconds, averageKbps }) => renderedSeconds * (averageKbps ?? 0) * 1000),
      ],
    ];
    const table = [];
    for (const [selector, truth] of rows) {
      const [measured = 0] = (await over('increase', selector, '', before, after)).values();
      table.push({ selector, truth, measured, error: `${(100 * (measured / truth - 1)).toFixed(2)} %` });
    }
    console.table(table);
    for (const { selector, truth, measured } of table) {
      expect(truth, selector).toBeGreaterThan(0);
      expect(Math.abs(measured / truth - 1), selector).toBeLessThan(TOLERANCE);
    }
  });

  test('an exemplar leads to the trace of a session', async () => {
    const exemplars = await prometheus.exemplars(
      'playpath_startup_seconds_bucket',
      before.at - 3_600,
      after.at + 3_600,
    );
    const ids = new Set(exemplars.map(({ labels }) => labels.trace_id ?? ''));
    expect(ids.size).toBeGreaterThan(10);
    for (const id of [...ids].slice(0, 10)) expect((await fetch(`${apiUrl}/api/traces/${id}`)).status, id).toBe(200);
  });

  /** All samples so far that are of a page; of those of one page the first. */
  async function samples(): Promise<Sample[]> {
    const [series] = await prometheus.samples(`${PAGE}[10m]`);
    const firsts = new Map<number, Sample>();
    for (const [at, page] of series?.samples ?? []) if (!firsts.has(page)) firsts.set(page, { at, page });
    return [...firsts.values()];
  }

  /** Waits for a sample of the page with this number or a later one. */
  async function sampleOf(page: number): Promise<Sample> {
    for (;;) {
      const found = (await samples()).find((sample) => sample.page >= page);
      if (found !== undefined) return found;
      await delay(SCRAPE_MS / 4);
    }
  }

  /** `call` from one sample to another, summed by labels. */
  async function over(call: 'increase' | 'rate', selector: string, by: string, from: Sample, to: Sample) {
    // Prometheus 3 leaves out what lies on the left edge of a range.
    const range = `${Math.round((to.at - from.at) * 1000) + 1}ms`;
    const answers = await prometheus.query(`sum by (${by}) (${call}(${selector}[${range}]))`, to.at);
    return new Map(answers.map(({ labels, value }) => [key(labels, by), value]));
  }

  /** Lines fed until a page was made, of one source or of all. */
  function fedTo(page: number, source = ''): number {
    const counts = [...(witness.pages[page] ?? [])].filter(([name]) => source === '' || name.startsWith(`${source} `));
    return counts.reduce((sum, [, count]) => sum + count, 0);
  }

  /** Lines fed between two samples, by `cdn tier status_class`. */
  function fedBetween(from: Sample, to: Sample): Record<string, number> {
    const earlier = witness.pages[from.page];
    const later = witness.pages[to.page] ?? new Map<string, number>();
    return Object.fromEntries([...later].map(([name, count]) => [name, count - (earlier?.get(name) ?? 0)]));
  }
});

function key(labels: Labels, by: string): string {
  return by
    .split(',')
    .map((name) => labels[name] ?? '')
    .join(' ');
}

function asObject(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
}

/** `increase` is a division away from whole counts, and its range a millisecond longer than what it measures. */
function closeTo(counts: Readonly<Record<string, number>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [
      name,
      expect.toSatisfy((value: number) => Math.abs(value - count) <= count / 1000 + 0.001),
    ]),
  );
}

function isCounted({ kind, beginMs, endMs }: SessionTruth['stalls'][number]): boolean {
  return kind === 'connection' && endMs - beginMs >= 250;
}
