import { createHash } from 'node:crypto';
import { fingerprintOf, readHead } from '../receivers/file-identity.ts';

/**
 * The key of the device hash of a replay, made of how its files begin: the same input gives the same output, in whatever
 * order it is named and however it is packed, and who has the output alone cannot try addresses until one fits.
 */
export async function replaySalt(paths: readonly string[]): Promise<string> {
  const heads = await Promise.all(paths.map(readHead));
  const hashes = heads.map((head) => fingerprintOf(head).hash).toSorted();
  return createHash('sha256').update(hashes.join('\n')).digest('hex');
}
