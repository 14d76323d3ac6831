import type { Span } from '../model/span.ts';
import type { Log, SpanExporter } from './exporter.ts';
import { OtlpClient, tracesUrl, withGzip } from './otlp-client.ts';
import { SpanBatch } from './otlp-encode.ts';
import type { Batch, BatchQueue } from './queue.ts';
import { type Send, type SendResult, withRetry } from './retry.ts';
import type { Scheduler } from './scheduler.ts';
import { TroubleLog } from './trouble-log.ts';

export type OtlpExporterOptions = {
  /** `http(s)://host:port`, to which `/v1/traces` is added, or a URL with a path, which is used as it is. */
  readonly endpoint: string;
  /** Sent with every request, for tokens and tenant ids. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'gzip' | 'none';
  readonly timeoutMs: number;
  /** A batch is sent when it has this many spans or bytes, or its first span has waited this long. */
  readonly batchSpans: number;
  readonly batchBytes: number;
  readonly batchAgeMs: number;
  /** Longest wait before the first retry, and before any. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** How long `close` goes on delivering. */
  readonly closeMs: number;
  /** Version of this program. */
  readonly version: string;
  /** Put around every request to the backend, to time it. */
  readonly around: (send: Send) => Send;
  readonly queue: BatchQueue;
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly log: Log;
};

/** Since start, except what waits. Every span added is exactly one of sent, dropped or waiting. */
export type OtlpCounters = {
  readonly sentSpans: number;
  readonly sentBatches: number;
  readonly retries: number;
  /** Spans of batches the backend will never take. */
  readonly refusedSpans: number;
  /** Spans the backend took out of a batch it accepted (OTLP partial success). */
  readonly rejectedSpans: number;
  /** Spans still waiting when `close` ran out of time. */
  readonly abandonedSpans: number;
  readonly waitingSpans: number;
  readonly waitingBytes: number;
};

/** Retries before a person is told: one lost connection is nothing, two in a row is trouble. */
const QUIET_RETRIES = 1;

/**
 * Sends spans to an OTLP/HTTP endpoint in batches, one at a time, so that the spans of a trace arrive in the order
 * they were added. Delivery is at least once: an answer that is lost makes the batch come again with identical ids.
 */
export class OtlpExporter implements SpanExporter {
  readonly #options: OtlpExporterOptions;
  readonly #client: OtlpClient;
  readonly #send: Send;
  readonly #abort = new AbortController();
  readonly #dropLog: TroubleLog;
  readonly #batch: SpanBatch;
  /** A finished batch the queue had no room for; while it exists, nothing more is taken. */
  #sealed: Batch | null = null;
  #cancelAge: (() => void) | null = null;
  #isSending = false;
  #isFailing = false;
  #closing: Promise<void> | null = null;
  /** Woken whenever a batch is dealt with, and when sending stops. */
  #waiters: (() => void)[] = [];
  #added = 0;
  #settled = 0;
  readonly #counts = { sentSpans: 0, sentBatches: 0, retries: 0, refusedSpans: 0, rejectedSpans: 0, abandonedSpans: 0 };

  constructor(options: OtlpExporterOptions) {
    this.#options = options;
    const { version, scheduler, compression, headers, timeoutMs, log } = options;
    const url = tracesUrl(options.endpoint);
    const userAgent = `Playpath-OTLP-Exporter/${version}`;
    this.#client = new OtlpClient({ url, headers, compression, timeoutMs, userAgent, scheduler });
    const retried = withRetry(options.around(this.#client.send), {
      firstMs: options.retryFirstMs,
      maxMs: options.retryMaxMs,
      scheduler,
      random: options.random,
      onRetry: (attempt, reason, delayMs) => this.#onRetry(attempt, reason, delayMs, url.host),
    });
    this.#send = compression === 'gzip' ? withGzip(retried) : retried;
    this.#batch = new SpanBatch(version);
    this.#dropLog = new TroubleLog(scheduler, (spans, reason) =>
      log.error('trace backend refused spans', { endpoint: url.host, spans, reason }),
    );
    // What a former process left.
    this.#added = options.queue.spans;
    if (this.#added > 0) this.#enqueue();
  }

  get counters(): OtlpCounters {
    return {
      ...this.#counts,
      waitingSpans: this.#added - this.#settled,
      waitingBytes: this.#options.queue.sizeBytes + (this.#sealed?.bytes.length ?? 0) + this.#batch.sizeBytes,
    };
  }

  /** The disk that spans wait on; null when they wait in memory. */
  get disk(): { readonly isRefusing: boolean; readonly failures: number } | null {
    return this.#options.queue.disk;
  }

  add(span: Span): 'queued' | 'full' {
    if (this.#closing !== null || !this.#hasRoom()) return 'full';
    this.#batch.add(span);
    this.#added += 1;
    const { batchSpans, batchBytes, batchAgeMs, scheduler } = this.#options;
    if (this.#batch.spans >= batchSpans || this.#batch.sizeBytes >= batchBytes) this.#seal();
    else this.#cancelAge ??= scheduler.after(batchAgeMs, () => this.#seal());
    return 'queued';
  }

  async room(): Promise<void> {
    while (this.#closing === null && !this.#hasRoom()) await this.#settling();
  }

  /** Moves everything added so far into the queue; false while that has no room. */
  store(): boolean {
    this.#seal();
    // A batch that had waited for room may just have made way for the current one.
    this.#seal();
    if (this.#sealed !== null || this.#batch.spans > 0) return false;
    this.#options.queue.sync();
    return true;
  }

  async flush(): Promise<void> {
    const target = this.#added;
    while (this.#settled < target) {
      this.#seal();
      await this.#settling();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { scheduler, closeMs, log, queue } = this.#options;
    const cancel = scheduler.after(closeMs, () => this.#abort.abort());
    while (this.#settled < this.#added && !this.#abort.signal.aborted) {
      this.#seal();
      await this.#settling();
    }
    cancel();
    this.#cancelAge?.();
    const kept = queue.isDurable ? queue.spans : 0;
    if (kept > 0) log.info('spans wait on disk for the next start', { spans: kept });
    const abandoned = this.#added - this.#settled - kept;
    if (abandoned > 0) log.warn('closed with spans undelivered', { spans: abandoned });
    this.#counts.abandonedSpans += abandoned;
    this.#settled = this.#added;
    this.#wake();
    this.#dropLog.close();
    this.#client.close();
  }

  #hasRoom(): boolean {
    if (this.#sealed === null) return true;
    this.#enqueue();
    return this.#sealed === null;
  }

  /** Ends the current batch, if the one before it has found its place. */
  #seal(): void {
    if (this.#sealed === null && this.#batch.spans > 0) {
      this.#cancelAge?.();
      this.#cancelAge = null;
      const { spans } = this.#batch;
      this.#sealed = { bytes: this.#batch.take(), spans };
    }
    this.#enqueue();
  }

  #enqueue(): void {
    if (this.#sealed !== null && this.#options.queue.push(this.#sealed) === 'queued') this.#sealed = null;
    if (!this.#isSending) {
      this.#isSending = true;
      void this.#sendAll();
    }
  }

  async #sendAll(): Promise<void> {
    const { queue } = this.#options;
    for (let batch = queue.peek(); batch !== undefined; batch = queue.peek()) {
      const result = await this.#send(batch, this.#abort.signal);
      if (result.outcome === 'busy') break; // only ever after an abort
      queue.shift();
      this.#count(result, batch.spans);
      this.#settled += batch.spans;
      if (this.#sealed !== null) this.#hasRoom();
      this.#wake();
    }
    this.#isSending = false;
    this.#wake();
  }

  #count(result: SendResult, spans: number): void {
    if (result.outcome === 'accepted') {
      const rejected = Math.min(result.rejectedSpans, spans);
      this.#counts.sentBatches += 1;
      this.#counts.sentSpans += spans - rejected;
      this.#counts.rejectedSpans += rejected;
      if (rejected > 0) this.#dropLog.add(rejected, result.reason);
    } else {
      this.#counts.refusedSpans += spans;
      this.#dropLog.add(spans, result.reason);
    }
    if (this.#isFailing) this.#options.log.info('trace backend answers again', {});
    this.#isFailing = false;
  }

  #onRetry(attempt: number, reason: string, delayMs: number, endpoint: string): void {
    this.#counts.retries += 1;
    if (attempt <= QUIET_RETRIES || this.#isFailing) return;
    this.#isFailing = true;
    this.#options.log.warn('trace backend does not take spans, retrying', { endpoint, reason, delayMs });
  }

  #settling(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
