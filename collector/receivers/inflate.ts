import { promisify } from 'node:util';
import zlib from 'node:zlib';

const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip);
const inflateZlib = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflate);
const inflateRaw = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);
const unbrotli = promisify<Uint8Array, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress);
const unzstd = promisify<Uint8Array, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);

/** Chunks of 16 KiB, the default, cost more than twice as much per line. */
const CHUNK_BYTES = 256 * 1024;
/** A gzip file uploaded with `Content-Encoding: gzip` is compressed twice; a third layer is an attack. */
const MAX_LAYERS = 3;
/**
 * Logs shrink 5 to 100 times; a bomb 1,000 times (formats.md section 3: 50 MB in 48,622 bytes). Past this ratio a
 * body is refused long before the absolute limit.
 */
const MAX_RATIO = 200;
const RATIO_FLOOR_BYTES = 1024 * 1024;

export type Inflated =
  | { readonly isRead: true; readonly bytes: Uint8Array }
  | { readonly isRead: false; readonly reason: 'bad_body' | 'too_large' | 'unsupported_encoding' };

/** Whether there is anything to undo: what `Content-Encoding` says, or what the first bytes show. */
export function isCompressed(body: Uint8Array, contentEncoding: string): boolean {
  return (contentEncoding !== '' && contentEncoding !== 'identity') || magicOf(body) !== '';
}

/** How large a body of this size may become. */
export function inflationLimit(compressedBytes: number, limitBytes: number): number {
  return Math.min(limitBytes, Math.max(RATIO_FLOOR_BYTES, compressedBytes * MAX_RATIO));
}

/**
 * Undoes the compression of a body: what `Content-Encoding` says, and whatever gzip or zstd magic still shows after
 * that. Memory is bounded by `limitBytes` for every layer. A body that is not compressed passes as it is, also when
 * the header claims otherwise: some proxies inflate and forget the header.
 */
export async function inflate(body: Uint8Array, contentEncoding: string, limitBytes: number): Promise<Inflated> {
  const named = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  let bytes = body;
  for (let layer = 0; layer <= MAX_LAYERS; layer++) {
    const name = named.pop();
    const encoding = magicOf(bytes) || (name === undefined || isMagicEncoding(name) ? '' : name);
    if (encoding === '') {
      if (named.length === 0) return { isRead: true, bytes };
      continue;
    }
    if (layer === MAX_LAYERS) return { isRead: false, reason: 'too_large' };
    const step = decoderOf(encoding, bytes);
    if (step === null) return { isRead: false, reason: 'unsupported_encoding' };
    try {
      bytes = await step(bytes, {
        maxOutputLength: inflationLimit(bytes.length, limitBytes),
        chunkSize: Math.min(CHUNK_BYTES, Math.max(1024, bytes.length * 8)),
      });
    } catch (error) {
      const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
      return { isRead: false, reason: isTooLarge ? 'too_large' : 'bad_body' };
    }
  }
  return { isRead: false, reason: 'too_large' };
}

type Step = (bytes: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Promise<Uint8Array>;

function decoderOf(encoding: string, bytes: Uint8Array): Step | null {
  switch (encoding) {
    case 'gzip':
      return gunzip;
    case 'zstd':
      return unzstd;
    case 'br':
      return unbrotli;
    case 'deflate':
      // RFC 9110 means the zlib format; some senders have always sent raw deflate.
      return ((bytes[0] ?? 0) & 0x0f) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0
        ? inflateZlib
        : inflateRaw;
    default:
      return null;
  }
}

function isMagicEncoding(name: string): boolean {
  return name === 'gzip' || name === 'x-gzip' || name === 'zstd';
}

function magicOf(bytes: Uint8Array): '' | 'gzip' | 'zstd' {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return 'gzip';
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return 'zstd';
  return '';
}
