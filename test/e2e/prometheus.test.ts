import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Collector } from '../../collector/collector.ts';
import { createLogger } from '../../collector/telemetry/logger.ts';
import { BASE, incident } from '../lab/base-scenario.ts';
import type { Scenario } from '../lab/scenario.ts';
import type { SessionTruth } from '../lab/session-truth.ts';
import { configOf, labConfigTree } from '../support/lab-feed.ts';
import { type Labels, PrometheusServer } from '../support/prometheus-server.ts';
import { ScrapeWitness, SteadyFeed } from '../support/steady-feed.ts';
import { requireSystem, systemCommand } from '../support/system-packages.ts';

/**
 * A real Prometheus scrapes a collector every second while a fleet watches at sixty times the speed of life. What
 * `rate()` and `increase()` then say is compared with what really happened.
 *
 * Both functions measure from the first to the last sample in their range and stretch that to the whole range. The
 * ranges here begin and end on samples, so that nothing is stretched; and a witness between Prometheus and the
 * collector notes what had been fed at each scrape. What is left to be wrong is the counters.
 */

const SCRAPE_MS = 1_000;
const SPEED = 60;
const MINUTE_MS = 60_000;
const TIMEOUT_MS = 120_000;
const TOLERANCE = 0.01;

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

describe.skipIf(requireSystem('prometheus', 'promtool') !== '')('a real Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-e2e-prometheus-'));
  let prometheus: PrometheusServer;
  let witness: ScrapeWitness;
  let collector: Collector;
  let metricsUrl = '';
  let apiUrl = '';
  let truths: readonly SessionTruth[];
  /** Samples before the first viewer came and after the last was forgotten, Unix seconds. */
  let before = 0;
  let after = 0;

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
    before = (await scrapes()).at(-1) as number;
    truths = await feed.play(FLEET, 2, 5 * MINUTE_MS, collector.ingest);
    // A new series is shown as 0 once, and then as what it is.
    await delay(3 * SCRAPE_MS);
    after = (await scrapes()).at(-1) as number;
  }, TIMEOUT_MS);

  afterAll(async () => {
    await prometheus?.stop();
    await witness?.close();
    await collector?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('finds nothing to complain about, nor does promtool', async () => {
    expect(await prometheus.scrapeErrors()).toEqual(['']);
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
      count / (after - before),
    ]);
    expect(asObject(rates)).toEqual(closeTo(Object.fromEntries(perSecond)));
  });

  test('rate() of received lines in the middle of the run is the rate of feeding', async () => {
    const samples = (await scrapes()).filter((at) => at >= before && at <= after);
    const all = total(fedBetween(before, after));
    const from = samples.find((at) => total(fedBetween(before, at)) > 0.1 * all) as number;
    const to = samples.findLast((at) => total(fedBetween(before, at)) < 0.9 * all) as number;
    expect(to - from).toBeGreaterThan(3);
    const rates = await over('rate', 'playpath_received_total', 'source', from, to);
    const fed = fedBetween(from, to);
    for (const source of ['cloudfront', 'fastly', 'origin']) {
      const lines = Object.entries(fed).filter(([name]) => name.startsWith(`${source} `));
      const truth = lines.reduce((sum, [, count]) => sum + count, 0) / (to - from);
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
    const exemplars = await prometheus.exemplars('playpath_startup_seconds_bucket', before - 3_600, after + 3_600);
    const ids = new Set(exemplars.map(({ labels }) => labels.trace_id ?? ''));
    expect(ids.size).toBeGreaterThan(10);
    for (const id of [...ids].slice(0, 10)) expect((await fetch(`${apiUrl}/api/traces/${id}`)).status, id).toBe(200);
  });

  /** Times of all samples so far, Unix seconds. */
  async function scrapes(): Promise<number[]> {
    const [series] = await prometheus.samples('up[10m]');
    return series?.samples.map(([at]) => at) ?? [];
  }

  /** `call` from the sample at `from` to the one at `to`, summed by labels. */
  async function over(call: 'increase' | 'rate', selector: string, by: string, from: number, to: number) {
    const range = `${Math.round((to - from) * 1000)}ms`;
    const answers = await prometheus.query(`sum by (${by}) (${call}(${selector}[${range}]))`, to);
    return new Map(answers.map(({ labels, value }) => [key(labels, by), value]));
  }

  /** Lines fed between two scrapes, by `cdn tier status_class`. */
  function fedBetween(from: number, to: number): Record<string, number> {
    const earlier = witness.at(from).lines;
    return Object.fromEntries([...witness.at(to).lines].map(([key, count]) => [key, count - (earlier.get(key) ?? 0)]));
  }
});

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function key(labels: Labels, by: string): string {
  return by
    .split(',')
    .map((name) => labels[name] ?? '')
    .join(' ');
}

function asObject(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
}

/** Counts are whole; `increase` is a division away from them. */
function closeTo(counts: Readonly<Record<string, number>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [key, expect.closeTo(count, 3)]));
}

function isCounted({ kind, beginMs, endMs }: SessionTruth['stalls'][number]): boolean {
  return kind === 'connection' && endMs - beginMs >= 250;
}
