import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { SourceOfName } from './frame-reader.ts';
import type { JournalFolder, Segment } from './journal-folder.ts';
import { type IsNeeded, thinFrames } from './thin-frames.ts';

/** It gives way after so long. */
const BREATH_MS = 20;

/**
 * Makes room in a journal whose oldest records are still needed: segments are written anew with only those that are.
 * A long session then holds back what is its own, and not all that others left since it began.
 */
export class SegmentThinner {
  readonly #folder: JournalFolder;
  readonly #sourceOf: SourceOfName;
  readonly #roomBytes: number;
  readonly #elapsedMs: () => number;
  readonly #tried = new WeakSet<Segment>();
  #isBusy = false;
  #isStopped = false;

  /** Nothing is done while the folder holds no more than `roomBytes`. */
  constructor(folder: JournalFolder, sourceOf: SourceOfName, roomBytes: number, elapsedMs: () => number) {
    this.#folder = folder;
    this.#sourceOf = sourceOf;
    this.#roomBytes = roomBytes;
    this.#elapsedMs = elapsedMs;
  }

  /** Goes through the segments that end before `untilOffset`, oldest first and each once, while room is lacking. */
  async thin(untilOffset: number, isNeeded: IsNeeded): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await this.#thin(untilOffset, isNeeded);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Another may have the folder from now on. */
  stop(): void {
    this.#isStopped = true;
  }

  async #thin(untilOffset: number, isNeeded: IsNeeded): Promise<void> {
    const segments = [...this.#folder.segments];
    for (const [i, segment] of segments.entries()) {
      const endOffset = segments[i + 1]?.firstOffset ?? Number.POSITIVE_INFINITY;
      if (this.#isStopped || endOffset > untilOffset || this.#folder.sizeBytes <= this.#roomBytes) return;
      if (this.#tried.has(segment)) continue;
      this.#tried.add(segment);
      await this.#rewrite(segment, isNeeded);
    }
  }

  async #rewrite(segment: Segment, isNeeded: IsNeeded): Promise<void> {
    const path = this.#folder.thinFile(segment.firstOffset);
    const file = await open(path, 'w', 0o600);
    let sizeBytes = 0;
    try {
      let breathedMs = this.#elapsedMs();
      for (const bytes of thinFrames(this.#folder.frames(segment), this.#sourceOf, isNeeded)) {
        if (bytes !== null) {
          await file.writeFile(bytes);
          sizeBytes += bytes.length;
        } else if (this.#elapsedMs() - breathedMs >= BREATH_MS) {
          await new Promise(setImmediate);
          breathedMs = this.#elapsedMs();
        }
      }
      await file.datasync();
      // What is known of its age after a restart.
      await file.utimes(segment.lastMs / 1000, segment.lastMs / 1000);
    } finally {
      await file.close();
    }
    if (this.#isStopped || !this.#folder.replace(segment, path, sizeBytes)) rmSync(path, { force: true });
  }
}
