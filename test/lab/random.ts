const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * The only source of chance in the lab: sfc32, seeded from numbers, so that a run is a function of its seed.
 * Every viewer gets an own stream by `fork`, so one more draw in one session never changes another.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare = Number.NaN;

  constructor(seed: number, stream = 0) {
    this.#a = hash32(seed, stream, 1);
    this.#b = hash32(seed, stream, 2);
    this.#c = hash32(seed, stream, 3);
    for (let warmUp = 0; warmUp < 12; warmUp++) this.bits();
  }

  /** An independent generator; the same label always gives the same one. */
  fork(label: number): Random {
    return new Random(hash32(this.#a, this.#b, this.#c), label);
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 0 <= x < 1. */
  next(): number {
    return this.bits() / 4294967296;
  }

  /** 0 <= i < count, whole. */
  index(count: number): number {
    return Math.floor(this.next() * count);
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Normal distribution, mean 0, deviation 1 (Marsaglia's polar method). */
  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare;
      this.#spare = Number.NaN;
      return spare;
    }
    for (;;) {
      const u = this.next() * 2 - 1;
      const v = this.next() * 2 - 1;
      const square = u * u + v * v;
      if (square > 0 && square < 1) {
        const scale = Math.sqrt((-2 * Math.log(square)) / square);
        this.#spare = v * scale;
        return u * scale;
      }
    }
  }

  /** Log-normal by its median: half of the draws are below it. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  pick<T>(list: readonly T[]): T {
    return list[this.index(list.length)] as T;
  }

  /** Position in a list of weights, drawn in proportion to them. */
  weighted(weights: readonly number[]): number {
    let left = this.next() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < weights.length; i++) {
      left -= weights[i] as number;
      if (left < 0) return i;
    }
    return weights.length - 1;
  }

  /** Rank below `count`; low ranks are much more frequent, like titles of a catalogue. */
  popular(count: number): number {
    return Math.min(count - 1, Math.floor(count * this.next() ** 3));
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) {
      const bits = this.bits();
      text += HEX[bits >>> 24]! + HEX[(bits >>> 16) & 255]! + HEX[(bits >>> 8) & 255]! + HEX[bits & 255]!;
    }
    return text.length === digits ? text : text.slice(0, digits);
  }

  /** RFC 9562 version 4. */
  uuid(): string {
    const hex = this.hex(32);
    const variant = '89ab'.charAt(this.index(4));
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

/** A number made of up to three: what must be the same for everyone who asks, such as the size of a segment. */
export function hash32(x: number, y = 0, z = 0): number {
  let h = 0x9e3779b9;
  h = Math.imul(h ^ x, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15) ^ y, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13) ^ z, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** `hash32` as 0 <= x < 1. */
export function hashRatio(x: number, y = 0, z = 0): number {
  return hash32(x, y, z) / 4294967296;
}
