import { hostName } from '../../privacy/scrub.ts';
import { ScratchBlock } from './byte-block.ts';
import { knownIds } from './byte-interner.ts';
import { CmcdCursor, SPECIAL_IN_QUERY } from './cmcd-cursor.ts';
import { decimal } from './decimal.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
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
const LONGEST_NAME = 128;
const LONGEST_URL_BYTES = 16_384;
const SCRATCH_BYTES = 256;

/** Inside quotes: whatever is not simply one more character of the string. */
const STOPS_STRING = SPECIAL_IN_QUERY.slice();
for (const byte of [QUOTE, BACKSLASH, PLUS]) STOPS_STRING[byte] = 1;

/**
 * The value reader under `CmcdScanner`: structured-field items (RFC 8941) as players really write them. The last value
 * read is in the public fields.
 * HOT PATH: runs for every key of every log line. Bench: test/bench/decode.ts.
 */
export class CmcdValue extends CmcdCursor {
  /** First number of the value, NaN when it holds none. */
  number = Number.NaN;
  /** Up to four characters of a bare token, packed big-endian. */
  token = 0;
  /** `skipToComma` met the end of the payload and not a comma. */
  isAtEnd = false;
  /** The value broke the grammar. */
  isMalformed = false;
  isQuoted = false;

  #textStart = 0;
  #textEnd = 0;
  #isTextEscaped = false;
  #listStart = 0;
  /** -1 unless the value is a list. */
  #listEnd = -1;
  readonly #scratch = new ScratchBlock(SCRATCH_BYTES);

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

  /** One character that stands at `at`. */
  setToken(character: number, at: number): void {
    this.number = Number.NaN;
    this.token = character;
    this.isQuoted = false;
    this.#listEnd = -1;
    this.#textStart = at;
    this.#textEnd = at + 1;
    this.#isTextEscaped = false;
  }

  /** Reads the string whose quote, `quoteWidth` bytes wide, is at `at`, and returns the position after it. */
  readString(at: number, quoteWidth: number): number {
    this.number = Number.NaN;
    this.token = 0;
    this.isMalformed = false;
    this.#listEnd = -1;
    this.#isTextEscaped = false;
    if (quoteWidth > 1) this.layers = quoteWidth === 5 ? 2 : 1;
    return this.#string(at + quoteWidth);
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
    if (!this.#isTextEscaped) return knownIds.text(this.block, this.#textStart, this.#textEnd);
    return knownIds.text(this.#scratch, 0, this.#unescapeText());
  }

  /** The name of a host or a CDN, whose address is nobody's secret. */
  name(): string {
    const text = this.uniqueText();
    return text.length > LONGEST_NAME ? '' : hostName(text);
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
    if (!this.#isTextEscaped) return this.block.text(this.#textStart, this.#textEnd);
    return this.#scratch.text(0, this.#unescapeText());
  }

  #unescapeText(): number {
    const scratch = this.#scratch.reset(this.#textEnd - this.#textStart);
    let length = 0;
    const end = this.end;
    this.end = this.#textEnd;
    for (let i = this.#textStart; i < this.#textEnd; ) {
      const char = this.at(i);
      i += char === 0 ? 1 : char >>> 8;
      const c = char & 0xff;
      if (c === BACKSLASH && i < this.#textEnd) {
        const escaped = this.at(i);
        i += escaped === 0 ? 1 : escaped >>> 8;
        scratch[length++] = escaped & 0xff;
      } else scratch[length++] = char === RAW_PLUS && this.isQuery ? SPACE : c;
    }
    this.end = end;
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
    const { bytes, end } = this;
    const { view } = this.block;
    const lastWord = end - 4;
    let i = start | 0;
    for (;;) {
      for (; i <= lastWord && isPlain(view.getInt32(i)); i = (i + 4) | 0);
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
      if (char >>> 8 !== 1 || c === BACKSLASH || (c === PLUS && this.isQuery)) this.#isTextEscaped = true;
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
    const bytes = this.bytes;
    const end = this.end;
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
    return c === SPACE || (c === PLUS && this.isQuery);
  }
}

/** Four bytes that say nothing but themselves inside quotes: none below `,`, none beyond ASCII, no backslash. */
function isPlain(word: number): boolean {
  const other = word ^ 0x5c5c5c5c;
  return (((word - 0x2c2c2c2c) | word | (other - 0x01010101)) & 0x80808080) === 0;
}
