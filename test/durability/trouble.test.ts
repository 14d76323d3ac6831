import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CounterWatch } from './counter-watch.ts';
import { KNOWN_CONFIG, until } from './crash-run.ts';
import { KillableCollector } from './killable-collector.ts';
import { KnownLoad } from './known-load.ts';
import { type Behaviour, SpanLedger } from './span-ledger.ts';

const WITHIN_MS = 25_000;
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function rig(config: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-trouble-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const ledger = await SpanLedger.listen();
  undo.push(() => ledger.close());
  const otlp = {
    endpoint: ledger.endpoint,
    batch: { age: '100ms' },
    timeout: '500ms',
    retry: { first: '50ms', max: '200ms' },
  };
  const collector = await KillableCollector.at(folder, {
    ...KNOWN_CONFIG,
    store: { kind: 'off' },
    export: { otlp },
    ...config,
  });
  undo.push(() => collector.kill());
  return {
    folder,
    ledger,
    collector,
    load: new KnownLoad(collector.ingestUrl, 7),
    watch: new CounterWatch(collector.metricsUrl),
  };
}

/** Waits until every session and line that was promised is in a span, and says what is missing. */
async function missing(ledger: SpanLedger, load: KnownLoad): Promise<readonly string[]> {
  const absent = () => [
    ...[...load.requestIds].filter((id) => !ledger.edges.has(id)),
    ...load.sids.filter((sid) => !ledger.sessions.has(sid)),
  ];
  await until(async () => absent().length === 0, WITHIN_MS);
  return absent();
}

test('a backend that flaps, is slow, cuts connections and answers 429, 500 and nonsense gets every span', async () => {
  const { ledger, collector, load } = await rig();
  const answers: ReturnType<Behaviour>[] = [
    { status: 429 },
    { status: 500, body: 'no room' },
    { status: 200, isCut: true },
    { status: 503 },
    { status: 200, delayMs: 900 },
    { status: 200, body: '\u0000\u00ff not protobuf' },
    { status: 200 },
  ];
  ledger.behaviour = (request) => answers[request % answers.length] ?? { status: 200 };
  await collector.start();
  await load.play(8, 4, 8, 20);
  expect(await missing(ledger, load)).toEqual([]);
  expect(ledger.doubled).toEqual([]);
}, 60_000);

test('a backend that is away, through a kill, has everything when it is back, and nothing under a second id', async () => {
  const { ledger, collector, load, watch } = await rig();
  await collector.start();
  await ledger.close();
  await load.play(8, 4, 8, 20);
  await until(async () => (await watch.total('playpath_sessions_ended_total')) === 8, WITHIN_MS);
  expect(await watch.total('playpath_sessions_ended_total')).toBe(8);
  await collector.kill();
  await collector.start();
  const back = await SpanLedger.listen(ledger.port);
  undo.push(() => back.close());
  expect(await missing(back, load)).toEqual([]);
  expect(back.doubled).toEqual([]);
  expect(await watch.total('playpath_sessions_ended_total')).toBe(8);
}, 60_000);

test('damage in the middle of the journal costs the records it hit, is counted, and nothing else', async () => {
  const { folder, ledger, collector, load, watch } = await rig();
  await collector.start();
  await load.play(6, 4, 6, 0);
  await collector.kill();
  const journal = join(folder, 'data', 'journal', '0');
  const file = join(journal, readdirSync(journal)[0] ?? '');
  const bytes = readFileSync(file);
  const frame = bytes.indexOf('PPJ1', bytes.length >> 1);
  bytes.writeUInt8((bytes[frame + 40] as number) ^ 0xff, frame + 40);
  writeFileSync(file, bytes);
  await collector.start();
  const lost = Number(/records of the journal are damaged and lost records=(\d+)/.exec(collector.output)?.[1]);
  expect(lost).toBeGreaterThan(0);
  const own = await (await fetch(`${collector.metricsUrl}/metrics/collector`)).text();
  expect(own).toContain(`playpath_collector_journal_lost_records ${lost}`);
  await until(async () => (await watch.total('playpath_sessions_ended_total')) >= 5, WITHIN_MS);
  expect(await watch.total('playpath_requests_total')).toBeGreaterThanOrEqual(load.acknowledged.lines - lost);
  expect(ledger.doubled).toEqual([]);
}, 60_000);

/** A file system of four megabytes; false where this user may not mount one. */
function mountSmall(path: string): boolean {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return false;
  }
  undo.push(() => execFileSync('umount', ['-l', path]));
  return true;
}

/** Takes all the room there is. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const block of [65_536, 4_096, 64]) {
      try {
        for (;;) if (writeSync(file, Buffer.alloc(block)) < block) break;
      } catch {
        // Full, for blocks of this size.
      }
    }
  } finally {
    closeSync(file);
  }
}

test('a full disk refuses, says so, and goes on by itself when there is room', async ({ skip }) => {
  const { folder, ledger, collector, load, watch } = await rig();
  if (!mountSmall(join(folder, 'data'))) return skip('this user may not mount a file system');
  await collector.start();
  watch.start(200);
  const filler = join(folder, 'data', 'filler');
  const playing = load.play(12, 6, 12, 20);
  await until(async () => load.acknowledged.posts > 30, WITHIN_MS);
  fill(filler);
  await until(async () => (await fetch(`${collector.ingestUrl}/readyz`)).status === 503, WITHIN_MS);
  const refused = await fetch(`${collector.ingestUrl}/v1/push/edge-a`, { method: 'POST', body: '{}' });
  const ready = await fetch(`${collector.ingestUrl}/readyz`);
  const own = await (await fetch(`${collector.metricsUrl}/metrics/collector`)).text();
  const postsThen = load.acknowledged.posts;
  rmSync(filler);
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('journal cannot be written')]);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(own).toMatch(/playpath_collector_disk_refuses\{disk="journal"\} 1/);
  expect(collector.output).toContain('the journal cannot be written: senders are told to come again');
  await playing;
  expect(load.acknowledged.posts).toBeGreaterThan(postsThen);
  expect(load.repeatedPosts).toBeGreaterThan(0);
  expect(await missing(ledger, load)).toEqual([]);
  expect(collector.output).toContain('the journal is written again');
  await until(async () => (await watch.total('playpath_sessions_ended_total')) >= 12, WITHIN_MS);
  await watch.stop();
  expect(await watch.total('playpath_requests_total')).toBe(load.acknowledged.lines);
  expect(await watch.total('playpath_sessions_started_total')).toBe(12);
  expect([ledger.doubled, [...watch.resets], collector.starts]).toEqual([[], [], 1]);
}, 60_000);
