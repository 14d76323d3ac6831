// Question: how many events a second does one collector take over HTTP with the journal on, and how soon are they in /metrics?
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KillableCollector } from '../durability/killable-collector.ts';
import { CLOUDFRONT_HEADER, loadLines } from './load/lines.ts';
import { httpRequest, PostGun, type Shot } from './load/post-gun.ts';
import { keepResult } from './load/result-page.ts';

const BODY_BYTES = 100_000;
const CONNECTIONS = 16;
/** Single posts come from many players, of whom each waits for its answer: a window of the journal long at least. */
const PLAYERS = 512;
const PROBES = 100;

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '100000' },
    /** Times that all lines are posted, each time with request ids of their own. */
    cycles: { type: 'string', default: '6' },
    events: { type: 'string', default: '400000' },
    posts: { type: 'string', default: '60000' },
    keep: { type: 'boolean', default: false },
  },
});

type Row = { readonly name: string; readonly events: number; readonly cpuSeconds: number } & Shot;

const folder = mkdtempSync(join(tmpdir(), 'playpath-ingest-'));
const collector = await KillableCollector.at(folder, {
  sources: [
    { name: 'cloudfront', format: 'cloudfront-standard', tier: 'edge', cdn: 'cloudfront' },
    { name: 'probe', format: 'cloudfront-standard', tier: 'edge', cdn: 'probe' },
  ],
  store: { kind: 'off' },
  log: { level: 'warn' },
});

/** Requests of about 100 kB, and how many events each holds. */
function bodies(path: string, head: string, tail: string, separator: string, events: Iterable<string>) {
  const made: { readonly request: Buffer; readonly events: number }[] = [];
  let parts: string[] = [];
  let size = 0;
  const seal = (): void => {
    if (parts.length > 0)
      made.push({ request: httpRequest(path, head + parts.join(separator) + tail), events: parts.length });
    parts = [];
    size = 0;
  };
  for (const event of events) {
    parts.push(event);
    size += event.length;
    if (size >= BODY_BYTES || parts.length >= 990) seal();
  }
  seal();
  return made;
}

function* cloudFrontLines(count: number): Generator<string> {
  for (const { cloudFront } of loadLines(count, 2_000_000)) yield cloudFront;
}

/** Heartbeats of ten thousand players. */
function* beacons(count: number, from = 0): Generator<string> {
  const nowMs = Date.now();
  for (let i = from; i < from + count; i++) {
    const session = `00000000-0000-4000-8000-${String(i % 10_000).padStart(12, '0')}`;
    const seq = Math.floor(i / 10_000);
    yield JSON.stringify({ session, event: 'heartbeat', ts: nowMs + seq, seq, bufferMs: 12_000, bitrateKbps: 2_500 });
  }
}

let renumbered = 0;

/** New digits in every request id, which ends in `==`: the same lines would be known, and cost less. */
function renumber(request: Buffer, cycle: number): void {
  const digits = cycle.toString(16).padStart(8, '0');
  for (let at = request.indexOf('==\t'); at >= 0; at = request.indexOf('==\t', at + 3))
    request.write(digits, at - 8, 'latin1');
}

/** User and system time of the collector so far, seconds. */
function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${collector.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function measure(
  name: string,
  made: readonly { request: Buffer; events: number }[],
  options: { readonly cycles?: number; readonly perSecond?: number; readonly connections?: number } = {},
) {
  const { cycles = 1, perSecond, connections = CONNECTIONS } = options;
  let at = 0;
  const next = (): Buffer | null => {
    const body = made[at % made.length];
    const cycle = Math.floor(at / made.length);
    at++;
    if (body === undefined || cycle >= cycles) return null;
    if (cycles > 1) renumber(body.request, ++renumbered);
    return body.request;
  };
  const before = cpuSeconds();
  const shot = await new PostGun(collector.ports.ingest, connections).fire(next, perSecond);
  const events = cycles * made.reduce((sum, body) => sum + body.events, 0);
  const row: Row = { name, events, cpuSeconds: cpuSeconds() - before, ...shot };
  console.log(describe(row));
  return row;
}

function describe({ name, events, seconds, cpuSeconds, answered, refused, p50Ms, p99Ms }: Row): string {
  const rate = (count: number, per: number) => Math.round(count / per).toLocaleString('en');
  return `| ${name} | ${rate(events, seconds)} | ${rate(answered, seconds)} | ${rate(events, cpuSeconds)} | ${p50Ms.toFixed(1)} | ${p99Ms.toFixed(1)} | ${refused} |`;
}

/** From the answer to a probe until `/metrics` shows it, while other load runs. Milliseconds, ascending. */
async function visibility(): Promise<number[]> {
  const took: number[] = [];
  let probe = 0;
  for (const line of cloudFrontLines(PROBES)) {
    probe++;
    const body = `${CLOUDFRONT_HEADER}${line}`;
    await fetch(`${collector.ingestUrl}/v1/push/probe`, { method: 'POST', body }).then((answer) =>
      answer.arrayBuffer(),
    );
    const answeredMs = performance.now();
    for (;;) {
      const text = await (await fetch(`${collector.metricsUrl}/metrics`)).text();
      if (new RegExp(`playpath_received_total\\{source="probe"\\} ${probe}\\n`).test(text)) break;
    }
    took.push(performance.now() - answeredMs);
  }
  return took.sort((a, b) => a - b);
}

try {
  await collector.start();
  const head = [
    '| what | events/s | posts/s | events per CPU second | p50 ms | p99 ms | refused |',
    '|---|---|---|---|---|---|---|',
  ];
  console.log(head.join('\n'));
  const lines = bodies('/v1/push/cloudfront', CLOUDFRONT_HEADER, '', '', cloudFrontLines(Number(values.lines)));
  const cycles = Number(values.cycles);
  await measure('the same, while the code gets warm', lines, { cycles: 1 });
  const rows = [await measure('CloudFront lines in 100 kB bodies', lines, { cycles })];
  const perSecond = (rows[0]?.answered ?? 0) / (rows[0]?.seconds ?? 1) / 2;
  const probing = visibility();
  rows.push(await measure('the same at half that load', lines, { cycles: Math.max(1, cycles >> 1), perSecond }));
  const visible = await probing;
  const events = bodies('/v1/beacon', '[', ']', ',', beacons(Number(values.events)));
  rows.push(await measure('beacon events in 100 kB bodies', events));
  const posts = [...beacons(Number(values.posts), 10_000_000)].map((event) => ({
    request: httpRequest('/v1/beacon', event),
    events: 1,
  }));
  rows.push(await measure('beacon posts of one event, 512 connections', posts, { connections: PLAYERS }));
  const p99 = visible[Math.floor(0.99 * (visible.length - 1))] ?? Number.NaN;
  const visibleLine = `From an answer to /metrics at half load: p50 ${visible[visible.length >> 1]?.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms.`;
  console.log(visibleLine);
  if (values.keep) {
    keepResult(
      'ingest',
      'Live ingest over HTTP with the journal on',
      'The sender runs on the same machine. The run ends before its sessions settle: this is what is taken in, and what correlation makes of CDN lines two minutes later is not in it.',
      [...head, ...rows.map(describe), '', visibleLine],
      { rows, visibleMs: { p99 } },
    );
  }
} finally {
  await collector.kill();
  rmSync(folder, { recursive: true, force: true });
}
