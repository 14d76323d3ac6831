import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../bed/program.ts';
import { requireSystem, systemCommand } from './system-packages.ts';

const LIBRARY = fileURLToPath(new URL('../../node_modules/@chdb/lib-linux-x64-gnu/libchdb.so', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('clickhouse-launch.py', import.meta.url));
const ATTEMPTS = 3;
const CONFIG = '<clickhouse><logger><level>none</level></logger></clickhouse>';

/** '' when a ClickHouse can run here, in a process or as a server; otherwise why not. */
export function requireClickHouse(): string {
  if (!existsSync(LIBRARY)) return 'SKIPPED, NOT TESTED: the optional package chdb is not installed on this machine';
  return requireSystem('python3');
}

/** A real ClickHouse server in a process of its own. A test tool: it asks for no password. */
export class ClickHouseServer {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Another program may take the port that was free a moment ago: then it ends at once, and another is tried. */
  static async start(): Promise<ClickHouseServer> {
    for (let attempt = 1; ; attempt++) {
      const folder = mkdtempSync(join(tmpdir(), 'playpath-clickhouse-'));
      mkdirSync(join(folder, 'data'));
      writeFileSync(join(folder, 'config.xml'), CONFIG);
      const [port = 0] = await freePorts(1);
      const server = new ClickHouseServer(folder, port);
      try {
        await server.resume();
        return server;
      } catch (error) {
        await server.close();
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Starts it, or starts it again on its port and data. */
  async resume(): Promise<void> {
    const child = spawn(systemCommand('python3'), [LAUNCHER, LIBRARY, this.#folder, String(this.#port)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    for (let attempt = 0; attempt < 150; attempt++) {
      if (child.exitCode !== null) throw new Error(`ClickHouse ended with ${child.exitCode}:\n${said}`);
      const answer = await fetch(`${this.url}/ping`).catch(() => null);
      if (answer?.ok) return;
      await delay(100);
    }
    throw new Error(`ClickHouse does not answer:\n${said}`);
  }

  /** Ends it as a machine that loses power would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
