import type { RejectReason } from '../model/event.ts';

/** Takes the records that framing finds in a body or a file. */
export interface RecordSink {
  /** One record: bytes[start, end), valid during the call only. False stops: it was not taken, nothing more is wanted. */
  record(bytes: Uint8Array, start: number, end: number): boolean;
  /** A piece that cannot be handed to a decoder. */
  refuse(reason: RejectReason, bytes: Uint8Array, start: number, end: number): void;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Splits a stream of blocks into lines: on LF only (never on U+2028 or U+0085), a CR before it stripped, empty lines
 * and a byte order mark skipped, lines over the limit refused once and skipped to their end.
 * HOT PATH: a line inside one block is handed over in place; only one that crosses blocks is copied.
 */
export class LineSplitter {
  readonly #sink: RecordSink;
  readonly #limit: number;
  #carry: Uint8Array;
  #carried = 0;
  /** The rest of this line is skipped: it was refused as too long. */
  #isSkipping = false;
  #isAtStart = true;
  #consumed = 0;
  #seen = 0;

  constructor(limitBytes: number, sink: RecordSink) {
    this.#limit = limitBytes;
    this.#sink = sink;
    this.#carry = new Uint8Array(256);
  }

  /** Bytes up to the end of the last line that was handed over, skipped or refused: where a reader may resume. */
  get consumed(): number {
    return this.#consumed;
  }

  /** Bytes of the line that has no end yet. */
  get pending(): number {
    return this.#seen - this.#consumed;
  }

  /** False when the sink stopped; the splitter is used up then. */
  write(bytes: Uint8Array, start: number, end: number): boolean {
    let from = start;
    for (;;) {
      const newline = bytes.indexOf(LF, from);
      if (newline < 0 || newline >= end) break;
      if (!this.#line(bytes, from, newline)) return false;
      this.#seen += newline + 1 - from;
      this.#consumed = this.#seen;
      from = newline + 1;
    }
    this.#seen += end - from;
    this.#keep(bytes, from, end);
    return true;
  }

  /** Hands over the last line, which no newline ends. False when the sink stopped. */
  end(): boolean {
    if (this.#carried === 0) return true;
    if (!this.#line(this.#carry, 0, 0)) return false;
    this.#consumed = this.#seen;
    return true;
  }

  #line(bytes: Uint8Array, from: number, newline: number): boolean {
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return true;
    }
    if (this.#carried === 0) return this.#emit(bytes, from, newline);
    this.#keep(bytes, from, newline);
    const length = this.#carried;
    this.#carried = 0;
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return true;
    }
    return this.#emit(this.#carry, 0, length);
  }

  #emit(bytes: Uint8Array, from: number, newline: number): boolean {
    let start = from;
    let end = newline;
    if (this.#isAtStart) {
      this.#isAtStart = false;
      if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf && start + 3 <= end)
        start += 3;
    }
    if (end > start && bytes[end - 1] === CR) end -= 1;
    if (end === start) return true;
    if (end - start > this.#limit) {
      this.#sink.refuse('too_long', bytes, start, end);
      return true;
    }
    return this.#sink.record(bytes, start, end);
  }

  #keep(bytes: Uint8Array, from: number, end: number): void {
    const length = end - from;
    if (length === 0 || this.#isSkipping) return;
    const needed = this.#carried + length;
    if (needed > this.#limit + 2) {
      // Refused now, so that an endless line costs the limit and not its length.
      this.#append(bytes, from, from + Math.max(0, this.#limit - this.#carried), this.#limit);
      this.#sink.refuse('too_long', this.#carry, 0, this.#carried);
      this.#carried = 0;
      this.#isSkipping = true;
      this.#isAtStart = false;
      return;
    }
    this.#append(bytes, from, end, needed);
  }

  #append(bytes: Uint8Array, from: number, end: number, needed: number): void {
    if (needed > this.#carry.length) {
      const grown = new Uint8Array(Math.max(needed, this.#carry.length * 2));
      grown.set(this.#carry.subarray(0, this.#carried));
      this.#carry = grown;
    }
    this.#carry.set(bytes.subarray(from, end), this.#carried);
    this.#carried = needed;
  }
}

/** The lines of a body that is there as a whole. False when the sink stopped. */
export function eachLine(bytes: Uint8Array, start: number, end: number, limitBytes: number, sink: RecordSink): boolean {
  const splitter = new LineSplitter(limitBytes, sink);
  return splitter.write(bytes, start, end) && splitter.end();
}
