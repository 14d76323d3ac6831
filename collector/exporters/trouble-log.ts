import type { Scheduler } from './scheduler.ts';

const MINUTE_MS = 60_000;

/** One log line per minute of trouble: the first at once, then a sum of what came since. */
export class TroubleLog {
  readonly #scheduler: Scheduler;
  readonly #write: (spans: number, reason: string) => void;
  #spans = 0;
  #reason = '';
  #cancel: (() => void) | null = null;

  constructor(scheduler: Scheduler, write: (spans: number, reason: string) => void) {
    this.#scheduler = scheduler;
    this.#write = write;
  }

  add(spans: number, reason: string): void {
    this.#spans += spans;
    this.#reason = reason;
    if (this.#cancel === null) this.#line();
  }

  /** Writes what is left and stops the timer. */
  close(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#spans > 0) this.#write(this.#spans, this.#reason);
    this.#spans = 0;
  }

  #line(): void {
    this.#cancel = null;
    if (this.#spans === 0) return;
    this.#write(this.#spans, this.#reason);
    this.#spans = 0;
    this.#cancel = this.#scheduler.after(MINUTE_MS, () => this.#line());
  }
}
