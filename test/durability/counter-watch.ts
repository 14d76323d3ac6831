import { setTimeout as delay } from 'node:timers/promises';
import { parseExposition } from '../metrics/exposition.ts';

/** Scrapes as Prometheus does, through restarts, and notes every counter that was ever less than it had been. */
export class CounterWatch {
  readonly #url: string;
  readonly #seen = new Map<string, number>();
  readonly resets = new Set<string>();
  scrapes = 0;
  #isStopped = false;
  #watching: Promise<void> = Promise.resolve();

  constructor(url: string) {
    this.#url = url;
  }

  start(everyMs: number): void {
    this.#watching = this.#watch(everyMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#watching;
  }

  /** Sum of a counter's series as it is now; NaN while nobody answers. */
  async total(name: string, wanted: Readonly<Record<string, string>> = {}): Promise<number> {
    const samples = await this.#scrape();
    if (samples === null) return Number.NaN;
    return samples
      .filter((sample) => sample.name === name)
      .filter(({ labels }) => Object.entries(wanted).every(([label, value]) => labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }

  async #watch(everyMs: number): Promise<void> {
    while (!this.#isStopped) {
      await this.#scrape();
      await delay(everyMs);
    }
  }

  async #scrape(): Promise<ReturnType<typeof parseExposition> | null> {
    const text = await fetch(`${this.#url}/metrics`).then(
      (answer) => answer.text(),
      () => null,
    );
    if (text === null) return null;
    this.scrapes++;
    const samples = parseExposition(text);
    for (const { name, labels, value } of samples) {
      if (!/_(total|sum|count|bucket)$/.test(name)) continue;
      const key = `${name} ${JSON.stringify(labels)}`;
      // Sums of fractions may differ in the last digit.
      if (value < (this.#seen.get(key) ?? 0) - 1e-6) this.resets.add(name);
      this.#seen.set(key, value);
    }
    return samples;
  }
}
