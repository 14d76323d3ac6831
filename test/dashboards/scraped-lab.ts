import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Collector } from '../../collector/collector.ts';
import { createLogger } from '../../collector/telemetry/logger.ts';
import { ROOT } from '../house/tree.ts';
import { LabPlayer } from '../lab/lab.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { configOf, labConfigTree } from '../support/lab-feed.ts';
import { OtlpSink } from '../support/otlp-sink.ts';
import { SteadyFeed } from '../support/steady-feed.ts';
import { PrometheusProcess } from './prometheus-process.ts';

const SPEED = 40;
const SCRAPE_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

const demo = SCENARIOS.get('demo') as Scenario;

/** The demo's troubles on a fleet whose records also come late, twice and with wrong clocks. */
const FLEET: Scenario = {
  ...demo,
  arrivals: { perMinute: 40, atStart: 20, atStartMs: 5_000, dayShape: 0, maxSessions: 280 },
  behaviour: { ...demo.behaviour, watchMedianMs: 60_000, watchSigma: 0.6, seekShare: 0.5, startPatienceMs: 8_000 },
  telemetry: { ...demo.telemetry, duplicateShare: 0.05, skewShare: 0.2, skewMs: 3 * 60 * MINUTE_MS },
  cdns: demo.cdns.map((cdn) => ({ ...cdn, duplicateShare: 0.05 })),
};

/** A collector that a real Prometheus scraped while a fleet watched, with the rules of this repository loaded. */
export type ScrapedLab = {
  readonly prometheus: PrometheusProcess;
  /** First and last moment, Unix seconds. */
  readonly from: number;
  readonly to: number;
  readonly close: () => Promise<void>;
};

export async function scrapedLab(): Promise<ScrapedLab> {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-dashboards-'));
  const backend = await OtlpSink.listen();
  // Exemplars carry virtual time, which ends about now.
  const feed = new SteadyFeed(Date.now() - 20 * MINUTE_MS, SPEED);
  const changes = {
    correlate: { idleClose: '60s', pausedClose: '60s' },
    export: { otlp: { endpoint: backend.endpoint } },
    metrics: { port: 0, labelBudget: { country: 3 } },
  };
  const log = createLogger({ level: 'error', format: 'text', stream: process.stderr, now: Date.now });
  const config = configOf(labConfigTree(FLEET, changes), folder);
  const collector = new Collector({ config, version: '0.0.0', log, now: () => feed.nowMs });
  const ports = await collector.start();
  const target = { static_configs: [{ targets: [`127.0.0.1:${ports.metrics}`] }] };
  const from = Date.now() / 1000;
  const prometheus = await PrometheusProcess.start({
    dataFolder: '',
    config: {
      global: { scrape_interval: `${SCRAPE_MS}ms`, scrape_timeout: `${SCRAPE_MS}ms`, evaluation_interval: '5s' },
      rule_files: ['recording', 'alerts'].map((name) => join(ROOT, 'dashboards/rules', `${name}.yaml`)),
      scrape_configs: [
        { job_name: 'playpath', ...target },
        { job_name: 'playpath-collector', metrics_path: '/metrics/collector', ...target },
      ],
    },
  });
  while ((await prometheus.query('up == 1')).length < 2) await delay(100);
  await sendOddities(ports.ingest, feed.nowMs);
  await feed.play(FLEET, 3, 2 * MINUTE_MS, collector.ingest);
  // What was born last is shown as 0 first.
  const seen = await scrapes(prometheus);
  while ((await scrapes(prometheus)) < seen + 4) await delay(SCRAPE_MS);
  return {
    prometheus,
    from,
    to: Date.now() / 1000,
    close: async () => {
      await prometheus.stop();
      await collector.close();
      await backend.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function scrapes(prometheus: PrometheusProcess): Promise<number> {
  const [count] = await prometheus.query('count_over_time(up{job="playpath"}[1h])');
  return count?.value ?? 0;
}

/** What real senders send as well: lines nobody can read, requests of nobody's session, clocks that are far off. */
async function sendOddities(port: number, nowMs: number): Promise<void> {
  const lab = new LabPlayer(FLEET, 99, nowMs - MINUTE_MS);
  const origin = [...lab.next(nowMs)].find(({ source, kind }) => source === 'origin' && kind === 'line');
  const line = { ...(JSON.parse(origin?.body ?? '{}') as object), uri: '/probe.m4s', args: '', x_request_id: 'probe' };
  const old = {
    ...line,
    request_id: 'old',
    x_request_id: 'old',
    ts: (nowMs - 400 * DAY_MS) / 1000,
    time: new Date(nowMs - 400 * DAY_MS).toISOString(),
  };
  await post(port, '/v1/push/origin', `not a log line\n${JSON.stringify(line)}\n${JSON.stringify(old)}\n`);
  const event = `cid="news-1",ltc=9000000,sf=h,sid="odd-clock",st=l,sta=p,v=2`;
  const reports = ['e=ps,sn=1', 'e=t,sn=2'].map(
    (parts, at) => `${event},${parts},ts=${Math.round(nowMs + 1_000 * at)}\n`,
  );
  await post(port, '/v1/cmcd', reports.join(''), 'application/cmcd');
}

async function post(port: number, path: string, body: string, type = 'text/plain'): Promise<void> {
  const headers = { 'content-type': type };
  const { ok, status } = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers });
  if (!ok) throw new Error(`${path} was answered ${status}`);
}
