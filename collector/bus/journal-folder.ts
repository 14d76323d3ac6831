import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { PlaypathError } from '../errors.ts';
import type { UnixMs } from '../model/time.ts';
import { type Frame, framesOf, offsetOfName, segmentName } from './segment.ts';

/** Ends the name of a file that was not finished if it is there at a start. */
const THIN = '.thin';

/** One file of the journal. */
export type Segment = { readonly firstOffset: number; sizeBytes: number; lastMs: UnixMs };

/** The files of one partition, oldest first. */
export class JournalFolder {
  readonly path: string;
  readonly #segments: Segment[] = [];

  constructor(path: string) {
    this.path = path;
  }

  /** Throws `journal_unusable` when the folder cannot be made or read. */
  open(): void {
    const { path } = this;
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      const names = readdirSync(path);
      for (const name of names.filter((each) => each.endsWith(THIN))) rmSync(join(path, name));
      const offsets = names.map(offsetOfName);
      for (const firstOffset of offsets.filter((offset) => offset >= 0).sort((a, b) => a - b)) {
        const { size, mtimeMs } = statSync(this.file(firstOffset));
        this.#segments.push({ firstOffset, sizeBytes: size, lastMs: mtimeMs });
      }
    } catch (cause) {
      throw new PlaypathError('journal_unusable', `the journal ${path} cannot be opened`, { cause });
    }
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  file(firstOffset: number): string {
    return join(this.path, segmentName(firstOffset));
  }

  /** Where a segment is written anew before it takes the place of the former one. */
  thinFile(firstOffset: number): string {
    return `${this.file(firstOffset)}${THIN}`;
  }

  /** Puts a smaller file in the place of a segment's. False when it is not smaller, or the segment is gone. */
  replace(segment: Segment, path: string, sizeBytes: number): boolean {
    if (sizeBytes >= segment.sizeBytes || !this.#segments.includes(segment)) return false;
    renameSync(path, this.file(segment.firstOffset));
    segment.sizeBytes = sizeBytes;
    return true;
  }

  add(firstOffset: number, nowMs: UnixMs): Segment {
    const known = this.#segments.at(-1);
    if (known?.firstOffset === firstOffset) this.#segments.pop();
    const segment = { firstOffset, sizeBytes: 0, lastMs: nowMs };
    this.#segments.push(segment);
    return segment;
  }

  /** The frames that are in a segment's file now, from a byte on. */
  frames({ firstOffset }: Segment, fromByte = 0): Generator<Frame> {
    return framesOf(readFileSync(this.file(firstOffset)), fromByte);
  }

  /**
   * Cuts what a crash left half written off the newest segment. Returns the next free offset, the bytes cut, and the last
   * whole frame.
   */
  cutTail(): { readonly nextOffset: number; readonly cutBytes: number; readonly lastFrame: Frame | null } {
    const last = this.#segments.at(-1);
    if (last === undefined) return { nextOffset: 0, cutBytes: 0, lastFrame: null };
    let nextOffset = last.firstOffset;
    let endByte = 0;
    let lastFrame: Frame | null = null;
    for (const frame of this.frames(last)) {
      nextOffset = Math.max(nextOffset, frame.firstOffset + frame.records);
      endByte = frame.endByte;
      lastFrame = frame;
    }
    const cutBytes = last.sizeBytes - endByte;
    if (cutBytes > 0) truncateSync(this.file(last.firstOffset), endByte);
    last.sizeBytes = endByte;
    return { nextOffset, cutBytes, lastFrame };
  }

  /** Deletes the oldest segments while `isUseless` says so of the oldest; the newest is being written. */
  deleteWhile(isUseless: (segment: Segment, endOffset: number) => boolean): void {
    for (;;) {
      const [oldest, next] = this.#segments;
      if (oldest === undefined || next === undefined || !isUseless(oldest, next.firstOffset)) return;
      rmSync(this.file(oldest.firstOffset), { force: true });
      this.#segments.shift();
    }
  }
}
