/** One event as docs/beacon.md describes it; `undefined` and NaN fields are left out on the wire. */
export type BeaconEvent = { readonly event: string; readonly ts: number } & Record<string, unknown>;

/** Fields said once for all events of a session. Mutable: the session id may be learnt before the first flush. */
export type Envelope = { session: string } & Record<string, unknown>;

const MAX_EVENTS = 400;
/** Browsers stop `sendBeacon` and `keepalive` at 64 KiB for everything in flight. */
const MAX_BODY_CHARACTERS = 50_000;
const DWELL_MS = 2000;
/** Lost first when the queue is full: the next one of these says much the same. */
const EXPENDABLE = /^(request|heartbeat)$/;

type Item = { readonly envelope: Envelope; readonly event: BeaconEvent };

/**
 * Events on their way to the collector: a bounded queue, posted at most every two seconds and when the page goes away.
 * A post that met a network error is tried once more, one that was answered 503 waits for the next; 410 ends sending
 * for good.
 */
export class Outbox {
  readonly #endpoint: string;
  readonly #onSilenced: () => void;
  #items: Item[] = [];
  #isFlushing = false;
  #isSilent = false;
  hasSent = false;

  constructor(endpoint: string, onSilenced: () => void) {
    this.#endpoint = endpoint;
    this.#onSilenced = onSilenced;
  }

  push(envelope: Envelope, event: BeaconEvent): void {
    if (this.#isSilent) return;
    if (this.#items.length >= MAX_EVENTS) {
      if (EXPENDABLE.test(event.event)) return;
      this.#items.shift();
    }
    this.#items.push({ envelope, event });
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    void this.#flush();
  }

  /** For a page that may be gone in a moment: everything leaves now, in requests that outlive it. */
  leave(): void {
    while (this.#items.length > 0 && !this.#isSilent) {
      const body = bodyOf(this.#take());
      // sendBeacon says no when its 64 KiB are in use; a keepalive fetch has the same limit but a chance of its own.
      if (!navigator.sendBeacon?.(this.#endpoint, body)) this.#post(body).catch(() => undefined);
    }
  }

  /** One post at a time, each a dwell after the last: a slow collector slows the hook down. */
  async #flush(): Promise<void> {
    while (this.#items.length > 0) {
      await pause();
      if (this.#items.length === 0) break;
      const taken = this.#take();
      const body = bodyOf(taken);
      const response = await this.#post(body).catch(() =>
        pause()
          .then(() => this.#post(body))
          .catch(() => null),
      );
      if (response?.status === 410) this.#silence();
      // The collector takes nothing now. It is asked again with whatever comes, after another dwell.
      if (response?.status === 503) this.#items.unshift(...taken);
    }
    this.#isFlushing = false;
  }

  #post(body: string): Promise<Response> {
    // A string body is text/plain: a simple request, so no CORS preflight.
    return fetch(this.#endpoint, { method: 'POST', body, keepalive: true, credentials: 'omit' });
  }

  /** The oldest events of one session that fit into one body. */
  #take(): Item[] {
    this.hasSent = true;
    const envelope = this.#items[0]?.envelope;
    let size = 0;
    let count = 0;
    for (const item of this.#items) {
      size += JSON.stringify(item.event).length;
      if (item.envelope !== envelope || (count > 0 && size > MAX_BODY_CHARACTERS)) break;
      count++;
    }
    return this.#items.splice(0, count);
  }

  #silence(): void {
    this.#isSilent = true;
    this.#items = [];
    this.#onSilenced();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, DWELL_MS));
}

function bodyOf(batch: readonly Item[]): string {
  const events = batch.map((item) => item.event);
  return JSON.stringify({ ...batch[0]?.envelope, events }, (_, value) => {
    if (typeof value !== 'number') return value;
    return Number.isFinite(value) ? Math.round(value * 10) / 10 : undefined;
  });
}
