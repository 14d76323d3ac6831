import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCommand } from '../support/system-packages.ts';
import type { RecordedScrapes } from './recorded-scrapes.ts';

/**
 * Recorded scrapes as a target that has been there for a while: what lies before `now` is history in blocks that
 * `promtool` makes, what lies after it is answered to scrapes as its time comes.
 */
export class ReplayedTarget {
  readonly #recorded: RecordedScrapes;
  /** The scrape that is happening now. */
  readonly #now: number;
  readonly #server: Server;
  #startMs = Number.NaN;

  private constructor(recorded: RecordedScrapes, now: number) {
    this.#recorded = recorded;
    this.#now = now;
    this.#server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(this.#page());
    });
  }

  static async listen(recorded: RecordedScrapes, now: number): Promise<ReplayedTarget> {
    const target = new ReplayedTarget(recorded, now);
    await new Promise<void>((resolve) => target.#server.listen(0, '127.0.0.1', resolve));
    return target;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Begins to live: writes everything before this moment into `folder`. Resolves with the Unix seconds of history. */
  begin(folder: string): { readonly from: number; readonly to: number } {
    this.#startMs = Date.now();
    const { series, intervalMs } = this.#recorded;
    const secondsAt = (scrape: number): number => (this.#startMs - (this.#now - scrape) * intervalMs) / 1000;
    const scratch = mkdtempSync(join(tmpdir(), 'playpath-history-'));
    const file = join(scratch, 'history.txt');
    const out = openSync(file, 'w');
    for (const [key, values] of series) {
      let lines = '';
      for (let scrape = 0; scrape < Math.min(this.#now, values.length); scrape++) {
        const value = values[scrape] as number;
        if (!Number.isNaN(value)) lines += `${key} ${value} ${secondsAt(scrape)}\n`;
      }
      writeSync(out, lines);
    }
    writeSync(out, '# EOF\n');
    closeSync(out);
    const args = ['tsdb', 'create-blocks-from', 'openmetrics', file, folder];
    const { status, stderr } = spawnSync(systemCommand('promtool'), args, { encoding: 'utf8' });
    rmSync(scratch, { recursive: true, force: true });
    if (status !== 0) throw new Error(`promtool made no blocks: ${stderr}`);
    return { from: secondsAt(0), to: secondsAt(this.#now - 1) };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Later than the recording, its last scrape stays. Target labels come from the configuration of Prometheus. */
  #page(): string {
    const { series, scrapes, intervalMs } = this.#recorded;
    const passed = Math.floor((Date.now() - this.#startMs) / intervalMs);
    const scrape = Math.min(this.#now + passed, scrapes - 1);
    const lines: string[] = [];
    for (const [key, values] of series) {
      const value = values[scrape];
      if (value === undefined || Number.isNaN(value) || key.startsWith('up{')) continue;
      lines.push(`${key} ${value}`);
    }
    return `${lines.join('\n')}\n`;
  }
}
