import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { NO_TLS } from '../../collector/access/tls.ts';
import { AccessTokens } from '../../collector/access/tokens.ts';
import { PrometheusEndpoint, renderText } from '../../collector/exporters/prometheus.ts';
import { createMetrics } from '../../collector/metrics/index.ts';
import { RATIOS, ratioExpression } from '../../collector/metrics/ratios.ts';
import { driveEverything } from '../metrics/everything.ts';
import { SESSION, VIEWER } from '../metrics/facts.ts';
import { describeWith } from '../support/describe-with.ts';
import { systemCommand } from '../support/system-packages.ts';

const folder = mkdtempSync(join(tmpdir(), 'playpath-prometheus-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const metrics = createMetrics({ budgets: { pop: 15 } });
driveEverything(metrics);

describeWith(['promtool'], 'promtool', () => {
  const promtool = systemCommand('promtool');

  test('finds nothing in the classic text but that bits are not bytes', async () => {
    const input = await renderText(metrics.families());
    const { stdout, stderr, status } = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' });
    const findings = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
    // Bitrates are in bits everywhere in streaming, and these names are promised.
    const bits = ['rendered_bits_total', 'throughput_bits_per_second', 'player_throughput_bits_per_second'];
    expect(findings.toSorted()).toEqual(
      bits.map((name) => `playpath_${name} use base unit "bytes" instead of "bits"`).toSorted(),
    );
    expect(status).toBe(3);
  });

  test('reads the OpenMetrics text, hostile labels and exemplars included', async () => {
    const hostile = createMetrics();
    driveEverything(hostile);
    hostile.startup(SESSION, { ...VIEWER, player: 'a"}\n\\ b' }, 500);
    // It imports samples into a database and therefore wants each to be dated.
    const text = (await renderText(hostile.families(), 'openmetrics')).replace(
      /^(playpath_.*?[}\w] \S+)( # \{.*)?$/gm,
      (_, sample: string, exemplar = '') => `${sample} 1767225600${exemplar}`,
    );
    expect(text).toMatch(/ 1767225600 # \{trace_id="/);
    const file = join(folder, 'openmetrics.txt');
    writeFileSync(file, text);
    const imported = spawnSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'blocks')], {
      encoding: 'utf8',
    });
    expect(imported.stderr).toBe('');
    expect(imported.status).toBe(0);
  });

  test('understands every ratio', () => {
    const file = join(folder, 'ratios.yaml');
    const rules = RATIOS.map((ratio) => {
      const expr = ratioExpression(ratio, { by: ratio.by, window: '5m' });
      return { record: `playpath:${ratio.id}:rate5m`, expr };
    });
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'ratios', rules }] }));
    expect(execFileSync(promtool, ['check', 'rules', file], { encoding: 'utf8' })).toContain(
      `${RATIOS.length} rules found`,
    );
  });
});

describeWith(['prometheus'], 'a real Prometheus', () => {
  let prometheus: ChildProcess | undefined;
  afterAll(() => prometheus?.kill());

  test('scrapes the endpoint and keeps the exemplars', async () => {
    metrics.tick(Date.now());
    metrics.startup(SESSION, VIEWER, 840);
    const endpoint = new PrometheusEndpoint({
      host: '127.0.0.1',
      port: 0,
      families: () => metrics.families(),
      collector: (_, response) => response.end(),
      tokens: new AccessTokens([]),
      tls: NO_TLS,
      health: () => '',
    });
    const target = await endpoint.start();
    const port = await freePort();
    const config = join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      JSON.stringify({
        global: { scrape_interval: '500ms', scrape_timeout: '400ms' },
        scrape_configs: [{ job_name: 'playpath', static_configs: [{ targets: [`127.0.0.1:${target}`] }] }],
      }),
    );
    const flags = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
    ];
    prometheus = spawn(systemCommand('prometheus'), flags, { stdio: 'ignore' });

    const api = `http://127.0.0.1:${port}/api/v1`;
    const query = 'playpath_startup_seconds_count';
    const result = await until(`${api}/query?query=${query}`, (data: { result: { value: [number, string] }[] }) =>
      data.result.length > 0 ? data.result : undefined,
    );
    expect(result[0]?.value[1]).toBe('2');

    const now = Date.now() / 1000;
    const exemplars = await until(
      `${api}/query_exemplars?query=playpath_startup_seconds_bucket&start=${now - 60}&end=${now + 60}`,
      (data: { exemplars: { labels: Record<string, string>; value: string }[] }[]) => data[0]?.exemplars,
    );
    expect(exemplars[0]).toMatchObject({ labels: { trace_id: SESSION.traceId }, value: '0.84' });

    const { activeTargets } = await until(`${api}/targets`, (data: { activeTargets: { lastError: string }[] }) => data);
    expect(activeTargets.map(({ lastError }) => lastError)).toEqual(['']);
    await endpoint.close();
  });
});

/** Asks until the answer says something: a process of its own has no event to wait for. */
async function until<Data, Wanted>(url: string, wanted: (data: Data) => Wanted | undefined): Promise<Wanted> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) {
      const { data } = (await answer.json()) as { data: Data };
      const found = wanted(data);
      if (found !== undefined) return found;
    }
    await delay(200);
  }
  throw new Error(`no answer from ${url}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
