const FIRST_BYTES = 64 << 10;

/** Lines of text as one growing piece of bytes: what is added is encoded at once, so that taking it costs nothing. */
export class LineBuffer {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;
  #lines = 0;

  get lines(): number {
    return this.#lines;
  }

  get sizeBytes(): number {
    return this.#length;
  }

  add(line: string): void {
    // A UTF-16 unit is three bytes of UTF-8 at most.
    this.#reserve(line.length * 3 + 1);
    this.#length += this.#bytes.write(line, this.#length);
    this.#bytes[this.#length++] = 0x0a;
    this.#lines++;
  }

  /** Everything so far; the buffer is empty afterwards and what was taken is the caller's. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.allocUnsafe(FIRST_BYTES);
    this.#length = 0;
    this.#lines = 0;
    return taken;
  }

  #reserve(sizeBytes: number): void {
    if (this.#length + sizeBytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + sizeBytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
