import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { fileBlocks } from './file-blocks.ts';

/**
 * Long enough that two logs with the same header lines differ in it: taking one file for another would skip lines,
 * while taking one file for two only repeats lines, which is noticed further on.
 */
export const FINGERPRINT_BYTES = 4_096;

/** Hash of the first `length` bytes of a file's content, decompressed. */
export type Fingerprint = { readonly length: number; readonly hash: string };

/** Device and inode: what a rename does not change. */
export function fileKey(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

export function fingerprintOf(head: Uint8Array): Fingerprint {
  const length = Math.min(head.length, FINGERPRINT_BYTES);
  return { length, hash: createHash('sha256').update(head.subarray(0, length)).digest('hex').slice(0, 32) };
}

/** The file still begins as it did: it was appended to and not written anew. */
export function beginsWith(head: Uint8Array, known: Fingerprint): boolean {
  return head.length >= known.length && fingerprintOf(head.subarray(0, known.length)).hash === known.hash;
}

/** First bytes of the content, also of a gzip file; what a truncated or damaged one has. */
export async function readHead(path: string): Promise<Uint8Array> {
  const head = new Uint8Array(FINGERPRINT_BYTES);
  let length = 0;
  try {
    for await (const block of fileBlocks(path)) {
      const part = block.subarray(0, FINGERPRINT_BYTES - length);
      head.set(part, length);
      length += part.length;
      if (length === FINGERPRINT_BYTES) break;
    }
  } catch (error) {
    if (!isTruncated(error)) throw error;
  }
  return head.subarray(0, length);
}

/** The error of a gzip file that ends early or is damaged; what came before is good. */
export function isTruncated(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}
