/**
 * The bytes a decoder is reading, with the views fast code needs. One instance per decoder: readers reuse one large
 * buffer, so the views are made once per buffer and not once per line.
 */
export class ByteBlock {
  bytes: Uint8Array = NO_BYTES;
  view: DataView = NO_VIEW;
  #buffer: Buffer = NO_BUFFER;

  use(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The range as text: UTF-8, or latin1 where it is not UTF-8 (real logs hold Big5 and latin1 paths). */
  text(start: number, end: number): string {
    let seen = 0;
    let i = start;
    for (const lastWord = end - 4; i <= lastWord; i += 4) seen |= this.view.getInt32(i);
    for (; i < end; i++) seen |= this.bytes[i]!;
    return (seen & 0x80808080) === 0 ? this.#buffer.toString('latin1', start, end) : this.#unicode(start, end);
  }

  /** As `text`, for ranges known to be ASCII. */
  ascii(start: number, end: number): string {
    return this.#buffer.toString('latin1', start, end);
  }

  #unicode(start: number, end: number): string {
    const text = this.#buffer.toString('utf8', start, end);
    return text.includes('\ufffd') ? this.#buffer.toString('latin1', start, end) : text;
  }
}

const NO_BYTES = new Uint8Array(0);
const NO_BUFFER = Buffer.alloc(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);

/** A block of its own for bytes that had to be unescaped. Grows to the longest line seen (64 KiB at most). */
export class ScratchBlock extends ByteBlock {
  length = 0;

  constructor(sizeBytes: number) {
    super();
    this.use(new Uint8Array(sizeBytes));
  }

  /** Empties the block and makes room for `sizeBytes`. */
  reset(sizeBytes: number): Uint8Array {
    this.length = 0;
    if (sizeBytes > this.bytes.length) this.use(new Uint8Array(sizeBytes * 2));
    return this.bytes;
  }
}
