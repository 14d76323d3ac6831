import { type BigIntStats, promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../errors.ts';
import { fileKey } from './file-identity.ts';

/** Existing paths of patterns with `*` and `**`, in order. A path without a wildcard is itself, there or not. */
export async function expandPatterns(patterns: readonly string[]): Promise<readonly string[]> {
  const paths = new Set<string>();
  for (const pattern of patterns) {
    if (!/[*?[{]/.test(pattern)) paths.add(pattern);
    else for await (const path of fs.glob(pattern)) paths.add(path);
  }
  return [...paths].sort();
}

/** `null` when nothing is there: not written yet, or just rotated away. */
export async function statOf(path: string): Promise<BigIntStats | null> {
  try {
    return await fs.stat(path, { bigint: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Finds files that were renamed, by inode, in the folder they were in. Looks at each folder once. */
export class MovedFiles {
  readonly #folders = new Map<string, ReadonlyMap<string, string>>();

  async find(formerPath: string, key: string): Promise<string | null> {
    const folder = dirname(formerPath);
    let paths = this.#folders.get(folder);
    if (paths === undefined) {
      paths = await keysIn(folder);
      this.#folders.set(folder, paths);
    }
    return paths.get(key) ?? null;
  }
}

async function keysIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  for (const name of await fs.readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const stats = await statOf(path).catch(() => null);
    if (stats?.isFile()) paths.set(fileKey(stats), path);
  }
  return paths;
}
