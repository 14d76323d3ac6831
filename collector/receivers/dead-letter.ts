import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { UnixMs } from '../model/time.ts';

/** A refused record: text, or a range of a buffer that is read at once and not kept. */
export type Sample = string | { readonly bytes: Uint8Array; readonly start: number; readonly end: number };

export type DeadLetterOptions = {
  /** '' keeps no file; everything is still counted. */
  readonly path: string;
  /** The file is renamed to `<path>.1` at this size, so twice as much is on disk at most. */
  readonly maxBytes: number;
  /** Removes addresses and tokens: what is refused has not been through privacy yet. */
  readonly scrub: (text: string) => string;
  /** Samples of one source and reason a minute; the rest is only counted. */
  readonly samplesPerMinute?: number;
  /** Bytes that may wait for the disk. */
  readonly maxPendingBytes?: number;
};

const SAMPLE_CHARACTERS = 2_048;
/** Read beyond that: an address that is cut in half does not look like one any more. */
const READ_CHARACTERS = SAMPLE_CHARACTERS + 256;
const DECODER = new TextDecoder('utf-8');

/**
 * A bounded sample of what was refused, as NDJSON `{at, source, reason, sample}`, for the person who has to find out
 * why. Never slows ingest down: what does not fit the budget is counted in `overflowed`, and a disk that fails
 * loses samples, not lines.
 */
export class DeadLetters {
  readonly #options: Required<DeadLetterOptions>;
  /** Samples taken this minute by source and reason; the closed set of both bounds it. */
  readonly #taken = new Map<string, number>();
  #minute = 0;
  #pending: string[] = [];
  #pendingBytes = 0;
  #fileBytes = -1;
  #writing: Promise<void> = Promise.resolve();
  #isScheduled = false;
  #overflowed = 0;
  #written = 0;
  #failed = 0;

  constructor(options: DeadLetterOptions) {
    this.#options = { samplesPerMinute: 20, maxPendingBytes: 1 << 20, ...options };
  }

  /** Samples written to the file. */
  get written(): number {
    return this.#written;
  }

  /** Samples left out to stay in the budget. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /** Samples lost because the file could not be written. */
  get failed(): number {
    return this.#failed;
  }

  add(sourceName: string, reason: string, sample: Sample, nowMs: UnixMs): void {
    if (this.#options.path === '') return;
    if (!this.#mayTake(`${sourceName} ${reason}`, nowMs) || this.#pendingBytes >= this.#options.maxPendingBytes) {
      this.#overflowed += 1;
      return;
    }
    const text = this.#options.scrub(textOf(sample)).slice(0, SAMPLE_CHARACTERS);
    const line = `${JSON.stringify({ at: isoTime(nowMs), source: sourceName, reason, sample: text })}\n`;
    this.#pending.push(line);
    this.#pendingBytes += Buffer.byteLength(line);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#writing = this.#writing.then(() => this.#write());
  }

  /** Resolves when everything added so far is in the file. May be called twice. */
  close(): Promise<void> {
    return this.#writing;
  }

  #mayTake(key: string, nowMs: UnixMs): boolean {
    const minute = Math.floor(nowMs / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#taken.clear();
    }
    const taken = this.#taken.get(key) ?? 0;
    this.#taken.set(key, taken + 1);
    return taken < this.#options.samplesPerMinute;
  }

  async #write(): Promise<void> {
    this.#isScheduled = false;
    const lines = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    try {
      await this.#append(lines.join(''));
      this.#written += lines.length;
    } catch {
      this.#failed += lines.length;
    }
  }

  async #append(text: string): Promise<void> {
    const { path, maxBytes } = this.#options;
    if (this.#fileBytes < 0) await mkdir(dirname(path), { recursive: true });
    if (this.#fileBytes >= maxBytes) await rename(path, `${path}.1`);
    const file = await open(path, 'a', 0o600);
    try {
      await file.appendFile(text);
      this.#fileBytes = (await file.stat()).size;
    } finally {
      await file.close();
    }
  }
}

function textOf(sample: Sample): string {
  if (typeof sample === 'string') return sample.slice(0, READ_CHARACTERS);
  const { bytes, start, end } = sample;
  return DECODER.decode(bytes.subarray(start, Math.min(end, start + READ_CHARACTERS)));
}

function isoTime(ms: UnixMs): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : '';
}
