const FIRST_BYTES = 64 * 1024;
/** Tags of one record: field × 2, the low bit is the other of two encodings. */
const TAGS = 128;
/** A varint of 32 bits, or a double, with its tag. */
const NUMBER_BYTES = 9;

/**
 * HOT PATH. Writes the fields of records into one growing buffer: a tag byte and a value each, absent fields nothing.
 * Text that a field also had in the record before is a tag alone: hosts, methods and networks come in runs.
 */
export class RecordWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #view = viewOf(this.#bytes);
  #last: string[] = new Array<string>(TAGS).fill('');
  size = 0;

  /** What was written since `reset`; valid until the next write. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.size);
  }

  /** Starts over behind room for a header of `size` bytes. */
  reset(size = 0): void {
    this.size = size;
    this.#last.fill('');
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.size++] = value;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.size, value, true);
    this.size += 8;
  }

  varint(value: number): void {
    this.#reserve(5);
    this.#varint(value);
  }

  /** A number of which NaN is absent. */
  number(tag: number, value: number): void {
    if (!Number.isNaN(value)) this.present(tag, value);
  }

  /** A number that is there even if it is NaN. */
  present(tag: number, value: number): void {
    this.#reserve(NUMBER_BYTES);
    const whole = value | 0;
    if (whole === value && (whole !== 0 || 1 / value > 0)) {
      this.#bytes[this.size++] = tag << 1;
      this.#varint(((whole << 1) ^ (whole >> 31)) >>> 0);
      return;
    }
    this.#bytes[this.size++] = (tag << 1) | 1;
    this.#view.setFloat64(this.size, value, true);
    this.size += 8;
  }

  flag(tag: number, value: boolean): void {
    if (value) this.byte(tag << 1);
  }

  /** Text of which '' is absent. */
  text(tag: number, value: string): void {
    if (value !== '') this.presentText(tag, value);
  }

  /** Text that is there even if it is ''. */
  presentText(tag: number, value: string): void {
    if (value === this.#last[tag]) {
      this.byte((tag << 1) | 1);
      return;
    }
    this.#last[tag] = value;
    this.byte(tag << 1);
    this.string(value);
  }

  /** Exact for every string, lone surrogates too: one byte a code unit where that is enough, else two. */
  string(value: string): void {
    const { length } = value;
    this.#reserve(5 + 2 * length);
    const start = this.size;
    this.#varint(length << 1);
    const bytes = this.#bytes;
    let at = this.size;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0xff) {
        this.size = start;
        this.#wide(value);
        return;
      }
      bytes[at++] = code;
    }
    this.size = at;
  }

  #wide(value: string): void {
    this.#varint((value.length << 1) | 1);
    this.size += this.#bytes.write(value, this.size, 'utf16le');
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    let at = this.size;
    while (rest > 0x7f) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.size = at;
  }

  #reserve(more: number): void {
    if (this.size + more <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafe(2 ** Math.ceil(Math.log2(this.size + more)));
    bytes.set(this.written);
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
