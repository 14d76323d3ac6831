/**
 * 64-bit non-cryptographic hash of byte ranges, kept as two 32-bit numbers. Every step maps the 64 bits of state one
 * to one, so two inputs of equal length only meet by chance.
 * HOT PATH: several runs per log line. A range's length is part of it, so ('ab','c') is not ('a','bc').
 * Bench: test/bench/decode.ts.
 */
export class ByteHash {
  high = 0;
  low = 0;

  begin(seedHigh: number, seedLow: number): void {
    this.high = seedHigh | 0;
    this.low = seedLow | 0;
  }

  add(view: DataView, start: number, end: number): void {
    let a = this.high;
    let b = this.low ^ (end - start);
    let i = start;
    for (const last = end - 8; i <= last; i += 8) {
      a = Math.imul(a ^ view.getInt32(i, true), 0x85ebca6b);
      b = Math.imul(b ^ view.getInt32(i + 4, true), 0xc2b2ae35);
      a ^= b >>> 15;
      b = (b + ((a << 13) | (a >>> 19))) | 0;
    }
    if (i < end) {
      // Up to seven bytes are left.
      let word = 0;
      if (i + 4 <= end) {
        word = view.getInt32(i, true);
        i += 4;
      }
      let rest = 0;
      for (; i < end; i++) rest = (rest << 8) | view.getUint8(i);
      a = Math.imul(a ^ word, 0x85ebca6b);
      b = Math.imul(b ^ rest, 0xc2b2ae35);
      a ^= b >>> 15;
      b = (b + ((a << 13) | (a >>> 19))) | 0;
    }
    this.high = a;
    this.low = b;
  }

  addNumber(value: number): void {
    this.high = Math.imul(this.high ^ value, 0x85ebca6b);
    this.low = Math.imul(this.low ^ value, 0xc2b2ae35);
  }

  /** Spreads every input bit over both lanes. Never leaves `high` 0, which tables use for "empty". */
  end(): void {
    let a = (this.high + this.low) | 0;
    let b = (this.low + a) | 0;
    a = spread(a);
    b = spread(b);
    a = (a + b) | 0;
    b = (b + a) | 0;
    this.high = a === 0 ? 1 : a;
    this.low = b;
  }
}

/** Finaliser of MurmurHash3 (public domain, A. Appleby). */
function spread(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
