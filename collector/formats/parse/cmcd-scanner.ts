import type { Cmcd } from '../../model/cmcd.ts';
import type { ByteBlock } from './byte-block.ts';
import { assignWord, numberIndex } from './cmcd-keys.ts';
import { CmcdValue } from './cmcd-value.ts';
import { digitRun } from './digit-run.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const SLASH = 0x2f;
const ZERO = 0x30;
const TWO = 0x32;
const NINE = 0x39;
const EQUALS = 0x3d;
const AT = 0x40;
const C = 0x43;
const D = 0x44;
/** The separators as they usually stand in a log, as big-endian integers. */
const ENCODED_EQUALS = 0x253344; // %3D
const ENCODED_COMMA = 0x253243; // %2C
const ENCODED_QUOTE = 0x253232; // %22
const TWICE_ENCODED_EQUALS = 0x25323533; // %253[D]
const TWICE_ENCODED_TWO = 0x25323532; // %252[C], %252[2]
/** Akamai writes `//1.0@V/` before the payload; the version number is short. */
const LONGEST_PREFIX_BYTES = 16;
/** Epoch milliseconds where a duration belongs: dash.js mixes Date and performance.now. */
const EPOCH_SIZED_MS = 1e11;

/** Letters, digits and `- _ . *`: what a structured-field key may hold. */
const IS_KEY_BYTE = new Uint8Array(256);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*') {
  IS_KEY_BYTE[char.charCodeAt(0)] = 1;
}

/**
 * Reads CMCD (CTA-5004, CTA-5004-B) from bytes into a `Cmcd`, in one pass and without making strings other than
 * ids it has not seen. Tolerant where real players and logs are not valid: it keeps what it can read and sets
 * `isMalformed`. The strict library loses 82 % of one real capture; it is this scanner's oracle in the tests.
 *
 * HOT PATH: runs for every log line. What costs here is mispredicted branches, not bytes: a key is read as one word, and
 * plain integers between the usual separators never leave the loop. Everything else goes through `CmcdValue`. `| 0` keeps
 * the position an integer of the machine, which it would not stay through so many calls.
 * Bench: test/bench/decode.ts.
 */
export class CmcdScanner {
  readonly #value = new CmcdValue();

  /** A header value or an event line, not percent-encoded. Adds to what `cmcd` already holds. */
  scanPlain(block: ByteBlock, start: number, end: number, cmcd: Cmcd): void {
    this.#scan(block, start, end, false, cmcd);
  }

  /**
   * The value of a `CMCD` query argument, percent-encoded once, twice (CloudFront) or not at all. Stops before `&`
   * or a control character and returns that position, so the caller need not look for the value's end first.
   */
  scanQuery(block: ByteBlock, start: number, end: number, cmcd: Cmcd): number {
    return this.#scan(block, start, end, true, cmcd);
  }

  #scan(block: ByteBlock, start: number, end: number, isQuery: boolean, cmcd: Cmcd): number {
    const bytes = block.bytes;
    const view = block.view;
    const { numbers } = cmcd;
    const value = this.#value;
    const lastWord = end - 5;
    const lastRun = end - 8;
    value.begin(block, end, isQuery);
    let i = akamaiPrefixEnd(bytes, start, end) | 0;
    for (;;) {
      let key = 0;
      let keyLength = 0;
      if (i <= lastWord) {
        const word = view.getInt32(i);
        const first = IS_KEY_BYTE[word >>> 24]!;
        const second = first & IS_KEY_BYTE[(word >>> 16) & 0xff]!;
        const third = second & IS_KEY_BYTE[(word >>> 8) & 0xff]!;
        keyLength = first + second + third + (third & IS_KEY_BYTE[word & 0xff]!);
        if (keyLength > 0) key = word >>> (32 - 8 * keyLength);
        i = (i + keyLength) | 0;
      }
      // The end of the payload, or a key longer than a word; ours have four characters at most.
      while (i < end && IS_KEY_BYTE[bytes[i]!] === 1) {
        key = keyLength < 4 ? (key << 8) | bytes[i]! : 0;
        keyLength++;
        i++;
      }

      let valueStart = -1;
      let separator = 0;
      if (i <= lastWord) {
        const word = view.getInt32(i);
        if (word >>> 8 === ENCODED_EQUALS) valueStart = (i + 3) | 0;
        else if (word === TWICE_ENCODED_EQUALS && bytes[i + 4] === D) valueStart = i + 5;
        else if (word >>> 24 === EQUALS) valueStart = i + 1;
      }
      if (valueStart < 0) {
        separator = value.at(i) | 0;
        i = (i + (separator >>> 8)) | 0;
        if ((separator & 0xff) === EQUALS) valueStart = i;
      }
      if (valueStart < 0) {
        if (keyLength > 0) {
          value.setFlag();
          assignWord(cmcd, key, value);
        }
        if (separator === 0) break;
        const c = separator & 0xff;
        // A space after the comma is legal in headers; anything else is not CMCD.
        if (c !== COMMA && c !== SPACE && !(isQuery && c === PLUS)) cmcd.isMalformed = true;
        continue;
      }

      i = valueStart;
      const index = numberIndex(key);
      const head = i <= lastWord ? view.getInt32(i) : 0;
      const first = head >>> 24;
      if (first >= ZERO && first <= NINE) {
        if (index >= 0 && i <= lastRun) {
          const run = digitRun(view, i);
          i = (i + (run & 15)) | 0;
          const width = i <= lastWord ? commaWidth(view, bytes, i) : 0;
          if (width > 0) {
            numbers[index] = run >>> 4;
            i = (i + width) | 0;
            continue;
          }
          if (value.at(i) === 0) {
            numbers[index] = run >>> 4;
            break;
          }
        }
      } else if (IS_KEY_BYTE[first] === 1) {
        // Most tokens are one character long.
        const width = i < lastWord ? commaWidth(view, bytes, i + 1) : 0;
        if (width > 0 && index < 0) {
          value.setToken(first, i);
          assignWord(cmcd, key, value);
          i = (i + 1 + width) | 0;
          continue;
        }
      } else {
        const quoteWidth =
          head >>> 8 === ENCODED_QUOTE
            ? 3
            : first === QUOTE
              ? 1
              : head === TWICE_ENCODED_TWO && bytes[i + 4] === TWO
                ? 5
                : 0;
        if (quoteWidth > 0 && index < 0) {
          i = value.readString(i, quoteWidth) | 0;
          const width = i <= lastWord ? commaWidth(view, bytes, i) : 0;
          if (width > 0) {
            if (value.isMalformed) cmcd.isMalformed = true;
            assignWord(cmcd, key, value);
            i = (i + width) | 0;
            continue;
          }
        }
      }

      i = value.skipToComma(value.read(valueStart)) | 0;
      if (value.isMalformed) cmcd.isMalformed = true;
      if (index < 0) assignWord(cmcd, key, value);
      else if (Number.isNaN(value.number)) cmcd.isMalformed = true;
      else numbers[index] = value.number;
      if (value.isAtEnd) break;
    }
    dropImplausible(cmcd);
    return i;
  }
}

/** Width of the comma at `i` as it usually stands in a log, 0 when something else does. */
function commaWidth(view: DataView, bytes: Uint8Array, i: number): number {
  const word = view.getInt32(i);
  if (word >>> 8 === ENCODED_COMMA) return 3;
  if (word >>> 24 === COMMA) return 1;
  return word === TWICE_ENCODED_TWO && bytes[i + 4] === C ? 5 : 0;
}

/** What players are known to get wrong is absent rather than believed. */
function dropImplausible(cmcd: Cmcd): void {
  if (cmcd.ttlbMs >= EPOCH_SIZED_MS) cmcd.ttlbMs = Number.NaN;
  if (cmcd.ttfbMs > cmcd.ttlbMs || cmcd.ttfbMs >= EPOCH_SIZED_MS) cmcd.ttfbMs = Number.NaN;
  // dash.js sends a start delay of a few milliseconds before it plays at all.
  if (cmcd.state === 'starting' || cmcd.state === 'preloading') cmcd.startDelayMs = Number.NaN;
}

function akamaiPrefixEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== SLASH || bytes[start + 1] !== SLASH) return start;
  const last = Math.min(end, start + LONGEST_PREFIX_BYTES) - 2;
  for (let i = start; i < last; i++) {
    if (bytes[i] === AT && bytes[i + 2] === SLASH) return i + 3;
  }
  return start;
}
