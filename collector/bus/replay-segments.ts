import type { LogConsumer } from './bus.ts';
import { readFrame, type SourceOfName } from './frame-reader.ts';
import type { JournalFolder, Segment } from './journal-folder.ts';

export type Replayed = { readonly records: number; readonly lostRecords: number };

/** The reader gives way after so long. */
const BREATH_MS = 20;

/**
 * Tells a consumer what is in a journal's files from `fromOffset` on, and what is written to them meanwhile. Where it
 * yields others may have their turn; when it returns the consumer knows all there is.
 */
export function* replaySegments(
  folder: JournalFolder,
  fromOffset: number,
  sourceOf: SourceOfName,
  consumer: LogConsumer,
  elapsedMs: () => number,
): Generator<void, Replayed> {
  const { segments } = folder;
  let next = Math.max(fromOffset, segments[0]?.firstOffset ?? 0);
  let records = 0;
  let lostRecords = 0;
  let breathedMs = elapsedMs();
  for (let index = 0, readBytes = 0; index < segments.length; ) {
    const segment = segments[index] as Segment;
    const following = segments[index + 1];
    const isNeeded = following === undefined || following.firstOffset > fromOffset;
    const { sizeBytes } = segment;
    if (!isNeeded || readBytes >= sizeBytes) {
      readBytes = 0;
      index++;
      continue;
    }
    for (const { firstOffset, records: count, body } of folder.frames(segment, readBytes)) {
      if (firstOffset + count <= next) continue;
      lostRecords += Math.max(0, firstOffset - next);
      const read = readFrame(body, firstOffset, next, sourceOf, consumer);
      lostRecords += count - read;
      records += firstOffset + read - Math.max(next, firstOffset);
      next = firstOffset + count;
      if (elapsedMs() - breathedMs < BREATH_MS) continue;
      yield;
      breathedMs = elapsedMs();
    }
    readBytes = sizeBytes;
  }
  return { records, lostRecords };
}
