import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { PlaypathError } from '../errors.ts';
import type { Batch, BatchQueue } from './queue.ts';

/** `PPQ1`. */
const MAGIC = 0x3151_5050;
/** Magic, bytes, checksum of the bytes, spans. */
const HEADER_BYTES = 16;
const FILE_BYTES = 32 << 20;
/** Newest batches whose bytes are kept at hand: while the backend keeps up, nothing is read back. */
const WARM_BYTES = 8 << 20;
const FILE_NAME = /^(\d{8})\.spans$/;
const MARK = 'sent.mark';

export type DiskQueueOptions = {
  readonly folder: string;
  readonly maxBytes: number;
  /** Writes everything or throws. Tests hand in a disk that is full. */
  readonly write: (file: number, bytes: Uint8Array) => void;
  /** The disk took nothing, and took something again. */
  readonly onTrouble: (cause: unknown) => void;
  readonly onRecovered: () => void;
};

type Entry = {
  readonly file: number;
  readonly at: number;
  readonly length: number;
  readonly spans: number;
  bytes: Uint8Array | null;
};

/**
 * Batches in files, oldest first, that outlive the process. How far they were sent is a mark beside them, written
 * without waiting for the disk: after a crash the last batches may be sent again, and are the same spans.
 */
export class DiskQueue implements BatchQueue {
  readonly isDurable = true;
  readonly #options: DiskQueueOptions;
  readonly #entries: Entry[] = [];
  #first = 0;
  #spans = 0;
  #sizeBytes = 0;
  #warmBytes = 0;
  /** Number and length of the newest file, and its handle. */
  #newest = 0;
  #newestBytes = 0;
  #handle = -1;
  #mark = -1;
  #failures = 0;
  #isTroubled = false;

  /** Throws `journal_unusable` when the folder cannot be made or read. */
  constructor(options: DiskQueueOptions) {
    this.#options = options;
    try {
      mkdirSync(options.folder, { recursive: true, mode: 0o700 });
      this.#mark = openSync(join(options.folder, MARK), 'a+', 0o600);
      this.#load();
    } catch (cause) {
      throw new PlaypathError('journal_unusable', `the queue ${options.folder} cannot be opened`, { cause });
    }
  }

  get spans(): number {
    return this.#spans;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get disk(): { readonly isRefusing: boolean; readonly failures: number } {
    return { isRefusing: this.#isTroubled, failures: this.#failures };
  }

  push(batch: Batch): 'queued' | 'full' {
    const { maxBytes, onRecovered } = this.#options;
    if (this.#sizeBytes + batch.bytes.length > maxBytes && this.#entries.length > this.#first) return 'full';
    if (!this.#append(batch)) return 'full';
    if (this.#isTroubled) onRecovered();
    this.#isTroubled = false;
    return 'queued';
  }

  peek(): Batch | undefined {
    const entry = this.#entries[this.#first];
    if (entry === undefined) return undefined;
    entry.bytes ??= this.#read(entry);
    return { bytes: entry.bytes, spans: entry.spans };
  }

  shift(): void {
    const entry = this.#entries[this.#first];
    if (entry === undefined) return;
    this.#first++;
    this.#spans -= entry.spans;
    this.#sizeBytes -= entry.length;
    if (entry.bytes !== null) this.#warmBytes -= entry.length;
    this.#writeMark(entry.file, entry.at + HEADER_BYTES + entry.length);
    const next = this.#entries[this.#first]?.file ?? this.#newest;
    for (let file = entry.file; file < next; file++) rmSync(this.#path(file), { force: true });
    if (this.#first < 1_000 && this.#first < this.#entries.length) return;
    this.#entries.splice(0, this.#first);
    this.#first = 0;
  }

  /** Everything pushed so far survives a power cut, too. */
  sync(): void {
    if (this.#handle >= 0) fdatasyncSync(this.#handle);
  }

  /** May be called twice. */
  close(): void {
    for (const handle of [this.#handle, this.#mark]) if (handle >= 0) closeSync(handle);
    this.#handle = -1;
    this.#mark = -1;
  }

  #append({ bytes, spans }: Batch): boolean {
    try {
      if (this.#handle < 0 || this.#newestBytes >= FILE_BYTES) this.#roll();
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt32LE(MAGIC, 0);
      header.writeUInt32LE(bytes.length, 4);
      header.writeUInt32LE(crc32(bytes), 8);
      header.writeUInt32LE(spans, 12);
      this.#options.write(this.#handle, header);
      this.#options.write(this.#handle, bytes);
    } catch (cause) {
      this.#failed(cause);
      return false;
    }
    this.#add({ file: this.#newest, at: this.#newestBytes, length: bytes.length, spans, bytes });
    this.#newestBytes += HEADER_BYTES + bytes.length;
    return true;
  }

  #failed(cause: unknown): void {
    this.#failures++;
    if (!this.#isTroubled) this.#options.onTrouble(cause);
    this.#isTroubled = true;
    if (this.#handle < 0) return;
    try {
      ftruncateSync(this.#handle, this.#newestBytes);
    } catch {
      // The next batch goes into a file of its own, behind what is broken here.
      closeSync(this.#handle);
      this.#handle = -1;
    }
  }

  #roll(): void {
    if (this.#handle >= 0) {
      fdatasyncSync(this.#handle);
      closeSync(this.#handle);
    }
    this.#handle = -1;
    this.#handle = openSync(this.#path(this.#newest + 1), 'ax', 0o600);
    this.#newest++;
    this.#newestBytes = 0;
  }

  #add(entry: Entry): void {
    if (entry.bytes !== null && this.#warmBytes + entry.length > WARM_BYTES) entry.bytes = null;
    if (entry.bytes !== null) this.#warmBytes += entry.length;
    this.#entries.push(entry);
    this.#spans += entry.spans;
    this.#sizeBytes += entry.length;
  }

  #read({ file, at, length }: Entry): Uint8Array {
    const bytes = Buffer.allocUnsafe(length);
    const handle = openSync(this.#path(file), 'r');
    try {
      readSync(handle, bytes, 0, length, at + HEADER_BYTES);
    } finally {
      closeSync(handle);
    }
    this.#warmBytes += length;
    return bytes;
  }

  /** What the former process had not sent. A torn or damaged batch ends its file. */
  #load(): void {
    const { folder } = this.#options;
    const [sentFile, sentAt] = this.#readMark();
    const files = readdirSync(folder).map((name) => Number(FILE_NAME.exec(name)?.[1]));
    for (const file of files.filter((number) => number >= 0).sort((a, b) => a - b)) {
      this.#newest = file;
      if (file < sentFile) {
        rmSync(this.#path(file), { force: true });
        continue;
      }
      const content = readFileSync(this.#path(file));
      const from = file === sentFile ? sentAt : 0;
      for (let at = 0; ; ) {
        const length = batchLength(content, at);
        if (length < 0) break;
        if (at >= from) this.#add({ file, at, length, spans: content.readUInt32LE(at + 12), bytes: null });
        at += HEADER_BYTES + length;
      }
    }
  }

  #readMark(): readonly [file: number, at: number] {
    const mark = Buffer.alloc(16);
    const { length } = readFileSync(join(this.#options.folder, MARK));
    if (length < 16) return [0, 0];
    const handle = openSync(join(this.#options.folder, MARK), 'r');
    try {
      readSync(handle, mark, 0, 16, length - (length % 16) - 16);
    } finally {
      closeSync(handle);
    }
    return [mark.readDoubleLE(0), mark.readDoubleLE(8)];
  }

  #writeMark(file: number, at: number): void {
    const mark = Buffer.alloc(16);
    mark.writeDoubleLE(file, 0);
    mark.writeDoubleLE(at, 8);
    try {
      ftruncateSync(this.#mark, 0);
      writeSync(this.#mark, mark);
    } catch (cause) {
      // Without a mark batches are sent again after a restart: the same spans.
      this.#failed(cause);
    }
  }

  #path(file: number): string {
    return join(this.#options.folder, `${String(file).padStart(8, '0')}.spans`);
  }
}

/** Bytes of the batch at `at`, -1 when there is none that is whole. */
function batchLength(content: Buffer, at: number): number {
  if (at + HEADER_BYTES > content.length || content.readUInt32LE(at) !== MAGIC) return -1;
  const length = content.readUInt32LE(at + 4);
  const end = at + HEADER_BYTES + length;
  if (end > content.length) return -1;
  return crc32(content.subarray(at + HEADER_BYTES, end)) === content.readUInt32LE(at + 8) ? length : -1;
}
