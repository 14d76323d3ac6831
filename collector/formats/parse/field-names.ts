import { ByteHash } from '../../privacy/byte-hash.ts';
import type { ByteBlock } from './byte-block.ts';

/**
 * Names of a format's fields → column numbers, looked up by bytes. A column is its position in `names`; several
 * spellings of one column are separated by spaces.
 */
export class FieldNames {
  readonly count: number;
  readonly #columns = new Map<string, number>();
  readonly #mask: number;
  readonly #keys: Int32Array;
  readonly #columnAt: Int16Array;
  readonly #hash = new ByteHash();

  constructor(names: readonly string[]) {
    this.count = names.length;
    for (const [column, spellings] of names.entries()) {
      for (const spelling of spellings.split(' ')) this.#columns.set(spelling, column);
    }
    this.#mask = (4 << (32 - Math.clz32(this.#columns.size))) - 1;
    this.#keys = new Int32Array((this.#mask + 1) * 2);
    this.#columnAt = new Int16Array(this.#mask + 1).fill(-1);
    for (const [name, column] of this.#columns) {
      const bytes = Uint8Array.from(Buffer.from(name));
      this.#fingerprint(new DataView(bytes.buffer), 0, bytes.length);
      let place = this.#hash.low & this.#mask;
      while (this.#columnAt[place]! >= 0) place = (place + 1) & this.#mask;
      this.#keys[place * 2] = this.#hash.high;
      this.#keys[place * 2 + 1] = this.#hash.low;
      this.#columnAt[place] = column;
    }
  }

  /** Column of a name, -1 for names nobody needs. */
  of(name: string): number {
    return this.#columns.get(name) ?? -1;
  }

  /** The same for bytes: no string is made. */
  at(block: ByteBlock, start: number, end: number): number {
    this.#fingerprint(block.view, start, end);
    const { high, low } = this.#hash;
    for (let place = low & this.#mask; this.#columnAt[place]! >= 0; place = (place + 1) & this.#mask) {
      if (this.#keys[place * 2] === high && this.#keys[place * 2 + 1] === low) return this.#columnAt[place]!;
    }
    return -1;
  }

  #fingerprint(view: DataView, start: number, end: number): void {
    this.#hash.begin(0, 0);
    this.#hash.add(view, start, end);
    this.#hash.end();
  }
}

/** Columns by the names a format's code uses, from the spellings its log uses. */
export function fieldColumns<Name extends string>(
  spellings: Readonly<Record<Name, string>>,
): { readonly names: FieldNames; readonly column: Readonly<Record<Name, number>> } {
  const names = Object.keys(spellings) as Name[];
  const column = Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>;
  return { names: new FieldNames(names.map((name) => spellings[name])), column };
}
