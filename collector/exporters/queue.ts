/** One encoded request on its way out. */
export type Batch = { readonly bytes: Uint8Array; readonly spans: number };

/** Batches waiting to be sent, oldest first: order within a trace is the order of the batches. */
export interface BatchQueue {
  /** `full` leaves the batch with the caller. */
  push(batch: Batch): 'queued' | 'full';
  /** The oldest batch. It stays in the queue until `shift`, so that a batch being sent still counts as waiting. */
  peek(): Batch | undefined;
  /** The oldest batch is dealt with. */
  shift(): void;
  /** What is in the queue is there after a restart. */
  readonly isDurable: boolean;
  /** The disk it is on: whether it took nothing when it was tried last, and writes that failed since start. */
  readonly disk: { readonly isRefusing: boolean; readonly failures: number } | null;
  /** What is in the queue survives a power cut, if it is durable at all. */
  sync(): void;
  readonly spans: number;
  readonly sizeBytes: number;
}

/** Lost with the process. */
export class MemoryQueue implements BatchQueue {
  readonly isDurable = false;
  readonly disk = null;
  readonly #limits: { readonly maxSpans: number; readonly maxBytes: number };
  readonly #batches: Batch[] = [];
  #spans = 0;
  #sizeBytes = 0;

  constructor(limits: { readonly maxSpans: number; readonly maxBytes: number }) {
    this.#limits = limits;
  }

  get spans(): number {
    return this.#spans;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  push(batch: Batch): 'queued' | 'full' {
    const { maxSpans, maxBytes } = this.#limits;
    const isOver = this.#spans + batch.spans > maxSpans || this.#sizeBytes + batch.bytes.length > maxBytes;
    // An empty queue takes any batch: one larger than the limit would otherwise wait forever.
    if (isOver && this.#batches.length > 0) return 'full';
    this.#batches.push(batch);
    this.#spans += batch.spans;
    this.#sizeBytes += batch.bytes.length;
    return 'queued';
  }

  sync(): void {}

  peek(): Batch | undefined {
    return this.#batches[0];
  }

  shift(): void {
    const batch = this.#batches.shift();
    if (batch === undefined) return;
    this.#spans -= batch.spans;
    this.#sizeBytes -= batch.bytes.length;
  }
}
