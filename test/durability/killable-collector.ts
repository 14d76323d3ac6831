import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../collector/main.ts', import.meta.url));

export type Ports = { readonly ingest: number; readonly metrics: number; readonly api: number };
type Tree = Readonly<Record<string, unknown>>;

/** A collector in a process of its own that comes back on the same ports and the same data folder. */
export class KillableCollector {
  readonly ports: Ports;
  readonly folder: string;
  readonly #tree: Tree;
  readonly #nodeArguments: readonly string[];
  #child: ChildProcess | null = null;
  #output = '';
  starts = 0;

  private constructor(folder: string, ports: Ports, tree: Tree, nodeArguments: readonly string[]) {
    this.folder = folder;
    this.ports = ports;
    this.#tree = tree;
    this.#nodeArguments = nodeArguments;
  }

  /** `folder` holds its configuration and its data; `nodeArguments` are for Node itself. */
  static async at(folder: string, tree: Tree, nodeArguments: readonly string[] = []): Promise<KillableCollector> {
    const [ingest = 0, metrics = 0, api = 0] = await freePorts(3);
    return new KillableCollector(folder, { ingest, metrics, api }, tree, nodeArguments);
  }

  get ingestUrl(): string {
    return `http://127.0.0.1:${this.ports.ingest}`;
  }

  get metricsUrl(): string {
    return `http://127.0.0.1:${this.ports.metrics}`;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.ports.api}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Everything it said on stdout and stderr in all its lives. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when its ports are open, with how long that took. */
  async start(): Promise<number> {
    const beganMs = performance.now();
    const { ingest, metrics, api } = this.ports;
    const file = join(this.folder, 'playpath.yaml');
    const own = {
      dataDir: join(this.folder, 'data'),
      ingest: { port: ingest },
      metrics: { port: metrics },
      api: { port: api, page: false },
    };
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ ...this.#tree, ...own }));
    const child = spawn(process.execPath, [...this.#nodeArguments, MAIN, 'start', '--config', file], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.starts++;
    const killWithTest = () => child.kill('SIGKILL');
    process.once('exit', killWithTest);
    const ended = once(child, 'close').then(() => process.off('exit', killWithTest));
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        this.#output += chunk.toString();
        if (chunk.includes('is ready')) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      void ended.then(() => reject(new Error(`the collector ended before it was ready:\n${this.#output}`)));
    });
    return performance.now() - beganMs;
  }

  /** kill -9, and until it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM; the exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'close');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
