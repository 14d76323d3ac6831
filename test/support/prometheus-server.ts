import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemCommand } from './system-packages.ts';

/** Labels of a series, `__name__` among them unless a function took it away. */
export type Labels = Readonly<Record<string, string>>;
export type InstantValue = { readonly labels: Labels; readonly value: number };
/** Samples as scraped: Unix seconds and value. */
export type RawSeries = { readonly labels: Labels; readonly samples: readonly (readonly [number, number])[] };
export type Exemplar = { readonly labels: Labels; readonly value: number };

type Answer<Data> = { readonly status: string; readonly data: Data; readonly error?: string };
type Vector = { readonly result: readonly { metric: Labels; value: [number, string] }[] };
type Matrix = { readonly result: readonly { metric: Labels; values: [number, string][] }[] };
type ExemplarData = readonly { readonly exemplars: readonly { labels: Labels; value: string }[] }[];
type Targets = { readonly activeTargets: readonly { readonly lastError: string; readonly health: string }[] };

/** A Prometheus of its own that scrapes one target, keeps exemplars and answers queries. */
export class PrometheusServer {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #api: string;

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#child = child;
    this.#folder = folder;
    this.#api = `http://127.0.0.1:${port}/api/v1`;
  }

  /** Resolves when the first scrape is in. `target` is `host:port`. */
  static async start(target: string, scrapeMs: number): Promise<PrometheusServer> {
    const folder = mkdtempSync(join(tmpdir(), 'playpath-prometheus-'));
    const config = join(folder, 'prometheus.yml');
    const scrape = { scrape_interval: `${scrapeMs}ms`, scrape_timeout: `${Math.min(scrapeMs, 900)}ms` };
    const job = { job_name: 'playpath', static_configs: [{ targets: [target] }] };
    // JSON is YAML.
    writeFileSync(config, JSON.stringify({ global: scrape, scrape_configs: [job] }));
    const port = await freePort();
    const child = spawn(
      systemCommand('prometheus'),
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'tsdb')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--enable-feature=exemplar-storage',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    const server = new PrometheusServer(child, folder, port);
    for (let attempt = 0; attempt < 150; attempt++) {
      if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}:\n${said}`);
      const up = await server.query('up').catch(() => []);
      if (up.some(({ value }) => value === 1)) return server;
      await delay(100);
    }
    await server.stop();
    throw new Error(`prometheus scraped nothing:\n${said}`);
  }

  /** An instant query; `atSeconds` is its evaluation time, now when left out. */
  async query(expression: string, atSeconds?: number): Promise<InstantValue[]> {
    const { result } = await this.#get<Vector>('query', { query: expression, ...timeOf(atSeconds) });
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** The samples themselves, e.g. of `up[5m]`. */
  async samples(selector: string, atSeconds?: number): Promise<RawSeries[]> {
    const { result } = await this.#get<Matrix>('query', { query: selector, ...timeOf(atSeconds) });
    return result.map(({ metric, values }) => ({
      labels: metric,
      samples: values.map(([time, value]) => [time, Number(value)] as const),
    }));
  }

  async exemplars(selector: string, fromSeconds: number, toSeconds: number): Promise<Exemplar[]> {
    const range = { query: selector, start: String(fromSeconds), end: String(toSeconds) };
    const data = await this.#get<ExemplarData>('query_exemplars', range);
    return data.flatMap(({ exemplars }) => exemplars.map(({ labels, value }) => ({ labels, value: Number(value) })));
  }

  /** What the last scrape of each target complained about; '' is nothing. */
  async scrapeErrors(): Promise<string[]> {
    const { activeTargets } = await this.#get<Targets>('targets', {});
    return activeTargets.map(({ lastError }) => lastError);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'close');
      this.#child.kill();
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #get<Data>(path: string, parameters: Readonly<Record<string, string>>): Promise<Data> {
    const response = await fetch(`${this.#api}/${path}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = (await response.json()) as Answer<Data>;
    if (status !== 'success') throw new Error(`prometheus: ${error ?? response.status}`);
    return data;
  }
}

function timeOf(atSeconds: number | undefined): Readonly<Record<string, string>> {
  return atSeconds === undefined ? {} : { time: atSeconds.toFixed(3) };
}

/** Prometheus does not tell which port it took for 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
