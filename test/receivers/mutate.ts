/** Deterministic mutations of good inputs: the same seed gives the same inputs on every machine. */
export class Mutator {
  #state: number;
  readonly #seeds: readonly Uint8Array[];

  constructor(seeds: readonly (string | Uint8Array)[], seed = 1) {
    this.#seeds = seeds.map((text) => (typeof text === 'string' ? new TextEncoder().encode(text) : text));
    this.#state = seed;
  }

  next(): Uint8Array {
    let bytes = Buffer.from(this.#pick(this.#seeds));
    for (let changes = 1 + this.#below(4); changes > 0; changes--) bytes = this.#change(bytes);
    return bytes;
  }

  #change(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
    const at = this.#below(bytes.length + 1);
    const length = this.#below(Math.min(32, bytes.length - at) + 1);
    switch (this.#below(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = this.#below(256);
        return bytes;
      case 1:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
      case 2:
        return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
      case 3:
        return Buffer.concat([bytes.subarray(0, at), this.#pick(PIECES), bytes.subarray(at)]);
      case 4:
        return Buffer.from(bytes.subarray(0, at));
      case 5: {
        const other = this.#pick(this.#seeds);
        return Buffer.concat([bytes.subarray(0, at), other.subarray(this.#below(other.length + 1))]);
      }
      default:
        return Buffer.concat([bytes.subarray(0, at), this.#pick(PIECES), bytes.subarray(at + length)]);
    }
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  /** xorshift32: whole number from 0 to below the limit. */
  #below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }
}

/** Bytes that parsers stumble over. */
const PIECES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ',',
    ':',
    '\n',
    '\r\n',
    '\t',
    '\0',
    '\ufeff',
    '\u2028',
    '%',
    '%25',
    '%E0%A4',
    '&',
    '?',
    '=',
    '#',
  ],
  ...[
    'null',
    'true',
    '-1',
    '1e999',
    '9007199254740993',
    '""',
    '{}',
    '[]',
    '"__proto__":',
    '"constructor":{"prototype":{"x":1}},',
  ],
  ...['http://', 'https://[::1', '//', 'token=', '\u{1f600}', '\ud800', 'x'.repeat(300)],
].map((text) => Buffer.from(text));
PIECES.push(
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f]),
  Buffer.from([0x0a, 0x80]),
  Buffer.from([0x1f, 0x8b, 8, 0]),
  Buffer.from([0xc3]),
);
