// Question: how long does a scrape of 10,000 series take while lines are posted, and do the posts wait for it?
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { KillableCollector } from '../durability/killable-collector.ts';
import { CLOUDFRONT_HEADER, loadLines } from './load/lines.ts';
import { httpRequest, PostGun, type Shot } from './load/post-gun.ts';
import { keepResult } from './load/result-page.ts';

const SERIES = 10_000;
const LINES_A_POST = 155;
/** As fast as a hundred Prometheus servers that scrape every fifteen seconds. */
const SCRAPE_EVERY_MS = 150;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '40' },
    /** Lines a second while it is scraped. */
    rate: { type: 'string', default: '15000' },
    keep: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const postsPerSecond = Number(values.rate) / LINES_A_POST;

const folder = mkdtempSync(join(tmpdir(), 'playpath-scrape-'));
const collector = await KillableCollector.at(folder, {
  sources: [{ name: 'cloudfront', format: 'cloudfront-standard', tier: 'edge', cdn: 'cloudfront' }],
  store: { kind: 'off' },
  metrics: { labelBudget: { pop: 4_000 } },
  log: { level: 'warn' },
});

function* posts(count: number, popOf: (line: number) => string): Generator<Buffer> {
  let at = 0;
  let lines: string[] = [];
  for (const { cloudFront } of loadLines(count * LINES_A_POST, 2_000_000)) {
    const columns = cloudFront.split('\t');
    const pop = popOf(at);
    if (pop !== '') columns[2] = pop;
    // The same line would be known, and cost less.
    columns[14] = `${(++unique).toString(16).padStart(40, '0')}==`;
    lines.push(columns.join('\t'));
    at++;
    if (lines.length < LINES_A_POST) continue;
    yield httpRequest('/v1/push/cloudfront', CLOUDFRONT_HEADER + lines.join(''));
    lines = [];
  }
}
let unique = 0;

function fire(bodies: Iterator<Buffer>, perSecond?: number): Promise<Shot> {
  return new PostGun(collector.ports.ingest, 8).fire(() => bodies.next().value ?? null, perSecond);
}

/** As Prometheus asks, which sees series begin at 0. */
async function scrape(): Promise<{ readonly tookMs: number; readonly text: string }> {
  const beganMs = performance.now();
  const headers = { 'user-agent': 'Prometheus/3', 'x-prometheus-scrape-timeout-seconds': '10' };
  const text = await (await fetch(`${collector.metricsUrl}/metrics`, { headers })).text();
  return { tookMs: performance.now() - beganMs, text };
}

/** Scrapes until `isOver`; how long each took, ascending. */
async function scrapes(isOver: () => boolean): Promise<number[]> {
  const took: number[] = [];
  while (!isOver()) {
    const { tookMs } = await scrape();
    took.push(tookMs);
    await delay(Math.max(0, SCRAPE_EVERY_MS - tookMs));
  }
  return took.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number) =>
  (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);

try {
  await collector.start();
  const seriesOf = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  let series = 0;
  for (let pops = 100; series < SERIES && pops <= 4_000; pops += 100) {
    await fire(posts(60, (line) => `P${pops + (line % 100)}`));
    series = seriesOf((await scrape()).text);
  }
  // Made while they are sent: garbage of gigabytes of posts would stop the sender, which also measures.
  const load = () => posts(Math.ceil(seconds * postsPerSecond), () => '');
  const idleUntilMs = performance.now() + 10_000;
  const idle = await scrapes(() => performance.now() > idleUntilMs);
  const alone = await fire(load(), postsPerSecond);
  let isOver = false;
  const scraping = scrapes(() => isOver);
  const scraped = await fire(load(), postsPerSecond);
  isOver = true;
  const busy = await scraping;
  const rate = (shot: Shot) => Math.round((shot.answered * LINES_A_POST) / shot.seconds).toLocaleString('en');
  const table = [
    '| what | p50 ms | p99 ms | most ms | lines/s |',
    '|---|---|---|---|---|',
    `| scrape of ${series} series, nothing else to do, ${idle.length} times | ${at(idle, 0.5)} | ${at(idle, 0.99)} | ${at(idle, 1)} | |`,
    `| scrape of ${series} series while lines are posted, ${busy.length} times | ${at(busy, 0.5)} | ${at(busy, 0.99)} | ${at(busy, 1)} | |`,
    `| answers to posts, never scraped | ${alone.p50Ms.toFixed(1)} | ${alone.p99Ms.toFixed(1)} | | ${rate(alone)} |`,
    `| answers to posts, scraped every ${SCRAPE_EVERY_MS} ms | ${scraped.p50Ms.toFixed(1)} | ${scraped.p99Ms.toFixed(1)} | | ${rate(scraped)} |`,
  ];
  console.log(table.join('\n'));
  if (values.keep) {
    const note = `The sender runs on the same machine and posts ${LINES_A_POST} CloudFront lines at a time, journal on.`;
    keepResult('scrape', 'Scrapes under load', note, table, { series, idle: at(idle, 0.99), busy: at(busy, 0.99) });
  }
} finally {
  await collector.kill();
  rmSync(folder, { recursive: true, force: true });
}
