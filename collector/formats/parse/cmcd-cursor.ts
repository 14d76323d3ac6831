import { HEX_VALUE } from '../../privacy/percent.ts';
import { ByteBlock } from './byte-block.ts';

const SPACE = 0x20;
const PERCENT = 0x25;
const AMPERSAND = 0x26;

/** Bytes that are not simply themselves: controls end a payload, `&` ends a query argument, `%` begins an escape. */
const SPECIAL_IN_PLAIN = new Uint8Array(256).fill(1, 0, SPACE);
export const SPECIAL_IN_QUERY = SPECIAL_IN_PLAIN.slice();
for (const byte of [PERCENT, AMPERSAND]) SPECIAL_IN_QUERY[byte] = 1;

/**
 * Characters of a CMCD payload, read through up to two layers of percent-encoding.
 * HOT PATH: runs for every separator of every payload. Bench: test/bench/decode.ts.
 */
export class CmcdCursor {
  protected block: ByteBlock = new ByteBlock();
  protected bytes: Uint8Array = this.block.bytes;
  protected end = 0;
  protected isQuery = false;
  /** Layers of percent-encoding, 0 until the first escape shows it. */
  protected layers = 0;
  #special = SPECIAL_IN_PLAIN;

  begin(block: ByteBlock, end: number, isQuery: boolean): void {
    this.block = block;
    this.bytes = block.bytes;
    this.end = end;
    this.isQuery = isQuery;
    this.#special = isQuery ? SPECIAL_IN_QUERY : SPECIAL_IN_PLAIN;
    this.layers = 0;
  }

  /** The character at `i` in the low byte, its width in bytes above; 0 where the payload ends. */
  at(i: number): number {
    if (i >= this.end) return 0;
    const byte = this.bytes[i]!;
    return this.#special[byte] === 0 ? byte | 0x100 : this.#atSpecial(i, byte);
  }

  #atSpecial(i: number, byte: number): number {
    if (byte !== PERCENT) return 0;
    const bytes = this.bytes;
    const outer = i + 2 < this.end ? hexByte(bytes, i + 1) : -1;
    if (outer < 0) return PERCENT | 0x100;
    const inner = outer === PERCENT && i + 4 < this.end ? hexByte(bytes, i + 3) : -1;
    // The first escape of a payload stands for `=`, `,` or `"`: if that is encoded twice, so is all of it.
    if (this.layers === 0) this.layers = inner >= 0 ? 2 : 1;
    return inner < 0 || this.layers === 1 ? outer | 0x300 : inner | 0x500;
  }
}

function hexByte(bytes: Uint8Array, i: number): number {
  return (HEX_VALUE[bytes[i]!]! << 4) | HEX_VALUE[bytes[i + 1]!]!;
}
