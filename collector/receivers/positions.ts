import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PlaypathError, systemCode } from '../errors.ts';
import type { UnixMs } from '../model/time.ts';
import { isRecord } from './fields.ts';
import { FINGERPRINT_BYTES, type Fingerprint } from './file-identity.ts';

/** How far one file of one source has been read and stored. */
export type Position = {
  readonly source: string;
  readonly key: string;
  readonly path: string;
  readonly fingerprint: Fingerprint;
  /** Bytes of content up to the end of the last stored line; of a gzip file, decompressed. */
  readonly offset: number;
  /** The `#Fields` line in force there, '' when the format has none. */
  readonly header: string;
  /** For gzip: size of the file when it was read to its end, 0 before. */
  readonly doneSize: number;
  readonly seenMs: UnixMs;
};

/** The position of content that is no longer under its key: the file was emptied, or its inode used again. */
export function formerOf(position: Position): Position {
  return { ...position, key: `${position.key} ${position.fingerprint.hash}` };
}

/** A file that is gone may come back compressed: its position is kept this long. */
const FORGET_MS = 7 * 24 * 3_600_000;
const MAX_POSITIONS = 50_000;

/**
 * Reading positions, kept in one JSON file that is replaced as a whole. Saved only after what they cover is safe, so
 * a crash repeats lines and never loses one.
 */
export class Positions {
  readonly #path: string;
  readonly #byKey = new Map<string, Position>();
  #isChanged = false;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Throws `positions_unreadable` when the file is there and damaged. */
  static async open(path: string): Promise<Positions> {
    const positions = new Positions(path);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      if (systemCode(cause) === 'ENOENT') return positions;
      throw new PlaypathError('positions_unreadable', `${path} cannot be read`, { cause });
    }
    for (const position of parsePositions(text, path)) positions.set(position);
    positions.#isChanged = false;
    return positions;
  }

  find(source: string, key: string): Position | null {
    return this.#byKey.get(`${source} ${key}`) ?? null;
  }

  /** A file of this source with the same beginning: a copy, or the same log compressed. */
  findCopy(source: string, fingerprint: Fingerprint): Position | null {
    if (fingerprint.length < FINGERPRINT_BYTES) return null;
    let best: Position | null = null;
    for (const position of this.#byKey.values()) {
      if (position.source !== source || position.fingerprint.hash !== fingerprint.hash) continue;
      if (best === null || position.offset > best.offset) best = position;
    }
    return best;
  }

  set(position: Position): void {
    const key = `${position.source} ${position.key}`;
    if (isSame(this.#byKey.get(key), position)) return;
    this.#isChanged = true;
    this.#byKey.delete(key);
    this.#byKey.set(key, position);
  }

  all(): Iterable<Position> {
    return this.#byKey.values();
  }

  /** Writes what changed since the last time. Throws `positions_unwritable`. */
  async save(nowMs: UnixMs): Promise<void> {
    if (!this.#isChanged) return;
    for (const [key, position] of this.#byKey) {
      if (nowMs - position.seenMs > FORGET_MS || this.#byKey.size > MAX_POSITIONS) this.#byKey.delete(key);
    }
    const text = JSON.stringify({ version: 1, files: [...this.#byKey.values()] });
    const temporary = `${this.#path}.new`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(text);
        // Without this a power cut can leave the new name with no content.
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
      this.#isChanged = false;
    } catch (cause) {
      throw new PlaypathError('positions_unwritable', `${this.#path} cannot be written`, { cause });
    }
  }
}

/** `seenMs` alone is worth no write more often than hourly. */
function isSame(known: Position | undefined, position: Position): boolean {
  return (
    known !== undefined &&
    known.offset === position.offset &&
    known.path === position.path &&
    known.doneSize === position.doneSize &&
    known.header === position.header &&
    known.fingerprint.hash === position.fingerprint.hash &&
    position.seenMs - known.seenMs < 3_600_000
  );
}

function parsePositions(text: string, path: string): readonly Position[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new PlaypathError('positions_unreadable', `${path} is not JSON`, { cause });
  }
  if (!isRecord(parsed) || parsed.version !== 1 || !Array.isArray(parsed.files) || !parsed.files.every(isPosition)) {
    throw new PlaypathError('positions_unreadable', `${path} is not a list of positions`);
  }
  return parsed.files;
}

function isPosition(value: unknown): value is Position {
  if (!isRecord(value) || !isRecord(value.fingerprint)) return false;
  const texts = [value.source, value.key, value.path, value.header, value.fingerprint.hash];
  const numbers = [value.offset, value.doneSize, value.seenMs, value.fingerprint.length];
  return texts.every((text) => typeof text === 'string') && numbers.every((number) => Number(number) >= 0);
}
