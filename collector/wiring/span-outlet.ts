import type { SpanExporter } from '../exporters/exporter.ts';
import type { Span } from '../model/span.ts';

/** Spans one settling session may add while the exporter is full; the bus refuses events long before. */
const BACKLOG_LIMIT = 200_000;

/**
 * Between correlation, which never waits, and the exporter, which may be full. Keeps the order; while it holds
 * anything back, `isFull` tells the bus to refuse events, which becomes back-pressure at the receivers.
 */
export class SpanOutlet {
  readonly #exporter: SpanExporter;
  #backlog: Span[] = [];
  #dropped = 0;
  #isClosing = false;
  #draining: Promise<void> | null = null;

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter;
  }

  get isFull(): boolean {
    return this.#backlog.length > 0;
  }

  get waiting(): number {
    return this.#backlog.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  add(span: Span): void {
    if (this.#backlog.length === 0 && this.#exporter.add(span) === 'queued') return;
    if (this.#backlog.length >= BACKLOG_LIMIT) {
      this.#dropped++;
      return;
    }
    this.#backlog.push(span);
    this.#draining ??= this.#drain();
  }

  /** What is held back has found its place. */
  async room(): Promise<void> {
    await this.#draining;
  }

  /** Moves everything added so far to where the exporter keeps it; false while that has no room. */
  store(): boolean {
    return this.#backlog.length === 0 && this.#exporter.store();
  }

  /** Everything added so far is delivered or given up. */
  async flush(): Promise<void> {
    await this.#draining;
    await this.#exporter.flush();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    // Closing the exporter frees whoever waits for room; what it does not take then is counted as dropped.
    await this.#exporter.close();
    await this.#draining;
  }

  async #drain(): Promise<void> {
    let taken = 0;
    while (taken < this.#backlog.length) {
      if (this.#exporter.add(this.#backlog[taken] as Span) === 'queued') taken++;
      else if (this.#isClosing) break;
      else await this.#exporter.room();
    }
    this.#dropped += this.#backlog.length - taken;
    this.#backlog = [];
    this.#draining = null;
  }
}
