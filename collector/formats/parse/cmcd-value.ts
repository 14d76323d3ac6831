import { HEX_VALUE } from '../../privacy/percent.ts';
import { type ByteBlock, ScratchBlock } from './byte-block.ts';
import { knownIds } from './byte-interner.ts';
import { decimal } from './decimal.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const OPEN = 0x28;
const CLOSE = 0x29;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const SEMICOLON = 0x3b;
const BACKSLASH = 0x5c;

/** A plus sign that stands for itself, as `at` returns it: only that is a space in a query. */
const RAW_PLUS = PLUS | 0x100;
const LONGEST_TEXT_BYTES = 1024;
const LONGEST_URL_BYTES = 16_384;
const SCRATCH_BYTES = 256;

/** Bytes that are not simply themselves: controls end a payload, `&` ends a query argument, `%` begins an escape. */
const SPECIAL_IN_PLAIN = new Uint8Array(256).fill(1, 0, SPACE);
const SPECIAL_IN_QUERY = SPECIAL_IN_PLAIN.slice();
for (const byte of [PERCENT, AMPERSAND]) SPECIAL_IN_QUERY[byte] = 1;
/** Inside quotes: whatever is not simply one more character of the string. */
const STOPS_STRING = SPECIAL_IN_QUERY.slice();
for (const byte of [QUOTE, BACKSLASH, PLUS]) STOPS_STRING[byte] = 1;

/**
 * The cursor and the value reader under `CmcdScanner`: structured-field items (RFC 8941) as players really write
 * them, read through up to two layers of percent-encoding. The last value read is in the public fields.
 * HOT PATH: runs for every key of every log line. Bench: test/bench/decode.ts.
 */
export class CmcdValue {
  /** First number of the value, NaN when it holds none. */
  number = Number.NaN;
  /** Up to four characters of a bare token, packed big-endian. */
  token = 0;
  /** `skipToComma` met the end of the payload and not a comma. */
  isAtEnd = false;
  /** The value broke the grammar. */
  isMalformed = false;
  isQuoted = false;

  #block!: ByteBlock;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #special = SPECIAL_IN_PLAIN;
  #isQuery = false;
  /** Layers of percent-encoding, 0 until the first escape shows it. */
  #layers = 0;
  #textStart = 0;
  #textEnd = 0;
  #isTextEscaped = false;
  #listStart = 0;
  /** -1 unless the value is a list. */
  #listEnd = -1;
  readonly #scratch = new ScratchBlock(SCRATCH_BYTES);

  begin(block: ByteBlock, end: number, isQuery: boolean): void {
    this.#block = block;
    this.#bytes = block.bytes;
    this.#end = end;
    this.#isQuery = isQuery;
    this.#special = isQuery ? SPECIAL_IN_QUERY : SPECIAL_IN_PLAIN;
    this.#layers = 0;
  }

  /** The character at `i` in the low byte, its width in bytes above; 0 where the payload ends. */
  at(i: number): number {
    if (i >= this.#end) return 0;
    const byte = this.#bytes[i]!;
    return this.#special[byte] === 0 ? byte | 0x100 : this.#atSpecial(i, byte);
  }

  /** Reads the value at `i` and returns the position after it. */
  read(i: number): number {
    this.number = Number.NaN;
    this.token = 0;
    this.isMalformed = false;
    this.isQuoted = false;
    this.#isTextEscaped = false;
    this.#listEnd = -1;
    const first = this.at(i);
    return (first & 0xff) === OPEN ? this.#list(i + (first >>> 8)) : this.#item(i);
  }

  /** The value of a key that stands alone: `bs`, `su`. */
  setFlag(): void {
    this.number = 1;
    this.token = 0;
    this.isQuoted = true;
    this.#listEnd = -1;
    this.#textStart = 0;
    this.#textEnd = 0;
    this.#isTextEscaped = false;
  }

  /** Skips parameters up to and over the next comma. Anything but parameters on the way is malformed. */
  skipToComma(start: number): number {
    let i = start;
    let isParameter = false;
    this.isAtEnd = false;
    for (;;) {
      const char = this.at(i);
      if (char === 0) {
        this.isAtEnd = true;
        return i;
      }
      i += char >>> 8;
      const c = char & 0xff;
      if (c === COMMA) return i;
      if (c === SEMICOLON) isParameter = true;
      else if (!isParameter && !this.#isSpace(c)) this.isMalformed = true;
    }
  }

  /** Text of the last value from a shared table: ids return, and a known one costs no string. */
  text(): string {
    if (this.#textEnd - this.#textStart > LONGEST_TEXT_BYTES) return '';
    if (!this.#isTextEscaped) return knownIds.text(this.#block, this.#textStart, this.#textEnd);
    return knownIds.text(this.#scratch, 0, this.#unescapeText());
  }

  /** The whole inner list with its items separated by spaces, without quotes; of a scalar, its text. */
  listText(): string {
    if (this.#listEnd < 0) return this.text();
    this.#textStart = this.#listStart;
    this.#textEnd = this.#listEnd;
    this.#isTextEscaped = true;
    return this.text().replaceAll('"', '').trim();
  }

  /** The same for text that will not return, such as URLs. */
  uniqueText(): string {
    if (this.#textEnd - this.#textStart > LONGEST_URL_BYTES) return '';
    if (!this.#isTextEscaped) return this.#block.text(this.#textStart, this.#textEnd);
    return this.#scratch.text(0, this.#unescapeText());
  }

  #unescapeText(): number {
    const scratch = this.#scratch.reset(this.#textEnd - this.#textStart);
    let length = 0;
    const end = this.#end;
    this.#end = this.#textEnd;
    for (let i = this.#textStart; i < this.#textEnd; ) {
      const char = this.at(i);
      i += char === 0 ? 1 : char >>> 8;
      const c = char & 0xff;
      if (c === BACKSLASH && i < this.#textEnd) {
        const escaped = this.at(i);
        i += escaped === 0 ? 1 : escaped >>> 8;
        scratch[length++] = escaped & 0xff;
      } else scratch[length++] = char === RAW_PLUS && this.#isQuery ? SPACE : c;
    }
    this.#end = end;
    return length;
  }

  #item(i: number): number {
    const first = this.at(i);
    const c = first & 0xff;
    if (c === QUOTE) return this.#string(i + (first >>> 8));
    if ((c >= ZERO && c <= NINE) || c === MINUS || c === DOT) {
      const end = this.#decimal(i);
      if (end >= 0) return end;
    }
    return this.#bare(i);
  }

  #string(start: number): number {
    this.isQuoted = true;
    this.#textStart = start;
    const bytes = this.#bytes;
    const end = this.#end;
    let i = start;
    for (;;) {
      while (i < end && STOPS_STRING[bytes[i]!] === 0) i++;
      const char = this.at(i);
      const c = char & 0xff;
      if (c === QUOTE && this.#isDelimiter(this.at(i + (char >>> 8)) & 0xff)) {
        this.#textEnd = i;
        return i + (char >>> 8);
      }
      // The payload is over, or this quote opens a later value: the one at `start` was never closed.
      if (char === 0 || c === QUOTE) break;
      i += char >>> 8;
      if (c === BACKSLASH) i += this.at(i) >>> 8;
      if (char >>> 8 !== 1 || c === BACKSLASH || (c === PLUS && this.#isQuery)) this.#isTextEscaped = true;
    }
    // It is taken as ending at the next comma, so that the keys behind it are not lost.
    this.isMalformed = true;
    for (i = start; ; ) {
      const char = this.at(i);
      if (char === 0 || (char & 0xff) === COMMA) break;
      i += char >>> 8;
    }
    this.#textEnd = i;
    return i;
  }

  /** Returns -1 when what begins like a number is something else, e.g. a UUID without quotes. */
  #decimal(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let i = start + 1;
    while (i < end && ((bytes[i]! >= ZERO && bytes[i]! <= NINE) || bytes[i] === DOT)) i++;
    const number = this.#isDelimiter(this.at(i) & 0xff) ? decimal(bytes, start, i) : Number.NaN;
    if (Number.isNaN(number)) return -1;
    this.number = number;
    this.#textStart = start;
    this.#textEnd = i;
    return i;
  }

  /** A token, or anything nobody quoted, up to a delimiter. */
  #bare(start: number): number {
    this.#textStart = start;
    let i = start;
    for (;;) {
      const char = this.at(i);
      const c = char & 0xff;
      if (this.#isDelimiter(c)) break;
      if (c === QUOTE) {
        // `st=v"`: a quote that nobody opened is not part of the token.
        this.isMalformed = true;
        break;
      }
      if (char >>> 8 !== 1) this.#isTextEscaped = true;
      this.token = (this.token << 8) | c;
      i += char >>> 8;
    }
    this.#textEnd = i;
    if (i === start) this.isMalformed = true;
    return i;
  }

  /** An inner list: the first item is the value and the others are skipped, but for `listText`. */
  #list(start: number): number {
    this.#listStart = start;
    let i = start;
    while (this.#isSpace(this.at(i) & 0xff)) i += this.at(i) >>> 8;
    i = this.#item(i);
    let isInQuotes = false;
    for (;;) {
      const char = this.at(i);
      const c = char & 0xff;
      if (char === 0 || (c === COMMA && !isInQuotes)) {
        this.isMalformed = true;
        return i;
      }
      if (c === CLOSE && !isInQuotes) {
        this.#listEnd = i;
        return i + (char >>> 8);
      }
      i += char >>> 8;
      if (c === QUOTE) isInQuotes = !isInQuotes;
    }
  }

  /** What may follow an item; 0 is the end of the payload. */
  #isDelimiter(c: number): boolean {
    return c === COMMA || c === 0 || c === SEMICOLON || c === CLOSE || this.#isSpace(c);
  }

  #isSpace(c: number): boolean {
    return c === SPACE || (c === PLUS && this.#isQuery);
  }

  #atSpecial(i: number, byte: number): number {
    if (byte !== PERCENT) return 0;
    const bytes = this.#bytes;
    const outer = i + 2 < this.#end ? hexByte(bytes, i + 1) : -1;
    if (outer < 0) return PERCENT | 0x100;
    const inner = outer === PERCENT && i + 4 < this.#end ? hexByte(bytes, i + 3) : -1;
    // The first escape of a payload stands for `=`, `,` or `"`: if that is encoded twice, so is all of it.
    if (this.#layers === 0) this.#layers = inner >= 0 ? 2 : 1;
    return inner < 0 || this.#layers === 1 ? outer | 0x300 : inner | 0x500;
  }
}

function hexByte(bytes: Uint8Array, i: number): number {
  return (HEX_VALUE[bytes[i]!]! << 4) | HEX_VALUE[bytes[i + 1]!]!;
}
