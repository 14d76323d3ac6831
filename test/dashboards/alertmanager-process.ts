import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCommand } from '../support/system-packages.ts';
import { answering, ended, endWithTest, freePort } from './prometheus-process.ts';

/** An Alertmanager with a configuration of one's own. */
export class AlertmanagerProcess {
  /** `host:port`, as Prometheus wants it. */
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, address: string) {
    this.#child = child;
    this.#folder = folder;
    this.address = address;
  }

  /** `config`: alertmanager.yml as an object. */
  static async start(config: unknown): Promise<AlertmanagerProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'playpath-alertmanager-'));
    const file = join(folder, 'alertmanager.yml');
    writeFileSync(file, JSON.stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      systemCommand('alertmanager'),
      [
        `--config.file=${file}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--cluster.listen-address=',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    endWithTest(child);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-8_000);
    });
    const server = new AlertmanagerProcess(child, folder, address);
    await answering(`http://${address}/-/ready`, child, () => said);
    return server;
  }

  async stop(): Promise<void> {
    await ended(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
