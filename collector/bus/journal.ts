import { cloneEvent } from '../model/clone-report.ts';
import type { Event } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';
import type { Bus, LogConsumer } from './bus.ts';
import { type SourceOfName, timeAtEnd } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import type { JournalDisk } from './journal-disk.ts';
import { JournalFolder, type Segment } from './journal-folder.ts';
import { type Replayed, replaySegments } from './replay-segments.ts';
import { WaitingSenders } from './waiting-senders.ts';

export type JournalOptions = {
  readonly folder: string;
  readonly disk: JournalDisk;
  /** How long the first delivery of a group waits for others before all of it is written and made safe. */
  readonly windowMs: number;
  /** Bytes on disk; what was not processed is never given up for them. */
  readonly maxBytes: number;
  /** What is older is given up, if it was processed. */
  readonly maxAgeMs: number;
  /** Milliseconds that only go up: when to try a disk again. */
  readonly elapsedMs: () => number;
  readonly consumer: LogConsumer;
  readonly sourceOf: SourceOfName;
  /** The disk failed, and took bytes again. */
  readonly onTrouble: (cause: unknown) => void;
  readonly onRecovered: () => void;
};

type Queued = { readonly event: Event | null; readonly nowMs: UnixMs };

const STORED = Promise.resolve('stored' as const);
const FRAME_BYTES = 4 << 20;
/** A file of the journal; smaller when there is room for little, because it is given up file by file. */
const SEGMENT_BYTES = 64 << 20;
const SEGMENTS = 8;
/** Written and not yet safe: a disk that cannot keep up slows its senders down. */
const UNSAFE_BYTES = 64 << 20;
/** A disk that failed is left alone for so long. */
const RETRY_MS = 1_000;

/**
 * The log on local disk. Events are written in groups; correlation is told of them when they are in the file, senders
 * when the file is on the disk. What could not be written waits here and is written when there is room again.
 * HOT PATH: `publish` runs once per event.
 */
export class Journal implements Bus {
  readonly #options: JournalOptions;
  readonly folder: JournalFolder;
  readonly #frame = new FrameWriter();
  lostRecords = 0;
  /** The consumer has been told of all that was written. */
  #isCaughtUp = false;
  #queue: Queued[] = [];
  /** Offset of the next record that is written. */
  #written = 0;
  #safe = 0;
  #processed = 0;
  #segment: Segment | null = null;
  #file = -1;
  #unsafeBytes = 0;
  #diskBytes = 0;
  readonly #segmentBytes: number;
  readonly #senders = new WaitingSenders();
  #timer: NodeJS.Timeout | null = null;
  #isSyncing = false;
  #nowMs: UnixMs = 0;
  #retryAtMs = 0;
  #isTroubled = false;
  #failures = 0;
  #isClosed = false;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#segmentBytes = Math.min(SEGMENT_BYTES, options.maxBytes / SEGMENTS);
    this.folder = new JournalFolder(options.folder);
  }

  /**
   * Takes events from here on; the consumer is told of none before `replay` has come to them. Returns how many bytes of
   * a record that a crash tore were cut off the end, and the time of the last that is whole, NaN when there is none.
   * Throws `journal_unusable`.
   */
  open(): { readonly cutBytes: number; readonly lastMs: UnixMs } {
    this.folder.open();
    const { nextOffset, cutBytes, lastFrame } = this.folder.cutTail();
    this.#written = nextOffset;
    this.#safe = nextOffset;
    this.#diskBytes = this.folder.sizeBytes;
    return { cutBytes, lastMs: lastFrame === null ? Number.NaN : timeAtEnd(lastFrame.body) };
  }

  get nextOffset(): number {
    return this.#written;
  }

  /** Of the oldest record that is still there. */
  get firstOffset(): number {
    return this.folder.segments[0]?.firstOffset ?? this.#written;
  }

  get sizeBytes(): number {
    return this.#diskBytes;
  }

  get failures(): number {
    return this.#failures;
  }

  get isTroubled(): boolean {
    return this.#isTroubled;
  }

  /**
   * Reads the log again from `fromOffset` on, giving way to other work now and then, until it has caught up with what
   * is published meanwhile. To be called once.
   */
  async replay(fromOffset: number): Promise<Replayed> {
    const { sourceOf, consumer, elapsedMs } = this.#options;
    const reading = replaySegments(this.folder, fromOffset, sourceOf, consumer, elapsedMs);
    let step = reading.next();
    for (; !step.done; step = reading.next()) await new Promise(setImmediate);
    this.#isCaughtUp = true;
    this.lostRecords = step.value.lostRecords;
    return step.value;
  }

  publish(event: Event, nowMs: UnixMs): 'stored' | 'full' {
    if (!this.#hasRoom()) return 'full';
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    this.#frame.add(event, this.#nowMs);
    // The decoder fills the same report again for its next line.
    this.#queue.push({ event: cloneEvent(event), nowMs: this.#nowMs });
    if (this.#frame.sizeBytes >= FRAME_BYTES) this.#write();
    return 'stored';
  }

  /** Time has passed. Left out while the disk takes nothing: then nothing happens, and time is part of what does. */
  tick(nowMs: UnixMs): void {
    if (!this.#hasRoom()) return;
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    this.#frame.tick(this.#nowMs);
    this.#queue.push({ event: null, nowMs: this.#nowMs });
    this.#commitSoon();
  }

  flush(): Promise<'stored' | 'full'> {
    const endOffset = this.#written + this.#queue.length;
    if (endOffset <= this.#safe) return STORED;
    const outcome = this.#senders.waitFor(endOffset, this.#written);
    if (this.#isClosed) this.#commit();
    else this.#commitSoon();
    return outcome;
  }

  /** All before `processedOffset` has left for where it is kept; from `neededOffset` on it is read again after a crash. */
  release(neededOffset: number, processedOffset: number): void {
    const oldMs = this.#nowMs - this.#options.maxAgeMs;
    this.#processed = processedOffset;
    this.folder.deleteWhile(
      ({ lastMs }, endOffset) => endOffset <= neededOffset || (endOffset <= processedOffset && lastMs < oldMs),
    );
    this.#diskBytes = this.folder.sizeBytes;
  }

  /** Makes everything safe and takes no more. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#closeFile();
  }

  #closeFile(): void {
    if (this.#file >= 0) this.#options.disk.close(this.#file);
    this.#file = -1;
    this.#segment = null;
  }

  #hasRoom(): boolean {
    if (this.#isClosed) return false;
    if (this.#isTroubled && !this.#mayRetry()) return false;
    if (this.#unsafeBytes > UNSAFE_BYTES) return false;
    if (this.#diskBytes + this.#frame.sizeBytes <= this.#options.maxBytes) return true;
    const isFull = this.folder.sizeBytes + this.#frame.sizeBytes > this.#options.maxBytes;
    this.folder.deleteWhile(
      (_, endOffset) => isFull && endOffset <= this.#processed && this.folder.sizeBytes > this.#options.maxBytes / 2,
    );
    this.#diskBytes = this.folder.sizeBytes;
    return this.#diskBytes + this.#frame.sizeBytes <= this.#options.maxBytes;
  }

  /** What waits since the disk failed is tried first. */
  #mayRetry(): boolean {
    return this.#options.elapsedMs() >= this.#retryAtMs && (this.#queue.length === 0 || this.#write());
  }

  #commitSoon(): void {
    this.#timer ??= setTimeout(() => this.#commit(), this.#options.windowMs);
  }

  #commit(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#write();
    if (this.#senders.areWaiting) this.#sync();
  }

  /** False when the disk did not take it: then all of it stays here, and who waits for it is told. */
  #write(): boolean {
    const queue = this.#queue;
    if (queue.length === 0) return true;
    const firstOffset = this.#written;
    if (!this.#append(this.#frame.seal(firstOffset), firstOffset)) {
      this.#senders.answer((endOffset) => endOffset > firstOffset, 'full');
      return false;
    }
    this.#frame.clear();
    this.#queue = [];
    this.#written += queue.length;
    // Otherwise the replay comes to them.
    if (!this.#isCaughtUp) return true;
    for (let i = 0; i < queue.length; i++) {
      const { event, nowMs } = queue[i] as Queued;
      if (event === null) this.#options.consumer.tick(nowMs, firstOffset + i);
      else this.#options.consumer.event(event, nowMs, firstOffset + i);
    }
    return true;
  }

  #append(bytes: Buffer, firstOffset: number): boolean {
    const { disk } = this.#options;
    try {
      // Not while the file is being synced: that needs it open.
      const isLong = this.#segment !== null && this.#segment.sizeBytes >= this.#segmentBytes && !this.#isSyncing;
      if (this.#segment === null || isLong) this.#roll(firstOffset);
      disk.write(this.#file, bytes);
    } catch (cause) {
      this.#failed(cause);
      this.#undo();
      return false;
    }
    const segment = this.#segment as unknown as Segment;
    segment.sizeBytes += bytes.length;
    segment.lastMs = this.#nowMs;
    this.#diskBytes += bytes.length;
    this.#unsafeBytes += bytes.length;
    if (this.#isTroubled) this.#options.onRecovered();
    this.#isTroubled = false;
    return true;
  }

  /** Half a frame would hide the ones behind it from nobody, but would waste the room that is lacking. */
  #undo(): void {
    if (this.#segment === null) return;
    try {
      this.#options.disk.truncate(this.#file, this.#segment.sizeBytes);
    } catch (cause) {
      this.#failed(cause);
      this.#closeFile();
    }
  }

  #roll(firstOffset: number): void {
    const { disk } = this.#options;
    if (this.#file >= 0) disk.syncNow(this.#file);
    this.#closeFile();
    this.#file = disk.create(this.folder.file(firstOffset), this.folder.path);
    this.#segment = this.folder.add(firstOffset, this.#nowMs);
  }

  #sync(): void {
    if (this.#isSyncing || this.#file < 0 || this.#written <= this.#safe) return;
    this.#isSyncing = true;
    const written = this.#written;
    const bytes = this.#unsafeBytes;
    this.#options.disk.sync(this.#file, (error) => {
      this.#isSyncing = false;
      if (error === null) {
        this.#safe = Math.max(this.#safe, written);
        this.#unsafeBytes = Math.max(0, this.#unsafeBytes - bytes);
        this.#senders.answer((endOffset) => endOffset <= this.#safe, 'stored');
      } else {
        this.#failed(error);
        // What the system could not write it has forgotten it should: a new file, and all senders come again.
        this.#closeFile();
        this.#senders.answer(() => true, 'full');
      }
      if (this.#senders.wait((endOffset) => endOffset <= this.#written)) this.#sync();
    });
  }

  #failed(cause: unknown): void {
    this.#failures++;
    this.#retryAtMs = this.#options.elapsedMs() + RETRY_MS;
    if (!this.#isTroubled) this.#options.onTrouble(cause);
    this.#isTroubled = true;
  }
}
