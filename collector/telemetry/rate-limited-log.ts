import type { UnixMs } from '../model/time.ts';
import type { Logger } from './logger.ts';

const WINDOW_MS = 60_000;
/** Kinds are written in the code, so this many are never reached; a bug must not become a leak. */
const MAX_KINDS = 100;

type Trouble = { sinceMs: UnixMs; count: number; detail: string };

/**
 * Trouble that may come a thousand times a second: the first of a kind is written at once, what follows within a
 * minute is one summary line.
 */
export class RateLimitedLog {
  readonly #logger: Logger;
  readonly #troubles = new Map<string, Trouble>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `kind` names the trouble and is the message; `detail` is of this one time. */
  warn(kind: string, detail: string, nowMs: UnixMs): void {
    const trouble = this.#troubles.get(kind);
    if (trouble !== undefined && nowMs - trouble.sinceMs < WINDOW_MS) {
      trouble.count++;
      trouble.detail = detail;
      return;
    }
    if (trouble !== undefined && trouble.count > 0) {
      this.#summarize(kind, trouble);
      this.#troubles.set(kind, { sinceMs: nowMs, count: 1, detail });
      return;
    }
    if (trouble === undefined && this.#troubles.size >= MAX_KINDS) return;
    this.#logger.warn(kind, { detail });
    this.#troubles.set(kind, { sinceMs: nowMs, count: 0, detail });
  }

  /** Called every now and then: writes the summaries whose minute is over, and forgets what stopped. */
  tick(nowMs: UnixMs): void {
    for (const [kind, trouble] of this.#troubles) {
      if (nowMs - trouble.sinceMs < WINDOW_MS) continue;
      if (trouble.count === 0) {
        this.#troubles.delete(kind);
        continue;
      }
      this.#summarize(kind, trouble);
      this.#troubles.set(kind, { sinceMs: nowMs, count: 0, detail: '' });
    }
  }

  /** The summaries that are due or not: what happened last before a stop is what people look for. */
  close(): void {
    for (const [kind, trouble] of this.#troubles) if (trouble.count > 0) this.#summarize(kind, trouble);
    this.#troubles.clear();
  }

  #summarize(kind: string, trouble: Trouble): void {
    this.#logger.warn(kind, { times: trouble.count, latest: trouble.detail });
  }
}
