import type { UnixMs } from '../model/time.ts';

/** What may come at once when nothing came before: seconds of the rate. */
const BURST_SECONDS = 2;

/** A token bucket: `perSecond` in the long run, twice that at once. */
export class RateLimit {
  readonly #perMs: number;
  readonly #capacity: number;
  #level: number;
  #atMs: UnixMs = Number.NaN;

  constructor(perSecond: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = Math.max(1, perSecond * BURST_SECONDS);
    this.#level = this.#capacity;
  }

  take(nowMs: UnixMs): boolean {
    // A clock that was set back gives nothing and takes nothing.
    if (nowMs > this.#atMs) this.#level = Math.min(this.#capacity, this.#level + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }
}

/** A bucket per sender, for so many senders; the one known longest is forgotten, which lets it start anew. */
export class SenderLimits {
  readonly #perSecond: number;
  readonly #maxSenders: number;
  readonly #buckets = new Map<string, RateLimit>();

  constructor(perSecond: number, maxSenders: number) {
    this.#perSecond = perSecond;
    this.#maxSenders = maxSenders;
  }

  take(sender: string, nowMs: UnixMs): boolean {
    let bucket = this.#buckets.get(sender);
    if (bucket === undefined) {
      for (const oldest of this.#buckets.keys()) {
        if (this.#buckets.size < this.#maxSenders) break;
        this.#buckets.delete(oldest);
      }
      bucket = new RateLimit(this.#perSecond);
      this.#buckets.set(sender, bucket);
    }
    return bucket.take(nowMs);
  }
}
