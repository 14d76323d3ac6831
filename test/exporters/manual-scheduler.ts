import { setImmediate } from 'node:timers/promises';
import type { Scheduler } from '../../collector/exporters/scheduler.ts';

/** Time that only moves when the test says so. */
export class ManualScheduler implements Scheduler {
  #nowMs = 1_763_764_800_000;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get timers(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    const end = this.#nowMs + ms;
    for (let timer = this.#due(end); timer !== undefined; timer = this.#due(end)) {
      const { run, atMs } = timer;
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.#nowMs = Math.max(this.#nowMs, atMs);
      run();
    }
    this.#nowMs = end;
  }

  #due(endMs: number): { readonly atMs: number; readonly run: () => void } | undefined {
    return this.#timers.filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
  }
}

/** Lets sockets and promises proceed until the condition holds; the test's own time limit is the bound. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}
