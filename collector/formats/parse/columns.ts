import { unescaped } from './backslash.ts';
import { ByteBlock, ScratchBlock } from './byte-block.ts';
import type { ByteInterner } from './byte-interner.ts';
import { decimal } from './decimal.ts';
import { LONGEST_WORD, WordMemo } from './word-memo.ts';

const MINUS = 0x2d;
const SMALL_SCRATCH_BYTES = 256;
/** Longest text that `shared` compares with the last one of its column; shorter words it knows by themselves. */
const REMEMBERED_BYTES = 32;

/**
 * The named parts of one record, wherever its syntax put them: the readers of delimited, JSON and combined lines fill
 * it, the formats read it by the number of the name. A part that is missing, empty or `-` is absent.
 * Ranges point into the line, or into a scratch copy when the part had to be unescaped; both die with the next record.
 */
export class Columns {
  readonly line = new ByteBlock();
  /** Column of fields that nobody needs. */
  readonly unused: number;
  /** For readers only: ranges by column. Equal numbers are absent. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #scratch = new ScratchBlock(SMALL_SCRATCH_BYTES);
  readonly #isInScratch: Uint8Array;
  #hasScratch = false;
  readonly #words = new WordMemo();
  // Which longer text `shared` returned last, by column.
  readonly #lastLengths: Uint8Array;
  readonly #lastTexts: DataView;
  readonly #lastStrings: string[];

  constructor(count: number) {
    this.unused = count;
    this.starts = new Int32Array(count + 1);
    this.ends = new Int32Array(count + 1);
    this.#isInScratch = new Uint8Array(count + 1);
    this.#lastLengths = new Uint8Array(count + 1);
    this.#lastTexts = new DataView(new ArrayBuffer((count + 1) * REMEMBERED_BYTES));
    this.#lastStrings = new Array<string>(count + 1).fill('');
  }

  /** Forgets the last record. `lineBytes` bounds what its parts may need unescaped. */
  begin(bytes: Uint8Array, lineBytes: number): void {
    this.line.use(bytes);
    this.#scratch.reset(lineBytes);
    this.starts.fill(0);
    this.ends.fill(0);
    if (this.#hasScratch) this.#isInScratch.fill(0);
    this.#hasScratch = false;
  }

  /** The next record of a reader that sets the same columns every time: nothing needs to be forgotten. */
  next(bytes: Uint8Array): void {
    this.line.use(bytes);
  }

  set(column: number, start: number, end: number): void {
    const isAbsent = end - start === 1 && this.line.bytes[start] === MINUS;
    this.starts[column] = start;
    this.ends[column] = isAbsent ? start : end;
    if (this.#hasScratch) this.#isInScratch[column] = 0;
  }

  /** A part with backslash escapes: what they stand for is what `text`, `number` and the rest see. */
  setEscaped(column: number, start: number, end: number): void {
    const scratch = this.#scratch;
    const from = scratch.length;
    if (from + end - start > scratch.bytes.length) return;
    scratch.length = unescaped(this.line.bytes, start, end, scratch.bytes, from);
    this.starts[column] = from;
    this.ends[column] = scratch.length;
    this.#isInScratch[column] = 1;
    this.#hasScratch = true;
  }

  has(column: number): boolean {
    return this.ends[column]! > this.starts[column]!;
  }

  /** The record had the field, be it empty. */
  isMentioned(column: number): boolean {
    return this.ends[column] !== 0 || this.starts[column] !== 0;
  }

  start(column: number): number {
    return this.starts[column]!;
  }

  end(column: number): number {
    return this.ends[column]!;
  }

  /** The block that `start` and `end` of the column count in. */
  block(column: number): ByteBlock {
    return this.#hasScratch && this.#isInScratch[column] === 1 ? this.#scratch : this.line;
  }

  bytes(column: number): Uint8Array {
    return this.block(column).bytes;
  }

  text(column: number): string {
    return this.has(column) ? this.block(column).text(this.start(column), this.end(column)) : '';
  }

  /** Text that returns in other records: a shared string. */
  shared(column: number, interner: ByteInterner): string {
    const start = this.starts[column]!;
    const length = this.ends[column]! - start;
    if (length <= 0) return '';
    const block = this.block(column);
    if (length <= LONGEST_WORD) return this.#words.text(block, start, start + length, interner);
    if (length > REMEMBERED_BYTES) return interner.text(block, start, start + length);
    const base = column * REMEMBERED_BYTES;
    const { view } = block;
    const last = this.#lastTexts;
    // The last four bytes overlap the four before them: a loop over single bytes would cost more than all the rest.
    const lastWord = length - 4;
    let isSame =
      this.#lastLengths[column] === length && view.getInt32(start + lastWord) === last.getInt32(base + lastWord);
    for (let i = 0; isSame && i < lastWord; i += 4) isSame = view.getInt32(start + i) === last.getInt32(base + i);
    if (isSame) return this.#lastStrings[column]!;
    for (let i = 0; i < length; i++) last.setUint8(base + i, view.getUint8(start + i));
    this.#lastLengths[column] = length;
    const text = interner.text(block, start, start + length);
    this.#lastStrings[column] = text;
    return text;
  }

  number(column: number): number {
    return decimal(this.bytes(column), this.start(column), this.end(column));
  }

  /** True when the part is exactly this ASCII text, in any case. */
  is(column: number, text: string): boolean {
    const start = this.start(column);
    if (this.end(column) - start !== text.length) return false;
    const bytes = this.bytes(column);
    for (let i = 0; i < text.length; i++) {
      if (((bytes[start + i]! ^ text.charCodeAt(i)) & ~0x20) !== 0) return false;
    }
    return true;
  }
}
