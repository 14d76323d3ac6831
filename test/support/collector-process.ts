import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../collector/main.ts', import.meta.url));

/** What the collector prints once every port is open, with the ports it took. */
const READY =
  /is ready[\s\S]*?ingest\s+(http:\/\/[^\s:]+:\d+)[\s\S]*?metrics\s+(http:\/\/[^\s:]+:\d+)[\s\S]*?sessions\s+(http:\/\/[^\s:]+:\d+)/;

/** A collector in a process of its own, as an operator runs it. */
export type CollectorProcess = {
  /** Base URLs, e.g. `http://127.0.0.1:40123`. */
  readonly ingestUrl: string;
  readonly metricsUrl: string;
  readonly apiUrl: string;
  /** Everything it said on stdout and stderr so far. */
  readonly output: () => string;
  /** How long its main thread wanted to run while no processor was free; 0 where the system does not tell. */
  readonly waitedMs: () => number;
  /** SIGTERM, then waits for the end; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
};

/**
 * Starts `node collector/main.ts start` with `config` (docs/config.md), on free ports and with a data folder of its
 * own unless the configuration says otherwise. Throws with the collector's output when it ends instead.
 */
export async function startCollector(config: Readonly<Record<string, unknown>> = {}): Promise<CollectorProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-collector-'));
  const file = join(folder, 'playpath.yaml');
  const free = {
    ingest: { port: 0 },
    metrics: { port: 0 },
    api: { port: 0, page: false },
    dataDir: join(folder, 'data'),
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(merged(free, config)));
  return launch(folder, ['--config', file], {});
}

/** Starts it as a newcomer does, without a configuration, but with the plain page. `environment` overrides settings. */
export async function startDemo(environment: Readonly<Record<string, string>>): Promise<CollectorProcess> {
  return launch(mkdtempSync(join(tmpdir(), 'playpath-demo-')), [], { PLAYPATH_API_PAGE: 'false', ...environment });
}

/** Runs in `folder`, which goes with the process. */
async function launch(
  folder: string,
  options: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CollectorProcess> {
  const child = spawn(process.execPath, [MAIN, 'start', ...options], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithTest = () => child.kill('SIGKILL');
  process.once('exit', killWithTest);
  const ended = once(child, 'close');
  let text = '';
  const urls = await new Promise<RegExpExecArray>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const ready = READY.exec(text);
      if (ready !== null) resolve(ready);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(([code]) => reject(new Error(`the collector ended with ${code} before it was ready:\n${text}`)));
  });
  return {
    ingestUrl: urls[1]!,
    metricsUrl: urls[2]!,
    apiUrl: urls[3]!,
    output: () => text,
    waitedMs: () => waitedMs(child.pid ?? 0),
    async stop() {
      process.off('exit', killWithTest);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const [code] = (await ended) as [number | null];
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** Linux tells of every thread how long it ran and how long it waited to run, in nanoseconds. */
function waitedMs(pid: number): number {
  try {
    const [, waitedNs = '0'] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(waitedNs) / 1e6;
  } catch {
    return 0;
  }
}

type Tree = Readonly<Record<string, unknown>>;

/** `over` on top of `base`, key by key; lists are replaced. */
function merged(base: Tree, over: Tree): Tree {
  const both: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    both[key] = isTree(value) && isTree(both[key]) ? merged(both[key], value) : value;
  }
  return both;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
