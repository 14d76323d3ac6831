import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Log } from '../exporters/exporter.ts';
import type { UnixMs } from '../model/time.ts';
import { PageFiles } from './page-files.ts';

/** What there is of the page with the panel. */
export type PageState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'building'; readonly step: string; readonly sinceMs: UnixMs }
  | { readonly kind: 'ready'; readonly files: PageFiles }
  | { readonly kind: 'impossible'; readonly reason: string };

/** Where the page comes from; asked by every request for it. */
export type PageSource = { readonly state: PageState; readonly want: () => void };

export type PageBuilderOptions = {
  /** Program that builds the page; each line it prints is a step, its last words in failure are the reason. */
  readonly script: string;
  /** Where it leaves the page. */
  readonly folder: string;
  readonly now: () => UnixMs;
  readonly log: Log;
};

const LAST_WORDS = 400;

/** Builds the page in a process of its own, once, when it is first wanted. The collector answers meanwhile. */
export class PageBuilder implements PageSource {
  readonly #options: PageBuilderOptions;
  #state: PageState = { kind: 'absent' };
  #child: ChildProcess | null = null;

  constructor(options: PageBuilderOptions) {
    this.#options = options;
  }

  get state(): PageState {
    return this.#state;
  }

  want(): void {
    if (this.#state.kind !== 'absent') return;
    const { script, now } = this.#options;
    if (!existsSync(script)) {
      this.#fail('the sources of the page are not part of this installation');
      return;
    }
    this.#state = { kind: 'building', step: 'starting', sinceMs: now() };
    void this.#build();
  }

  /** Gives up what is being built. May be called twice. */
  close(): void {
    const pid = this.#child?.pid;
    this.#child = null;
    if (pid !== undefined) endGroup(pid);
  }

  async #build(): Promise<void> {
    const { script, folder, now, log } = this.#options;
    let said = '';
    // In a group of its own, so that what it starts ends with it.
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      const step = chunk.toString().trim().split('\n').at(-1) ?? '';
      if (step !== '') this.#state = { kind: 'building', step: step.slice(0, LAST_WORDS), sinceMs: now() };
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-LAST_WORDS);
    });
    try {
      const [code] = (await once(child, 'close')) as [number | null];
      if (this.#child === null) return;
      if (code !== 0) throw new Error(said.trim() || `ended with ${code}`);
      this.#state = { kind: 'ready', files: new PageFiles(folder) };
      log.info('the page with the session panel is ready', {});
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    } finally {
      this.#child = null;
    }
  }

  #fail(reason: string): void {
    this.#state = { kind: 'impossible', reason };
    this.#options.log.warn('the page with the session panel cannot be built; the plain page stays', { reason });
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    // It has just ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
