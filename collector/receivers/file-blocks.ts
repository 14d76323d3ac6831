import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

const BLOCK_BYTES = 1 << 20;
/** Measured: small chunks more than double the cost of gunzip. */
const GUNZIP_BYTES = 1 << 18;

/**
 * The bytes of a finished file, plain or gzip by its magic bytes, in blocks. A block is valid until the next one is
 * asked for: plain files are read into one reused buffer.
 */
export async function* fileBlocks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
    const { bytesRead } = await file.read(buffer, 0, 2, 0);
    if (bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b) yield* gunzipped(path);
    else yield* plain(file, buffer);
  } finally {
    await file.close();
  }
}

async function* plain(file: FileHandle, buffer: Buffer): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* gunzipped(path: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: GUNZIP_BYTES });
  const source = createReadStream(path, { highWaterMark: GUNZIP_BYTES });
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  for await (const block of gunzip) yield block as Uint8Array;
}
