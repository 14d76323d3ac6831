const TAGS = 128;

/**
 * Reads what RecordWriter wrote. It never throws: what cannot be is read as nothing and leaves `isBroken` behind, for
 * the caller to look at before a record is used.
 */
export class RecordReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #last: string[] = new Array<string>(TAGS).fill('');
  at = 0;
  isBroken = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get hasMore(): boolean {
    return !this.isBroken && this.at < this.#bytes.length;
  }

  byte(): number {
    return this.#has(1) ? (this.#bytes[this.at++] as number) : 0;
  }

  double(): number {
    if (!this.#has(8)) return Number.NaN;
    this.at += 8;
    return this.#view.getFloat64(this.at - 8, true);
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    this.isBroken = true;
    return 0;
  }

  /** The number after `tag`, whose low bit says how it was written. */
  number(tag: number): number {
    if ((tag & 1) === 1) return this.double();
    const zigzag = this.varint();
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  text(tag: number): string {
    const field = tag >> 1;
    if ((tag & 1) === 1) return this.#last[field] as string;
    const value = this.string();
    this.#last[field] = value;
    return value;
  }

  string(): string {
    const head = this.varint();
    const bytes = head & 1 ? (head >>> 1) * 2 : head >>> 1;
    if (!this.#has(bytes)) return '';
    this.at += bytes;
    return this.#bytes.toString(head & 1 ? 'utf16le' : 'latin1', this.at - bytes, this.at);
  }

  #has(bytes: number): boolean {
    if (this.at + bytes <= this.#bytes.length) return true;
    this.isBroken = true;
    return false;
  }
}
