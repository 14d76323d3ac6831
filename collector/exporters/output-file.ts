import { closeSync, openSync, renameSync, writeSync } from 'node:fs';

/** Text collected before a write. */
const WRITE_CHARACTERS = 1 << 20;

/**
 * A file of lines that appears under its name when it is complete, so a file that exists can be trusted. Written
 * synchronously: what fills it never waits, and nothing piles up before it.
 */
export class OutputFile {
  readonly #path: string;
  #descriptor: number | null;
  #text = '';

  constructor(path: string) {
    this.#path = path;
    this.#descriptor = openSync(this.#part, 'w');
  }

  /** `line` without its end. */
  writeLine(line: string): void {
    this.write(`${line}\n`);
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= WRITE_CHARACTERS) this.#flush();
  }

  /** The file is complete and takes its name. */
  commit(): void {
    this.#flush();
    this.close();
    renameSync(this.#part, this.#path);
  }

  /** Without a commit before it, what was written stays under the name of a part. May be called twice. */
  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  get #part(): string {
    return `${this.#path}.part`;
  }

  #flush(): void {
    if (this.#descriptor === null) return;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
  }
}
