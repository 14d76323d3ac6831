import type { LineDecoder } from '../formats/format.ts';
import type { Event } from '../model/event.ts';
import type { Ingest } from './ingest.ts';
import { LineSplitter, type RecordSink } from './lines.ts';
import type { LineSource } from './sources.ts';

const HASH = 0x23;
const LONGEST_HEADER = 8_192;

/**
 * Lines of one file into ingest, from an offset on. Knows how far everything was stored, and which `#Fields` line
 * was in force there, so that reading can go on after a restart or after the bus was full.
 */
export class FileReader {
  readonly #from: LineSource;
  readonly #ingest: Ingest;
  readonly #lineLimitBytes: number;
  #decoder: LineDecoder;
  #splitter: LineSplitter;
  #base: number;
  #header: string;
  #isFull = false;

  constructor(from: LineSource, ingest: Ingest, lineLimitBytes: number, offset: number, header: string) {
    this.#from = from;
    this.#ingest = ingest;
    this.#lineLimitBytes = lineLimitBytes;
    this.#base = offset;
    this.#header = header;
    this.#decoder = this.#createDecoder();
    this.#splitter = new LineSplitter(lineLimitBytes, this.#sink());
  }

  /** Content bytes up to the end of the last line that is done with. */
  get offset(): number {
    return this.#base + this.#splitter.consumed;
  }

  /** Where to read on: behind the offset by the line that has no end yet. */
  get readOffset(): number {
    return this.offset + this.#splitter.pending;
  }

  get header(): string {
    return this.#header;
  }

  /** False when the bus is full: read again from `offset` later. */
  write(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#splitter.write(bytes, start, end)) return true;
    this.#resume();
    return false;
  }

  /** The file has ended for good: its last line needs no newline. */
  end(): boolean {
    if (this.#splitter.end()) return true;
    this.#resume();
    return false;
  }

  #resume(): void {
    this.#base = this.offset;
    this.#isFull = false;
    this.#splitter = new LineSplitter(this.#lineLimitBytes, this.#sink());
  }

  #createDecoder(): LineDecoder {
    const decoder = this.#from.createDecoder();
    if (this.#header !== '') {
      const bytes = Buffer.from(this.#header);
      const delivery = { source: this.#from.source, receivedMs: this.#ingest.now() };
      decoder.decode(bytes, 0, bytes.length, delivery, () => {});
    }
    return decoder;
  }

  #sink(): RecordSink {
    const { source } = this.#from;
    const ingest = this.#ingest;
    const delivery = { source, receivedMs: 0 };
    const emit = (event: Event): void => {
      if (!this.#isFull && ingest.accept(event, delivery.receivedMs) === 'full') this.#isFull = true;
    };
    return {
      record: (bytes, start, end) => {
        delivery.receivedMs = ingest.now();
        const decoded = this.#decoder.decode(bytes, start, end, delivery, emit);
        if (this.#isFull) return false;
        if (decoded === 'skip') this.#noteHeader(bytes, start, end);
        else if (decoded !== '') ingest.reject(source.name, decoded, { bytes, start, end });
        return true;
      },
      refuse: (reason, bytes, start, end) => ingest.reject(source.name, reason, { bytes, start, end }),
    };
  }

  #noteHeader(bytes: Uint8Array, start: number, end: number): void {
    if (bytes[start] !== HASH || end - start > LONGEST_HEADER) return;
    const line = Buffer.from(bytes.subarray(start, end)).toString('utf8');
    if (/^#fields/i.test(line)) this.#header = line;
  }
}
