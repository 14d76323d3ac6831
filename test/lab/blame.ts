import type { Verdict } from '../../collector/model/incident.ts';
import type { Exchange } from './exchange.ts';

/** First bytes from the origin are slow from here on, with or without a fault. */
const SLOW_ORIGIN_MS = 300;
/** A playlist or init segment is late from here on. */
const SLOW_SMALL_OBJECT_MS = 600;

/** What the player could choose from: the bitrate of the lowest rendition, and which one it loads now. */
export type Choice = { readonly lowestKbps: number; readonly chosenIndex: number };

export type LostMs = Readonly<Partial<Record<Verdict, number>>>;

/**
 * Where a session's time went, by cause, since its buffer was last healthy. The lab knows every delay it makes, so
 * this is the truth a verdict is measured against: the largest loss is the cause.
 */
export class Blame {
  readonly #lostMs = new Map<Verdict, number>();

  add(cause: Verdict, ms: number): void {
    if (ms > 0) this.#lostMs.set(cause, (this.#lostMs.get(cause) ?? 0) + ms);
  }

  /** `unknown` when nothing was lost. */
  get cause(): Verdict {
    let worst: Verdict = 'unknown';
    let most = 0;
    for (const [cause, ms] of this.#lostMs) {
      if (ms > most) {
        most = ms;
        worst = cause;
      }
    }
    return worst;
  }

  /** Milliseconds by cause. */
  get lostMs(): LostMs {
    return Object.fromEntries(this.#lostMs);
  }

  clear(): void {
    this.#lostMs.clear();
  }

  /** An exchange that delivered its object: what made it slower than real time, if it was. */
  addDelivered(exchange: Exchange, choice: Choice, isAfterFailover: boolean): void {
    const tookMs = exchange.endMs - exchange.sentMs;
    const allowedMs = exchange.object.role === 'segment' ? exchange.object.durationMs : SLOW_SMALL_OBJECT_MS;
    if (tookMs <= allowedMs) return;
    if (isAfterFailover && exchange.object.role !== 'segment') {
      this.add('failover', tookMs);
      return;
    }
    this.#spread(exchange, choice, tookMs - allowedMs);
  }

  /** An exchange that brought nothing: all of its time, and the wait before the next try. */
  addFailed(exchange: Exchange, choice: Choice, waitMs: number): void {
    const lostMs = exchange.endMs - exchange.sentMs + waitMs;
    const { status, generatedBy } = exchange.answer;
    if (exchange.ending === 'http_error') {
      if (status === 401 || status === 403) this.add('auth', lostMs);
      else this.add(generatedBy === 'origin' ? 'origin_error' : 'edge_error', lostMs);
      return;
    }
    this.#spread(exchange, choice, lostMs);
  }

  /** Delays that were made come first; what is left is the line, or the choice of rendition. */
  #spread(exchange: Exchange, choice: Choice, lostMs: number): void {
    const { answer } = exchange;
    const originMs = answer.origin === null ? 0 : answer.origin.firstByteMs - answer.origin.receivedMs - SLOW_ORIGIN_MS;
    const made: readonly (readonly [Verdict, number])[] = [
      ['edge_slow', answer.addedMs.edge],
      ['origin_slow', Math.max(answer.addedMs.origin, originMs)],
      ['cache_miss', answer.addedMs.storm],
    ];
    let left = lostMs;
    for (const [cause, ms] of made) {
      const share = Math.min(left, Math.max(0, ms));
      this.add(cause, share);
      left -= share;
    }
    if (left <= 0) return;
    if (answer.isStarvedFill) this.add('cache_miss', left);
    else this.add(transferCause(exchange, choice), left);
  }
}

/** What was wrong with one exchange that brought nothing. */
export function causeOfFailure(exchange: Exchange, choice: Choice): Verdict {
  const blame = new Blame();
  blame.addFailed(exchange, choice, 0);
  return blame.cause;
}

/** Semantics section 5: below the lowest rendition it is the network, else a lower rendition would have come in time. */
function transferCause({ object, lineKbps }: Exchange, { lowestKbps, chosenIndex }: Choice): Verdict {
  // Audio has one rendition; what fills the line it waits for is the video beside it.
  const hasLower = object.role === 'segment' && (object.track === 'video' ? object.rendition : chosenIndex) > 0;
  return lineKbps < lowestKbps || !hasLower ? 'network' : 'abr';
}
