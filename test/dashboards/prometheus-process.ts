import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemCommand } from '../support/system-packages.ts';

export type Labels = Readonly<Record<string, string>>;
export type Sample = { readonly labels: Labels; readonly value: number };
/** Unix seconds and value. */
export type Series = { readonly labels: Labels; readonly samples: readonly (readonly [number, number])[] };
export type RuleHealth = { readonly name: string; readonly health: string; readonly lastError?: string };

export type PrometheusSetup = {
  /** prometheus.yml as an object. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What `promtool` made beforehand, or '' to begin with nothing. */
  readonly dataFolder: string;
};

type Answer<Data> = { readonly status: string; readonly data: Data; readonly error?: string };
type Vector = { readonly result: readonly { metric: Labels; value: [number, string] }[] };
type Matrix = { readonly result: readonly { metric: Labels; values: [number, string][] }[] };
type RuleGroups = { readonly groups: readonly { readonly rules: readonly RuleHealth[] }[] };

/** A program that must be up within this, however busy the machine is. */
const READY_ATTEMPTS = 600;

/** A Prometheus with a configuration of one's own. */
export class PrometheusProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #said: () => string;

  private constructor(child: ChildProcess, folder: string, url: string, said: () => string) {
    this.#child = child;
    this.#folder = folder;
    this.#said = said;
    this.url = url;
  }

  static async start({ config, dataFolder }: PrometheusSetup): Promise<PrometheusProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'playpath-prometheus-'));
    const file = join(folder, 'prometheus.yml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(config));
    const port = await freePort();
    const child = spawn(
      systemCommand('prometheus'),
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${dataFolder || join(folder, 'tsdb')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--enable-feature=exemplar-storage',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    endWithTest(child);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-8_000);
    });
    const server = new PrometheusProcess(child, folder, `http://127.0.0.1:${port}`, () => said);
    await answering(`${server.url}/-/ready`, child, server.#said);
    return server;
  }

  async query(expression: string, atSeconds?: number): Promise<Sample[]> {
    const time = atSeconds === undefined ? {} : { time: atSeconds.toFixed(3) };
    const { result } = await this.#get<Vector>('query', { query: expression, ...time });
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  async range(expression: string, from: number, to: number, stepSeconds: number): Promise<Series[]> {
    const range = { start: from.toFixed(3), end: to.toFixed(3), step: String(stepSeconds) };
    const { result } = await this.#get<Matrix>('query_range', { query: expression, ...range });
    return result.map(({ metric, values }) => ({
      labels: metric,
      samples: values.map(([time, value]) => [time, Number(value)] as const),
    }));
  }

  async exemplars(expression: string, from: number, to: number): Promise<number> {
    const data = await this.#get<readonly { readonly exemplars: readonly unknown[] }[]>('query_exemplars', {
      query: expression,
      start: from.toFixed(3),
      end: to.toFixed(3),
    });
    return data.reduce((sum, { exemplars }) => sum + exemplars.length, 0);
  }

  async rules(): Promise<RuleHealth[]> {
    const { groups } = await this.#get<RuleGroups>('rules', {});
    return groups.flatMap(({ rules }) => [...rules]);
  }

  async stop(): Promise<void> {
    await ended(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #get<Data>(path: string, parameters: Readonly<Record<string, string>>): Promise<Data> {
    const body = new URLSearchParams(parameters);
    const isPost = path.startsWith('query');
    const response = isPost
      ? await fetch(`${this.url}/api/v1/${path}`, { method: 'POST', body })
      : await fetch(`${this.url}/api/v1/${path}?${body}`);
    const { status, data, error } = (await response.json()) as Answer<Data>;
    if (status !== 'success') throw new Error(`prometheus: ${error ?? response.status}\n${parameters.query ?? path}`);
    return data;
  }
}

/** Waits until `url` is answered with 200; throws with what the program said when it ends instead. */
export async function answering(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (let attempt = 0; attempt < READY_ATTEMPTS; attempt++) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${said()}`);
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await delay(100);
  }
  await ended(child);
  throw new Error(`${url} was not answered:\n${said()}`);
}

/** However the test ends, the program does not outlive it. */
export function endWithTest(child: ChildProcess): void {
  process.once('exit', () => child.kill('SIGKILL'));
}

/** Asks a program to end and waits for it. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill();
  await closed;
}

/** Programs that do not tell which port they took for 0 are given one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
