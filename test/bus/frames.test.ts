import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFrame } from '../../collector/bus/frame-reader.ts';
import { FrameWriter, HEADER_BYTES } from '../../collector/bus/frame-writer.ts';
import { framesOf } from '../../collector/bus/segment.ts';
import { cloneEvent } from '../../collector/model/clone-report.ts';
import type { Event } from '../../collector/model/event.ts';
import { events } from './events.ts';

type Read = { readonly event: Event | null; readonly nowMs: number; readonly offset: number };

function readBack(body: Buffer, firstOffset: number, from = firstOffset): { read: Read[]; records: number } {
  const read: Read[] = [];
  const records = readFrame(body, firstOffset, from, (source) => source, {
    event: (event, nowMs, offset) => read.push({ event: cloneEvent(event), nowMs, offset }),
    tick: (nowMs, offset) => read.push({ event: null, nowMs, offset }),
  });
  return { read, records };
}

function frameOf(written: readonly Event[]): FrameWriter {
  const frame = new FrameWriter();
  for (const [i, event] of written.entries()) frame.add(event, 1_000.5 + i);
  return frame;
}

test('what is written is read, field by field, whatever is in it', () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 8 }), (written) => {
      const frame = frameOf(written);
      frame.tick(2_000);
      const { read, records } = readBack(frame.seal(7).subarray(HEADER_BYTES), 7);
      expect(records).toBe(written.length + 1);
      expect(read).toEqual([
        ...written.map((event, i) => ({ event, nowMs: 1_000.5 + i, offset: 7 + i })),
        { event: null, nowMs: 2_000, offset: 7 + written.length },
      ]);
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('a frame written over is the frame of its own records', () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 4 }), fc.array(events, { maxLength: 4 }), (before, written) => {
      const frame = frameOf(before);
      frame.seal(0);
      frame.clear();
      for (const event of written) frame.add(event, 5);
      const { read } = readBack(frame.seal(3).subarray(HEADER_BYTES), 3);
      expect(read.map(({ event }) => event)).toEqual(written);
    }),
    { seed: 6, numRuns: 100 },
  );
});

test('records before the wanted offset are read over', () => {
  fc.assert(
    fc.property(fc.array(events, { minLength: 3, maxLength: 6 }), (written) => {
      const { read } = readBack(frameOf(written).seal(10).subarray(HEADER_BYTES), 10, 12);
      expect(read.map(({ event }) => event)).toEqual(written.slice(2));
    }),
    { seed: 7, numRuns: 50 },
  );
});

test('any bytes at all are read without a throw, and nothing is made of what is beyond their end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const body = Buffer.from(bytes);
      const { read } = readBack(body, 0);
      expect(read.length).toBeLessThanOrEqual(body.length);
    }),
    { seed: 8, numRuns: 2_000 },
  );
});

test('a flipped bit anywhere in a real frame is found by its checksum, or changes nothing', () => {
  fc.assert(
    fc.property(fc.array(events, { minLength: 1, maxLength: 3 }), fc.nat(), fc.nat({ max: 7 }), (written, at, bit) => {
      const bytes = Buffer.from(frameOf(written).seal(4));
      const place = at % bytes.length;
      bytes.writeUInt8((bytes[place] as number) ^ (1 << bit), place);
      expect([...framesOf(bytes)]).toEqual([]);
      readBack(bytes.subarray(HEADER_BYTES), 4);
    }),
    { seed: 9, numRuns: 500 },
  );
});
