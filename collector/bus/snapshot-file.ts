import { closeSync, fdatasyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { systemCode } from '../errors.ts';

/** `PPS1`, then the checksum of the rest. */
const MAGIC = 0x3153_5050;
const HEADER_BYTES = 8;

/** One value in one file that is replaced as a whole. What a crash or a disk damaged is as if it had never been. */
export class SnapshotFile<Value> {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** `isSafe`: on the disk when this returns, not only out of this process. */
  write(value: Value, isSafe: boolean): void {
    const body = serialize(value);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(crc32(body), 4);
    const temporary = `${this.#path}.new`;
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeAll(file, header);
      writeAll(file, body);
      if (isSafe) fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.#path);
  }

  /** null when there is none, or it is damaged. */
  read(): Value | null {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.#path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
    if (bytes.length <= HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return null;
    const body = bytes.subarray(HEADER_BYTES);
    return crc32(body) === bytes.readUInt32LE(4) ? (deserialize(body) as Value) : null;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
}
