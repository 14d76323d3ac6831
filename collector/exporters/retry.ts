import type { Batch } from './queue.ts';
import { pause, type Scheduler } from './scheduler.ts';

/** What became of one batch. `reason` is for people. */
export type SendResult =
  /** The peer has it, except `rejectedSpans` it will never take. */
  | { readonly outcome: 'accepted'; readonly rejectedSpans: number; readonly reason: string }
  /** Later may work. `retryAfterMs` is what the peer asked for, NaN when it did not. */
  | {
      readonly outcome: 'busy';
      readonly retryAfterMs: number;
      readonly reason: string;
      /** It may be these bytes that the peer fails on (HTTP 500): they are not tried for ever. */
      readonly isDoubtful?: boolean;
    }
  /** The same bytes will never be taken. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** Delivers one batch, or says why not; never rejects. An aborted send answers `busy`. */
export type Send = (batch: Batch, signal: AbortSignal) => Promise<SendResult>;

export type RetryOptions = {
  /** Longest wait before the first retry; it doubles with every attempt up to `maxMs`. */
  readonly firstMs: number;
  readonly maxMs: number;
  readonly scheduler: Scheduler;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  /** Called before each wait; `attempt` counts from 1. */
  readonly onRetry: (attempt: number, reason: string, delayMs: number) => void;
};

/** A batch on which the peer failed for so long without a break. A peer that is ill itself has recovered by then. */
const DOUBTFUL_MS = 2 * 3_600_000;
/** A peer that asks for more than this would stop the export by mistake or malice. */
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * Sends until the batch is accepted or refused, or the signal aborts. Waits are exponential with full jitter, so
 * that many collectors do not return in step; a peer's `Retry-After` is waited for in full. There is no last
 * attempt, except for a batch the peer itself fails on: while one waits, the queue behind it fills and back-pressure
 * reaches the receivers.
 */
export function withRetry(send: Send, options: RetryOptions): Send {
  return async (batch, signal) => {
    let doubtfulSinceMs = Number.NaN;
    for (let attempt = 1; ; attempt += 1) {
      const result = await send(batch, signal);
      if (result.outcome !== 'busy' || signal.aborted) return result;
      const nowMs = options.scheduler.nowMs();
      doubtfulSinceMs =
        result.isDoubtful !== true ? Number.NaN : Number.isNaN(doubtfulSinceMs) ? nowMs : doubtfulSinceMs;
      if (nowMs - doubtfulSinceMs >= DOUBTFUL_MS) return { outcome: 'refused', reason: result.reason };
      const delayMs = delayOf(attempt, result.retryAfterMs, options);
      options.onRetry(attempt, result.reason, delayMs);
      await pause(options.scheduler, delayMs, signal);
      if (signal.aborted) return result;
    }
  };
}

function delayOf(attempt: number, retryAfterMs: number, options: RetryOptions): number {
  const jitterMs = backOffMs(attempt, options);
  return Number.isNaN(retryAfterMs) ? jitterMs : Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) + jitterMs;
}

/** How long to wait after this attempt, counted from 1: at random up to a bound that doubles. */
export function backOffMs(
  attempt: number,
  { firstMs, maxMs, random }: Pick<RetryOptions, 'firstMs' | 'maxMs' | 'random'>,
): number {
  return Math.floor(random() * Math.min(maxMs, firstMs * 2 ** (attempt - 1)));
}
