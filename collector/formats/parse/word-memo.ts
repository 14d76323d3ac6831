import type { ByteBlock } from './byte-block.ts';
import type { ByteInterner } from './byte-interner.ts';

/** Bytes of the longest word that two overlapping integers hold. */
export const LONGEST_WORD = 8;
const PLACE_BITS = 8;
const PLACES = 1 << PLACE_BITS;

/**
 * The short words of one decoder's lines (methods, site codes, cache results) in front of the table of all words: two
 * integers and a length are such a word, and where they lead is looked at once.
 * HOT PATH: runs several times per log line. Bench: test/bench/decode.ts.
 */
export class WordMemo {
  readonly #heads = new Int32Array(PLACES);
  readonly #tails = new Int32Array(PLACES);
  readonly #lengths = new Uint8Array(PLACES);
  readonly #texts = new Array<string>(PLACES).fill('');

  /** The text of bytes[start, end), one to eight of them. */
  text(block: ByteBlock, start: number, end: number, interner: ByteInterner): string {
    const length = end - start;
    const { bytes, view } = block;
    let head: number;
    let tail: number;
    if (length >= 4) {
      head = view.getInt32(start);
      tail = view.getInt32(end - 4);
    } else {
      // One to three bytes: the first, the one in the middle and the last are all of them.
      head = (bytes[start]! << 16) | (bytes[start + (length >> 1)]! << 8) | bytes[end - 1]!;
      tail = 0;
    }
    const place = Math.imul(Math.imul(head, 0x85ebca6b) ^ tail ^ length, 0x9e3779b1) >>> (32 - PLACE_BITS);
    if (this.#heads[place] === head && this.#tails[place] === tail && this.#lengths[place] === length)
      return this.#texts[place]!;
    const text = interner.text(block, start, end);
    this.#heads[place] = head;
    this.#tails[place] = tail;
    this.#lengths[place] = length;
    this.#texts[place] = text;
    return text;
  }
}
