import type { Log } from '../exporters/exporter.ts';

export type ChoreOptions = {
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
  /** What is told of work that failed. */
  readonly failed: string;
  readonly log: Log;
};

/** Work on the store that is done at start and every so often, one at a time; what failed is told, and tried again. */
export class Chore {
  readonly #options: ChoreOptions;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ChoreOptions) {
    this.#options = options;
  }

  start(): void {
    const run = (): void => {
      this.#running = this.#running.then(() => this.#attempt());
    };
    run();
    this.#timer = setInterval(run, this.#options.everyMs);
  }

  /** Waits for what runs; may be called twice. */
  close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    return this.#running;
  }

  async #attempt(): Promise<void> {
    const { work, failed, log } = this.#options;
    try {
      await work();
    } catch (error) {
      log.warn(failed, { reason: error instanceof Error ? error.message : String(error) });
    }
  }
}
