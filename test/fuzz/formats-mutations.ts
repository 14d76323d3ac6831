/** A deterministic stream of bytes to draw from (xorshift32). */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }
}

/** Bytes that mean something to one parser or another. */
const LOADED = Buffer.from('"\\%&=,;:()[]{}/?#+-.~\t \n\r\0\x7f\xff\xc3019aAfF', 'latin1');
const HUGE_BYTES = 70_000;

/**
 * Breaks lines the way networks, disks and attackers do: flipped, missing and repeated bytes, cut ends, spliced halves
 * of two lines, numbers and fields far too long. Writes into one buffer, so that a hundred thousand cost little.
 */
export class Mutator {
  readonly bytes = Buffer.alloc(HUGE_BYTES * 2);
  readonly #lines: readonly Buffer[];
  readonly #draw: Draw;

  constructor(lines: readonly Buffer[], seed: number) {
    this.#lines = lines.filter((line) => line.length > 0);
    this.#draw = new Draw(seed);
  }

  /** Length of the next broken line in `bytes`. */
  next(): number {
    const draw = this.#draw;
    const { bytes } = this;
    let length = this.#line().copy(bytes);
    for (let edits = 1 + draw.below(3); edits > 0 && length > 0; edits--) {
      const at = draw.below(length);
      switch (draw.below(8)) {
        case 0:
          bytes[at] = bytes[at]! ^ (1 << draw.below(8));
          break;
        case 1:
          bytes[at] = LOADED[draw.below(LOADED.length)]!;
          break;
        case 2:
          length = at;
          break;
        case 3: {
          const cut = Math.min(draw.below(20), length - at);
          bytes.copyWithin(at, at + cut, length);
          length -= cut;
          break;
        }
        case 4: {
          const span = Math.min(draw.below(40), length - at);
          bytes.copyWithin(at + span, at, length);
          length += span;
          break;
        }
        case 5: {
          const other = this.#line();
          length = at + other.copy(bytes, at, draw.below(other.length));
          break;
        }
        case 6:
          bytes.copyWithin(at + 1, at, length);
          bytes[at] = LOADED[draw.below(LOADED.length)]!;
          length++;
          break;
        default: {
          // Once in a while something enormous, up to beyond the limit of a line.
          const span = draw.below(200) === 0 ? draw.below(HUGE_BYTES) : draw.below(60);
          bytes.copyWithin(at + span, at, length);
          bytes.fill(LOADED[draw.below(LOADED.length)]!, at, at + span);
          length += span;
        }
      }
      if (length > HUGE_BYTES) length = HUGE_BYTES;
    }
    return length;
  }

  #line(): Buffer {
    return this.#lines[this.#draw.below(this.#lines.length)]!;
  }
}
