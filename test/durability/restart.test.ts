import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CounterWatch } from './counter-watch.ts';
import { KNOWN_CONFIG, until } from './crash-run.ts';
import { KillableCollector } from './killable-collector.ts';
import { KnownLoad } from './known-load.ts';
import { SpanLedger } from './span-ledger.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function collectorFor(ledger: SpanLedger, idleClose = '5m') {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-restart-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const collector = await KillableCollector.at(folder, {
    ...KNOWN_CONFIG,
    correlate: { ...KNOWN_CONFIG.correlate, idleClose },
    store: { kind: 'off' },
    export: { otlp: { endpoint: ledger.endpoint, batch: { age: '100ms' } } },
  });
  undo.push(() => collector.kill());
  await collector.start();
  return collector;
}

async function ledgerOfThisTest(): Promise<SpanLedger> {
  const ledger = await SpanLedger.listen();
  undo.push(() => ledger.close());
  return ledger;
}

/** One address before several collectors; a connection goes to the next one that is there. */
async function balancer(ports: readonly number[]): Promise<string> {
  let turn = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.on('error', () => {}).on('close', () => open.delete(client));
    const dial = (tries: number): void => {
      const behind = connect(ports[turn++ % ports.length] as number, '127.0.0.1');
      behind.once('connect', () => {
        client.pipe(behind).pipe(client);
        client.on('close', () => behind.destroy());
      });
      behind.on('error', () => (tries > 0 && behind.connecting !== false ? dial(tries - 1) : client.destroy()));
      behind.on('close', () => client.destroySoon());
    };
    dial(ports.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

test('two collectors behind one address are restarted one after the other, and nothing is lost', async () => {
  const ledger = await ledgerOfThisTest();
  const collectors = [await collectorFor(ledger, '3s'), await collectorFor(ledger, '3s')];
  const load = new KnownLoad(await balancer(collectors.map(({ ports }) => ports.ingest)), 11);
  const playing = load.play(30, 5, 10, 30);
  for (const collector of collectors) {
    await until(async () => load.acknowledged.posts > 40 * (1 + collectors.indexOf(collector)), 20_000);
    expect(await collector.stop()).toBe(0);
    await collector.start();
  }
  await playing;
  const watches = collectors.map(({ metricsUrl }) => new CounterWatch(metricsUrl));
  const lines = async () => {
    const counts = await Promise.all(watches.map((watch) => watch.total('playpath_requests_total')));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  // Both may have a part of a session. Its lines are counted where they went, and what is left of it there grows silent.
  expect(await lines()).toBe(load.acknowledged.lines);
  await until(async () => [...load.requestIds].every((id) => ledger.edges.has(id)), 25_000);
  expect([...load.requestIds].filter((id) => !ledger.edges.has(id))).toEqual([]);
}, 90_000);

test('SIGHUP takes a new configuration while requests wait, and keeps the old one when the new one is wrong', async () => {
  const ledger = await ledgerOfThisTest();
  const collector = await collectorFor(ledger);
  const load = new KnownLoad(collector.ingestUrl, 12);
  const playing = load.play(16, 6, 8, 20);
  const file = join(collector.folder, 'playpath.yaml');
  const tree = JSON.parse(readFileSync(file, 'utf8')) as { sources: object[] };
  const reload = async (text: string, said: string) => {
    writeFileSync(file, text);
    process.kill(collector.pid, 'SIGHUP');
    await until(async () => collector.output.includes(said), 20_000);
    expect(collector.output).toContain(said);
  };
  await until(async () => load.acknowledged.posts > 20, 20_000);
  await reload('{ "sourcess": [] }', 'the new configuration is not used');
  const added = { name: 'edge-b', format: 'nginx-json', tier: 'edge', cdn: 'cdn-b' };
  await reload(JSON.stringify({ ...tree, sources: [...tree.sources, added] }), 'the configuration was read again');
  await playing;
  expect(load.repeatedPosts).toBe(0);
  const line = '{"ts":1795294503.807,"request_id":"a","host":"b","method":"GET","uri":"/x.m4s","status":200}';
  const pushed = await fetch(`${collector.ingestUrl}/v1/push/edge-b`, { method: 'POST', body: line });
  expect(pushed.status).toBe(200);
  const watch = new CounterWatch(collector.metricsUrl);
  await until(async () => (await watch.total('playpath_sessions_ended_total')) === 16, 20_000);
  expect(await watch.total('playpath_sessions_ended_total')).toBe(16);
  expect(await watch.total('playpath_requests_total', { cdn: 'cdn-a' })).toBe(load.acknowledged.lines);
  expect([collector.starts, ledger.doubled]).toEqual([1, []]);
}, 90_000);
