import { ByteHash } from '../../privacy/byte-hash.ts';
import { HashSlots } from '../../privacy/hash-slots.ts';
import { scrubbed } from '../../privacy/scrub.ts';
import type { ByteBlock } from './byte-block.ts';

/** Longer texts are made anew each time: one huge header value must not live in the table. */
const LONGEST_BYTES = 256;

/**
 * Byte range → shared string. A known range costs a hash and no allocation, and everything downstream that keys on
 * the string reuses one hash code. Bounded; purely a cache, so sharing one between decoders changes nothing.
 */
export class ByteInterner {
  /** Where the text that was asked for last is kept, -1 when it is not: the next to be asked for may take its place. */
  place = -1;
  readonly #slots: HashSlots;
  readonly #texts: string[];
  readonly #hash = new ByteHash();

  readonly #clean: (text: string) => string;

  /** `clean` is asked when a text is new to the table. */
  constructor(capacity: number, clean: (text: string) => string = (text) => text) {
    this.#clean = clean;
    this.#slots = new HashSlots(capacity);
    this.#texts = new Array<string>(this.#slots.capacity).fill('');
  }

  /** Strings it holds at most. */
  get size(): number {
    return this.#texts.length;
  }

  text(block: ByteBlock, start: number, end: number): string {
    if (end <= start) return '';
    const length = end - start;
    if (length > LONGEST_BYTES) {
      this.place = -1;
      return this.#clean(block.text(start, end));
    }
    const hash = this.#hash;
    const { bytes } = block;
    if (length <= 8) {
      // Two integers that overlap and the length are the whole text: most words of a log.
      if (length >= 4) hash.begin(block.view.getInt32(start), block.view.getInt32(end - 4));
      else hash.begin((bytes[start]! << 16) | (bytes[start + (length >> 1)]! << 8) | bytes[end - 1]!, 0);
      // A length by itself differs by a bit, as letters do: `bbbc` would be `bbbbb`.
      hash.addNumber(Math.imul(length, 0x9e3779b1));
    } else {
      hash.begin(0, 0);
      hash.add(block.view, start, end);
    }
    hash.end();
    this.place = this.#slots.find(hash.high, hash.low);
    if (this.place >= 0) return this.#texts[this.place]!;
    const text = internalized(this.#clean(block.text(start, end)));
    this.place = this.#slots.claim(hash.high, hash.low);
    this.#texts[this.place] = text;
    return text;
  }
}

/** The engine's own copy of a string: two of those are compared by address, here and in everybody's maps. */
function internalized(text: string): string {
  return Object.keys({ [text]: 0 })[0] as string;
}

/**
 * Session, content and other ids that return for minutes: shared by all decoders of the process. Players choose them, and
 * some choose the URL with its token.
 */
export const knownIds = new ByteInterner(65_536, scrubbed);
/** Hosts, methods, site codes, cache words, content types. */
export const knownWords = new ByteInterner(8_192);
