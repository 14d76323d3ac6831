import { PbfWriter } from 'pbf';
import type { UnixMs } from '../model/time.ts';
import { nanosBeyond, wholeMs } from './otlp-time.ts';

// Hot path: one call per field of every exported span. Benchmark: test/bench/encode-spans.ts.

/** Below this many characters a loop beats the call into native code. */
const LOOP_CHARACTERS = 20;
const LOOP_BYTES = 48;
const ASCII_END = 0x80;
/** A varint below this is one byte. */
const ONE_BYTE_END = 0x80;
/** `KeyValue.value`, a message. */
const VALUE_TAG = (2 << 3) | 2;

/** Value of each hexadecimal digit by character code; everything else counts as 0. */
const NIBBLES = new Uint8Array(256);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  NIBBLES[digit.charCodeAt(0)] = value;
  NIBBLES[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Protobuf writer for OTLP. Tags are one byte as long as the field number is below 16, which holds for every field
 * we write. Its buffer is a Node `Buffer`, whose native UTF-8 is what makes long strings cheap.
 */
export class OtlpWriter extends PbfWriter {
  #bytes: Buffer;

  constructor(capacityBytes: number) {
    const bytes = Buffer.allocUnsafeSlow(capacityBytes);
    super(bytes);
    this.#bytes = bytes;
  }

  override realloc(moreBytes: number): void {
    if (this.pos + moreBytes <= this.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.length * 2, this.pos + moreBytes));
    this.#bytes.copy(grown, 0, 0, this.pos);
    this.#bytes = grown;
    this.buf = grown;
    this.dataView = new DataView(grown.buffer, grown.byteOffset, grown.byteLength);
    this.length = grown.byteLength;
  }

  /** Unlike pbf's, which loses one of two adjacent lone surrogates: both become U+FFFD. */
  override writeString(text: string): void {
    const { length } = text;
    this.realloc(length * 3 + 5);
    if (length <= LOOP_CHARACTERS && this.#writeShortAscii(text)) return;
    // The length comes first, but is known last; guess its size and move the text if the guess was wrong.
    const guess = sizeOfVarint(length);
    const written = this.#bytes.write(text, this.pos + guess, 'utf8');
    const size = sizeOfVarint(written);
    if (size !== guess) this.#bytes.copyWithin(this.pos + size, this.pos + guess, this.pos + guess + written);
    this.writeVarint(written);
    this.pos += written;
  }

  #writeShortAscii(text: string): boolean {
    const bytes = this.#bytes;
    const { length } = text;
    let at = this.pos + 1;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= ASCII_END) return false;
      bytes[at] = code;
      at += 1;
    }
    bytes[this.pos] = length;
    this.pos = at;
    return true;
  }

  /** A `bytes` field from hexadecimal digits. Always `sizeBytes` long, because a shorter id fails a whole request. */
  writeHexField(tag: number, hex: string, sizeBytes: number): void {
    this.realloc(sizeBytes + 2);
    const bytes = this.#bytes;
    let at = this.pos;
    bytes[at] = (tag << 3) | 2;
    bytes[at + 1] = sizeBytes;
    at += 2;
    for (let digit = 0; digit < sizeBytes * 2; digit += 2) {
      bytes[at] = ((NIBBLES[hex.charCodeAt(digit)] ?? 0) << 4) | (NIBBLES[hex.charCodeAt(digit + 1)] ?? 0);
      at += 1;
    }
    this.pos = at;
  }

  /** A `fixed64` field in nanoseconds. Exact: no product here exceeds 2^53. */
  writeNanosField(tag: number, timeMs: UnixMs): void {
    const whole = wholeMs(timeMs);
    // whole × 10^6 = high × 2^20 + low
    const high = Math.floor(whole / 0x100000) * 1e6;
    const low = (whole % 0x100000) * 1e6 + nanosBeyond(timeMs);
    const bottom = (high % 0x1000) * 0x100000 + low;
    this.realloc(9);
    this.#bytes[this.pos] = (tag << 3) | 1;
    this.dataView.setUint32(this.pos + 1, bottom % 0x100000000, true);
    this.dataView.setUint32(this.pos + 5, Math.floor(high / 0x1000) + Math.floor(bottom / 0x100000000), true);
    this.pos += 9;
  }

  /** Starts a nested message of about `expectedBytes`; hand what it returns to `close`. */
  open(tag: number, expectedBytes: number): number {
    const reserved = sizeOfVarint(expectedBytes);
    this.realloc(1 + reserved);
    this.#bytes[this.pos] = (tag << 3) | 2;
    this.pos += 1 + reserved;
    return this.pos;
  }

  /** Ends the message begun at `start`: writes its length, moving the content if the expectation was off; true when not. */
  close(start: number, expectedBytes: number): boolean {
    const reserved = sizeOfVarint(expectedBytes);
    const length = this.pos - start;
    const size = sizeOfVarint(length);
    if (size !== reserved) {
      this.realloc(Math.max(0, size - reserved));
      this.#bytes.copyWithin(start - reserved + size, start, this.pos);
    }
    this.pos = start - reserved;
    this.writeVarint(length);
    this.pos += length;
    return size === reserved;
  }

  /**
   * A `KeyValue` with the encoded `key`, up to the content of its `AnyValue`, which is `valueBytes` long; the caller
   * writes that and nothing more.
   */
  openPair(tag: number, key: Uint8Array, valueBytes: number): void {
    const keyBytes = key.length;
    const sizeBytes = keyBytes + 1 + sizeOfVarint(valueBytes) + valueBytes;
    if (sizeBytes >= ONE_BYTE_END) {
      this.writeTag(tag, 2);
      this.writeVarint(sizeBytes);
      this.writeRaw(key);
      this.writeTag(2, 2); // KeyValue.value
      this.writeVarint(valueBytes);
      return;
    }
    // Nearly all: every length is one byte, and there is room for all of it.
    this.realloc(sizeBytes + 2);
    const bytes = this.#bytes;
    let at = this.pos;
    bytes[at] = (tag << 3) | 2;
    bytes[at + 1] = sizeBytes;
    at += 2;
    for (let index = 0; index < keyBytes; index += 1) bytes[at + index] = key[index] as number;
    at += keyBytes;
    bytes[at] = VALUE_TAG;
    bytes[at + 1] = valueBytes;
    this.pos = at + 2;
  }

  /** Bytes already encoded elsewhere. */
  writeRaw(bytes: Uint8Array): void {
    const { length } = bytes;
    this.realloc(length);
    const target = this.#bytes;
    let at = this.pos;
    if (length > LOOP_BYTES) target.set(bytes, at);
    else for (let index = 0; index < length; index += 1) target[at + index] = bytes[index] ?? 0;
    at += length;
    this.pos = at;
  }

  /** Bytes already written here. */
  repeat(begin: number, end: number): void {
    const length = end - begin;
    this.realloc(length);
    const bytes = this.#bytes;
    const to = this.pos;
    if (length > LOOP_BYTES) bytes.copyWithin(to, begin, end);
    else for (let index = 0; index < length; index += 1) bytes[to + index] = bytes[begin + index] ?? 0;
    this.pos = to + length;
  }

  /** A string field whose text is at most 127 ASCII characters; false, and nothing written, when it is not. */
  writeAsciiField(tag: number, text: string): boolean {
    const { length } = text;
    this.realloc(length + 2);
    const bytes = this.#bytes;
    const start = this.pos + 2;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= ASCII_END) return false;
      bytes[start + index] = code;
    }
    bytes[this.pos] = (tag << 3) | 2;
    bytes[this.pos + 1] = length;
    this.pos = start + length;
    return true;
  }
}

/** Bytes of a non-negative varint up to 2^53. */
export function sizeOfVarint(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  if (value < 0x10000000) return 4;
  if (value < 2 ** 35) return 5;
  if (value < 2 ** 42) return 6;
  return value < 2 ** 49 ? 7 : 8;
}
