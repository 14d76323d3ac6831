import { execFile, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { SELF_METRICS, type SelfMetric } from '../../collector/telemetry/self-contract.ts';
import { SelfTelemetry, type SelfTelemetryOptions } from '../../collector/telemetry/self-metrics.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { requireSystem, systemCommand } from '../support/system-packages.ts';

const T0 = Date.parse('2026-03-01T12:00:00Z');
const SELF: readonly SelfMetric[] = Object.values(SELF_METRICS);

let running: SelfTelemetry | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

function start(options: Partial<SelfTelemetryOptions> = {}): SelfTelemetry {
  running = new SelfTelemetry({
    version: '1.2.3',
    readouts: readouts(),
    now: () => T0,
    ...options,
  });
  running.start();
  return running;
}

async function scrape(telemetry: SelfTelemetry): Promise<string> {
  const server = createServer(telemetry.scrape);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await answer.text();
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A clock that jumps by `stepMs` whenever it is read. */
function stepping(stepMs: number): () => number {
  let nowMs = T0 - stepMs;
  return () => {
    nowMs += stepMs;
    return nowMs;
  };
}

describe('/metrics/collector', () => {
  test('serves exactly the metrics of the list, with their labels', async () => {
    const telemetry = start();
    await telemetry.operation('reload', async () => {});
    const samples = parseExposition(await scrape(telemetry)).filter(({ name }) => name !== 'target_info');
    const labelsOf = new Map<string, Set<string>>();
    for (const { name, labels } of samples) {
      const base = name.replace(/_(?:bucket|sum|count)$/, '');
      const names = labelsOf.get(base) ?? new Set();
      for (const label of Object.keys(labels)) if (label !== 'le') names.add(label);
      labelsOf.set(base, names);
    }
    expect([...labelsOf.keys()].toSorted()).toEqual(SELF.map(({ name }) => name).toSorted());
    for (const { name, labels } of SELF)
      expect([...(labelsOf.get(name) ?? [])].toSorted(), name).toEqual(labels.toSorted());
  });

  test('reads the parts of the collector at the time of the scrape', async () => {
    let sessions = 1;
    const telemetry = start({ readouts: { ...readouts(), liveSessions: () => sessions } });
    expect(await scrape(telemetry)).toContain('playpath_collector_live_sessions 1\n');
    sessions = 2;
    const text = await scrape(telemetry);
    for (const line of [
      'playpath_collector_live_sessions 2',
      'playpath_collector_received_records_total 120',
      'playpath_collector_rejected_records_total 3',
      'playpath_collector_unknown_cache_words_total{provider="nginx",word="SIDEWAYS"} 5',
      'playpath_collector_queue_length{queue="otlp"} 4',
      'playpath_collector_queue_capacity{queue="otlp"} 100',
      'playpath_collector_sent_items_total{exporter="otlp"} 900',
      'playpath_collector_dropped_items_total{exporter="otlp"} 2',
      'playpath_collector_export_retries_total{exporter="otlp"} 7',
    ])
      expect(text).toContain(`${line}\n`);
  });

  test('knows how the process fares', async () => {
    const samples = parseExposition(await scrape(start()));
    const value = (name: string) => samples.find((sample) => sample.name === name)?.value ?? Number.NaN;
    expect(value('playpath_collector_heap_used_bytes')).toBeGreaterThan(1e6);
    expect(value('playpath_collector_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(value('playpath_collector_cpu_seconds_total')).toBeGreaterThan(0);
    expect(value('playpath_collector_event_loop_delay_p99_seconds')).toBeGreaterThanOrEqual(0);
    expect(value('playpath_collector_gc_seconds_total')).toBeGreaterThanOrEqual(0);
  });

  test('pleases promtool', async (context) => {
    const missing = requireSystem('promtool');
    if (missing !== '') context.skip(missing);
    const telemetry = start();
    await telemetry.operation('reload', async () => {});
    const input = await scrape(telemetry);
    const checked = spawnSync(systemCommand('promtool'), ['check', 'metrics'], { input, encoding: 'utf8' });
    expect(`${checked.stdout}${checked.stderr}`).toBe('');
    expect(checked.status).toBe(0);
  });

  test('starts again after it was closed, and closes twice', async () => {
    const first = start();
    await first.close();
    await first.close();
    expect(await scrape(start())).toContain('playpath_collector_live_sessions 17\n');
  });
});

describe('operations', () => {
  test('one is timed', async () => {
    const telemetry = start({ now: stepping(20) });
    expect(await telemetry.operation('export', async () => 'sent')).toBe('sent');
    expect(await scrape(telemetry)).toContain(
      'playpath_collector_operation_seconds_sum{operation="export",result="ok"} 0.02\n',
    );
  });

  test('one that says why it failed is told as failed', async () => {
    const telemetry = start({ now: stepping(20) });
    expect(await telemetry.operation('export', async () => 'HTTP 503', String)).toBe('HTTP 503');
    expect(await scrape(telemetry)).toContain('operation="export",result="failed"} 0.02\n');
  });

  test('a failed one fails for its caller too', async () => {
    const telemetry = start({ now: stepping(20) });
    await expect(telemetry.operation('reload', () => Promise.reject(new Error('no file')))).rejects.toThrow('no file');
    expect(await scrape(telemetry)).toContain('operation="reload",result="failed"');
  });
});

test('no variable makes the SDK dial out or name itself', { timeout: 20_000 }, async () => {
  const dialled: string[] = [];
  const backend = createServer((request, response) => {
    dialled.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const program = `
    import { trace } from '@opentelemetry/api';
    import { SelfTelemetry } from ${JSON.stringify(new URL('../../collector/telemetry/self-metrics.ts', import.meta.url).href)};
    const none = () => [];
    const telemetry = new SelfTelemetry({
      version: '1', now: Date.now,
      readouts: { receivedRecords: () => 1, rejectedRecords: () => 0, liveSessions: () => 0, queues: none, disks: none, journalLostRecords: () => 0, clockSetBacks: () => 0, exporters: none },
    });
    telemetry.start();
    trace.getTracer('library').startSpan('foreign').end();
    await telemetry.operation('export', async () => {});
    const { promise, resolve } = Promise.withResolvers();
    telemetry.scrape({}, { setHeader() {}, end: resolve });
    const text = await promise;
    await telemetry.close();
    console.log(JSON.stringify({ target: /^target_info.*$/m.exec(text)[0], received: /received_records_total 1/.test(text) }));
  `;
  const result = await run(program, {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_TRACES_SAMPLER: 'always_off',
    OTEL_SERVICE_NAME: 'somebody',
    OTEL_RESOURCE_ATTRIBUTES: 'secret=token',
    OTEL_PROPAGATORS: 'b3',
  });
  backend.closeAllConnections();
  await new Promise((resolve) => backend.close(resolve));
  expect(result.received).toBe(true);
  expect(result.target).toContain('service_name="playpath"');
  expect(result.target).not.toContain('secret');
  expect(dialled).toEqual([]);
});

function readouts(): SelfTelemetryOptions['readouts'] {
  return {
    receivedRecords: () => 120,
    rejectedRecords: () => 3,
    liveSessions: () => 17,
    unknownCacheWords: () => [{ provider: 'nginx', word: 'SIDEWAYS', count: 5 }],
    queues: () => [{ queue: 'otlp', length: 4, capacity: 100 }],
    disks: () => [{ disk: 'journal', isRefusing: true, failures: 6 }],
    journalLostRecords: () => 8,
    clockSetBacks: () => 2,
    exporters: () => [{ exporter: 'otlp', sent: 900, dropped: 2, retries: 7 }],
  };
}

/** Runs a program with these variables on top of ours; what it prints is JSON. */
function run(program: string, environment: Record<string, string>): Promise<{ target: string; received: boolean }> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...environment } };
    execFile(process.execPath, ['--input-type=module', '--eval', program], options, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout));
    });
  });
}
