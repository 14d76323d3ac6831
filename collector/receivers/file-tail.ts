import type { BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { UnixMs } from '../model/time.ts';
import { fileBlocks } from './file-blocks.ts';
import { beginsWith, FINGERPRINT_BYTES, type Fingerprint, fingerprintOf, isTruncated } from './file-identity.ts';
import { FileReader } from './file-reader.ts';
import type { Ingest } from './ingest.ts';
import type { Position } from './positions.ts';
import type { LineSource } from './sources.ts';

/** `more`: its turn is over before its end. `full`: the bus is, nobody should read on. */
export type Progress = 'end' | 'more' | 'full';

export type TailContext = {
  readonly ingest: Ingest;
  readonly lineLimitBytes: number;
  /** Reused by all tails: they take turns. */
  readonly buffer: Buffer;
  /** Bytes one file may read per turn. */
  readonly turnBytes: number;
};

/** One file that is followed, by its inode: its name may change under it. */
export class FileTail {
  readonly from: LineSource;
  readonly key: string;
  readonly isGzip: boolean;
  path: string;
  readonly #context: TailContext;
  #reader: FileReader;
  #fingerprint: Fingerprint;
  #handle: FileHandle | null = null;
  #size = -1;
  #mtimeNs = -1n;
  #changedMs = Number.NaN;
  #doneSize: number;
  #isIncomplete = false;
  #former: Position | null = null;

  constructor(
    from: LineSource,
    key: string,
    path: string,
    head: Uint8Array,
    position: Position | null,
    context: TailContext,
  ) {
    this.from = from;
    this.key = key;
    this.path = path;
    this.isGzip = path.endsWith('.gz');
    this.#context = context;
    this.#fingerprint = fingerprintOf(head);
    this.#doneSize = position?.key === key ? position.doneSize : 0;
    this.#reader = this.#createReader(position?.offset ?? 0, position?.header ?? '');
  }

  /** The gzip file ended early when it was read last. */
  get isIncomplete(): boolean {
    return this.#isIncomplete;
  }

  /** Bytes not read yet, as of the last look. Unknown for gzip: 0 or the size of the file. */
  get lagBytes(): number {
    if (this.isGzip) return this.#doneSize === this.#size ? 0 : this.#size;
    return Math.max(0, this.#size - this.#reader.offset);
  }

  /** When the file was last seen to have been written to. */
  get changedMs(): UnixMs {
    return this.#changedMs;
  }

  position(nowMs: UnixMs): Position {
    return {
      source: this.from.source.name,
      key: this.key,
      path: this.path,
      fingerprint: this.#fingerprint,
      offset: this.#reader.offset,
      header: this.#reader.header,
      doneSize: this.#doneSize,
      seenMs: nowMs,
    };
  }

  /** Reads what is new. `stats` are of the file itself, wherever it is called now. */
  async read(stats: BigIntStats, nowMs: UnixMs): Promise<Progress> {
    const size = Number(stats.size);
    // Another file of the same size may have got the inode while no handle was open.
    const hasChanged = size !== this.#size || stats.mtimeNs !== this.#mtimeNs;
    if (hasChanged) this.#changedMs = nowMs;
    this.#size = size;
    this.#mtimeNs = stats.mtimeNs;
    if (this.isGzip) return size === this.#doneSize ? 'end' : this.#readGzip(size);
    if (!hasChanged && this.#reader.readOffset >= size) return 'end';
    this.#handle ??= await open(this.path, 'r');
    return this.#readPlain(size, nowMs);
  }

  /** Reads an unfollowed file to its end, last line included. */
  async finish(nowMs: UnixMs): Promise<Progress> {
    if (this.isGzip || this.#handle === null) return 'end';
    const { size } = await this.#handle.stat();
    const progress = await this.#readPlain(size, nowMs);
    if (progress !== 'end') return progress;
    return this.#reader.end() ? 'end' : 'full';
  }

  get isOpen(): boolean {
    return this.#handle !== null;
  }

  /** Of the file itself, whatever it is called now. */
  async stat(): Promise<BigIntStats> {
    this.#handle ??= await open(this.path, 'r');
    return this.#handle.stat({ bigint: true });
  }

  /** Where reading was when the file was emptied under us, once: its content may live on in a copy. */
  takeFormer(): Position | null {
    const former = this.#former;
    this.#former = null;
    return former;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  async #readPlain(size: number, nowMs: UnixMs): Promise<Progress> {
    const handle = this.#handle as FileHandle;
    const { buffer, turnBytes } = this.#context;
    await this.#checkBeginning(handle, size, nowMs);
    for (let turn = 0; turn < turnBytes; ) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#reader.readOffset);
      if (bytesRead === 0) return 'end';
      turn += bytesRead;
      if (!this.#reader.write(buffer, 0, bytesRead)) return 'full';
    }
    return 'more';
  }

  /** Copytruncate empties a file under its inode, and it may have outgrown our offset again by the time we look. */
  async #checkBeginning(handle: FileHandle, size: number, nowMs: UnixMs): Promise<void> {
    const { buffer } = this.#context;
    const { bytesRead } = await handle.read(buffer, 0, FINGERPRINT_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    if (size < this.#reader.offset || !beginsWith(head, this.#fingerprint)) {
      this.#former = this.position(nowMs);
      this.#reader = this.#createReader(0, '');
    }
    this.#fingerprint = fingerprintOf(head);
  }

  async #readGzip(size: number): Promise<Progress> {
    let skip = this.#reader.readOffset;
    this.#isIncomplete = false;
    try {
      for await (const block of fileBlocks(this.path)) {
        const from = Math.min(skip, block.length);
        skip -= from;
        if (!this.#reader.write(block, from, block.length)) return 'full';
      }
    } catch (error) {
      // Uploads and rotations are seen half done: what is there was read, the rest when the file has grown.
      if (!isTruncated(error)) throw error;
      this.#isIncomplete = true;
    }
    if (!this.#isIncomplete && !this.#reader.end()) return 'full';
    this.#doneSize = size;
    return 'end';
  }

  #createReader(offset: number, header: string): FileReader {
    const { ingest, lineLimitBytes } = this.#context;
    return new FileReader(this.from, ingest, lineLimitBytes, offset, header);
  }
}
