import { PlaypathError } from '../errors.ts';
import type { Log } from '../exporters/exporter.ts';
import { backOffMs } from '../exporters/retry.ts';
import { pause, type Scheduler } from '../exporters/scheduler.ts';
import { TroubleLog } from '../exporters/trouble-log.ts';
import { LineBuffer } from './line-buffer.ts';
import type { Store } from './store.ts';

export type RowExporterOptions = {
  readonly store: Pick<Store, 'insert'>;
  readonly table: string;
  readonly columns: readonly string[];
  /** A batch is inserted when it has this many rows, or its first row has waited this long. */
  readonly batchRows: number;
  readonly batchAgeMs: number;
  /** From here on `isFull` asks for a pause; at twice as much rows are dropped and counted. */
  readonly queueBytes: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** How long `close` goes on trying. */
  readonly closeMs: number;
  readonly scheduler: Scheduler;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly log: Log;
};

/** Since start, except what waits. Every row added is exactly one of stored, refused, dropped or waiting. */
export type RowCounters = {
  readonly storedRows: number;
  readonly storedBatches: number;
  readonly retries: number;
  /** Rows the store will never take. */
  readonly refusedRows: number;
  /** Rows for which there was no room, or no time at the end. */
  readonly droppedRows: number;
  readonly waitingRows: number;
  readonly waitingBytes: number;
};

type Batch = { readonly lines: Buffer; readonly rows: number };

const NEWLINE = 0x0a;

/**
 * Writes rows into the store in batches, one at a time and oldest first. While the store is down or slow rows wait, and
 * `isFull` becomes back-pressure at the receivers; an insert whose answer is lost comes again, so tables replace rows by
 * version. A row the store cannot read is found and left out alone.
 */
export class RowExporter {
  readonly #options: RowExporterOptions;
  readonly #filling = new LineBuffer();
  readonly #sealed: Batch[] = [];
  readonly #abort = new AbortController();
  readonly #trouble: TroubleLog;
  #sealedBytes = 0;
  #cancelAge: (() => void) | null = null;
  #sending: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  #isFailing = false;
  #added = 0;
  #settled = 0;
  #waiters: (() => void)[] = [];
  readonly #counts = { storedRows: 0, storedBatches: 0, retries: 0, refusedRows: 0, droppedRows: 0 };

  constructor(options: RowExporterOptions) {
    this.#options = options;
    const { scheduler, log, table } = options;
    this.#trouble = new TroubleLog(scheduler, (rows, reason) =>
      log.error('analytics store refused rows', { table, rows, reason }),
    );
  }

  get counters(): RowCounters {
    return { ...this.#counts, waitingRows: this.#added - this.#settled, waitingBytes: this.#waitingBytes };
  }

  get isFull(): boolean {
    return this.#waitingBytes >= this.#options.queueBytes;
  }

  /** One row as the text of a JSON array in the order of the columns. */
  add(line: string): 'queued' | 'dropped' {
    if (this.#closing !== null || this.#waitingBytes >= 2 * this.#options.queueBytes) {
      this.#counts.droppedRows++;
      return 'dropped';
    }
    this.#filling.add(line);
    this.#added++;
    const { batchRows, batchAgeMs, scheduler } = this.#options;
    if (this.#filling.lines >= batchRows) this.#seal();
    else this.#cancelAge ??= scheduler.after(batchAgeMs, () => this.#seal());
    return 'queued';
  }

  /** Resolves when every row added so far is stored, refused for good or given up. */
  async flush(): Promise<void> {
    const target = this.#added;
    this.#seal();
    while (this.#settled < target) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Stores what it can within its time, counts the rest as dropped, and takes no more. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { scheduler, closeMs, log, table } = this.#options;
    const cancel = scheduler.after(closeMs, () => this.#abort.abort());
    this.#seal();
    await this.#sending;
    cancel();
    const abandoned = this.#added - this.#settled;
    if (abandoned > 0) log.warn('closed with rows that are not stored', { table, rows: abandoned });
    this.#counts.droppedRows += abandoned;
    this.#settled = this.#added;
    this.#wake();
    this.#trouble.close();
  }

  get #waitingBytes(): number {
    return this.#sealedBytes + this.#filling.sizeBytes;
  }

  #seal(): void {
    this.#cancelAge?.();
    this.#cancelAge = null;
    const { lines: rows } = this.#filling;
    if (rows > 0) {
      const lines = this.#filling.take();
      this.#sealedBytes += lines.length;
      this.#sealed.push({ lines, rows });
    }
    if (this.#sealed.length > 0) this.#sending ??= this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    for (let batch = this.#sealed[0]; batch !== undefined; batch = this.#sealed[0]) {
      if (!(await this.#store(batch))) break;
      this.#sealed.shift();
      this.#sealedBytes -= batch.lines.length;
      this.#settled += batch.rows;
      this.#wake();
    }
    this.#sending = null;
  }

  /** False when time ran out. */
  async #store(batch: Batch): Promise<boolean> {
    const { store, table, columns, scheduler, retryFirstMs: firstMs, retryMaxMs: maxMs, random } = this.#options;
    for (let attempt = 1; !this.#abort.signal.aborted; attempt++) {
      try {
        await store.insert({ table, columns, lines: batch.lines });
        this.#stored(batch.rows);
        return true;
      } catch (error) {
        if (isRefusal(error)) return this.#split(batch, reasonOf(error));
        const delayMs = backOffMs(attempt, { firstMs, maxMs, random });
        this.#retry(attempt, reasonOf(error), delayMs);
        await pause(scheduler, delayMs, this.#abort.signal);
      }
    }
    return false;
  }

  /** One row among them cannot be stored: halves are tried until it is alone. */
  async #split({ lines, rows }: Batch, reason: string): Promise<boolean> {
    if (rows === 1) {
      this.#counts.refusedRows++;
      this.#trouble.add(1, reason);
      return true;
    }
    const firstRows = rows >> 1;
    let end = 0;
    for (let row = 0; row < firstRows; row++) end = lines.indexOf(NEWLINE, end) + 1;
    const isFirstDone = await this.#store({ lines: lines.subarray(0, end), rows: firstRows });
    return isFirstDone && this.#store({ lines: lines.subarray(end), rows: rows - firstRows });
  }

  #stored(rows: number): void {
    this.#counts.storedRows += rows;
    this.#counts.storedBatches++;
    if (this.#isFailing) this.#options.log.info('analytics store works again', { table: this.#options.table });
    this.#isFailing = false;
  }

  #retry(attempt: number, reason: string, delayMs: number): void {
    this.#counts.retries++;
    if (attempt === 1 || this.#isFailing) return;
    this.#isFailing = true;
    const { table, log } = this.#options;
    log.warn('analytics store does not take rows, retrying', { table, reason, delayMs });
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof PlaypathError && error.code === 'store_refused';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
