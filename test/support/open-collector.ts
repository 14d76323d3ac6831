import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Collector } from '../../collector/collector.ts';
import type { SessionJson } from '../../collector/exporters/session-json.ts';
import type { Store } from '../../collector/store/store.ts';
import { createLogger } from '../../collector/telemetry/logger.ts';
import { Analytics } from '../../collector/wiring/analytics.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { configOf } from './lab-feed.ts';

/** How far the clock is moved at once, so that the collector lives through the time between. */
const STEP_MS = 30_000;
/** The collector looks at its clock four times a second. */
const NOTICED_MS = 300;

type Tree = Readonly<Record<string, unknown>>;

/** A collector that really listens, in this process and with a clock that a test moves. */
export class OpenCollector {
  nowMs = Date.now();
  readonly #folder: string;
  readonly #collector: Collector;
  #ingest = '';
  #metrics = '';
  #api = '';
  #logged = '';

  private constructor(tree: Tree, store: Store | null) {
    this.#folder = mkdtempSync(join(tmpdir(), 'playpath-open-collector-'));
    const ports = { ingest: { port: 0 }, metrics: { port: 0 }, api: { port: 0 } };
    const config = configOf({ ...ports, ...tree }, this.#folder);
    const log = createLogger({
      level: 'debug',
      format: 'text',
      stream: { write: (line) => this.#say(line) },
      now: Date.now,
    });
    this.#collector = new Collector({
      config,
      version: '0.0.0',
      log,
      now: () => this.nowMs,
      ...(store === null ? {} : { analytics: new Analytics(store, config, log, () => this.nowMs) }),
    });
  }

  /** Sections of a configuration replace the defaults, which are free ports and a folder of its own. */
  static async start(tree: Tree, store: Store | null = null): Promise<OpenCollector> {
    const open = new OpenCollector(tree, store);
    const ports = await open.#collector.start();
    open.#ingest = `http://127.0.0.1:${ports.ingest}`;
    open.#metrics = `http://127.0.0.1:${ports.metrics}`;
    open.#api = `http://127.0.0.1:${ports.api}`;
    return open;
  }

  get ingestPort(): number {
    return Number(new URL(this.#ingest).port);
  }

  /** Everything it logged, down to debug. */
  get logged(): string {
    return this.#logged;
  }

  #say(line: string): void {
    this.#logged += line;
    if (/^\S+ error/.test(line)) process.stderr.write(line);
  }

  /** Closes the collector and leaves its folder. */
  stop(): Promise<void> {
    return this.#collector.close();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What the dead-letter file holds. */
  get deadLetters(): string {
    return readFileSync(join(this.#folder, 'dead-letter.ndjson'), 'utf8');
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.#ingest}${path}`);
  }

  post(path: string, body: Buffer | string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.#ingest}${path}`, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
  }

  /** What the port of metrics, or the one of queries, answers. */
  async text(port: 'metrics' | 'api', path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    return (await fetch(`${port === 'api' ? this.#api : this.#metrics}${path}`, { headers })).text();
  }

  /** Asks it to forget somebody. */
  forget(query: string, token: string): Promise<Response> {
    const headers = { authorization: `Bearer ${token}` };
    return fetch(`${this.#api}/api/v1/sessions?${query}`, { method: 'DELETE', headers });
  }

  /** Its folder: positions, dead letters, whatever it keeps. */
  get folder(): string {
    return this.#folder;
  }

  /** Sum of the series of a metric that carry these labels. */
  async total(name: string, wanted: Readonly<Record<string, string>>): Promise<number> {
    const text = await (await fetch(`${this.#metrics}/metrics`)).text();
    return parseExposition(text)
      .filter((sample) => sample.name === name)
      .filter(({ labels }) => Object.entries(wanted).every(([label, value]) => labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** Records refused so far; `counted` is `source reason`. */
  refused(counted: string): Promise<number> {
    const [source = '', reason = ''] = counted.split(' ');
    return this.total('playpath_rejected_total', { source, reason });
  }

  /** Log lines counted so far as requests, of one status class or of all. */
  requests(cdn: string, statusClass = ''): Promise<number> {
    return this.total('playpath_requests_total', { cdn, ...(statusClass === '' ? {} : { status_class: statusClass }) });
  }

  /** Records whose time was doubted so far. */
  suspect(source: string): Promise<number> {
    return this.total('playpath_suspect_clock_records_total', { source });
  }

  /** Moves the clock and lets the collector notice. */
  async passes(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) {
      this.nowMs += Math.min(leftMs, STEP_MS);
      await delay(NOTICED_MS);
    }
  }

  /** The session as the query API tells it; throws when it knows none of this id. */
  async session(id: string): Promise<SessionJson> {
    const answer = await fetch(`${this.#api}/api/sessions/${id}`);
    if (!answer.ok) throw new Error(`session ${id}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as SessionJson;
  }
}
