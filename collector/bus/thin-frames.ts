import type { Event } from '../model/event.ts';
import { readFrame, type SourceOfName } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import type { Frame } from './segment.ts';

/** Whether an event must stay in the log. It is valid during the call only. */
export type IsNeeded = (event: Event, offset: number) => boolean;

const FRAME_BYTES = 1 << 20;

/**
 * Frames written anew, with all ticks but only the events that are needed. The others leave their number, so that
 * offsets stay what they were and nothing looks lost. Gives null where a reader may give way.
 */
export function* thinFrames(
  frames: Iterable<Frame>,
  sourceOf: SourceOfName,
  isNeeded: IsNeeded,
): Generator<Buffer | null> {
  const writer = new FrameWriter();
  let firstOffset = Number.NaN;
  let nextOffset = Number.NaN;
  let skipped = 0;
  const writeSkipped = (): void => {
    if (skipped > 0) writer.skip(skipped);
    skipped = 0;
  };
  const pass = (untilOffset: number): void => {
    skipped += untilOffset - nextOffset;
    nextOffset = untilOffset;
  };
  const consumer = {
    event: (event: Event, nowMs: number, offset: number): void => {
      pass(isNeeded(event, offset) ? offset : offset + 1);
      if (nextOffset > offset) return;
      writeSkipped();
      writer.add(event, nowMs);
      nextOffset++;
    },
    tick: (nowMs: number, offset: number): void => {
      pass(offset);
      writeSkipped();
      writer.tick(nowMs);
      nextOffset++;
    },
  };
  const seal = (): Buffer => {
    writeSkipped();
    const bytes = Buffer.from(writer.seal(firstOffset));
    writer.clear();
    return bytes;
  };
  for (const frame of frames) {
    if (frame.firstOffset !== nextOffset || writer.sizeBytes >= FRAME_BYTES) {
      if (!Number.isNaN(firstOffset)) yield seal();
      firstOffset = frame.firstOffset;
      nextOffset = firstOffset;
    }
    pass(frame.firstOffset + readFrame(frame.body, frame.firstOffset, frame.firstOffset, sourceOf, consumer));
    yield null;
  }
  if (!Number.isNaN(firstOffset)) yield seal();
}
