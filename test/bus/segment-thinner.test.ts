import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFrame } from '../../collector/bus/frame-reader.ts';
import { FrameWriter } from '../../collector/bus/frame-writer.ts';
import type { Frame } from '../../collector/bus/segment.ts';
import { framesOf } from '../../collector/bus/segment.ts';
import { SegmentThinner } from '../../collector/bus/segment-thinner.ts';
import { thinFrames } from '../../collector/bus/thin-frames.ts';
import { cloneEvent } from '../../collector/model/clone-report.ts';
import type { Event } from '../../collector/model/event.ts';
import { playerEvent } from '../receivers/support.ts';
import { events } from './events.ts';
import { open, openNew } from './opened-journal.ts';

type Told = readonly [offset: number, nowMs: number, event: Event | null];

/** What a reader of these frames is told, and how many records it counts. */
function read(frames: Iterable<Frame>): { told: Told[]; records: number } {
  const told: Told[] = [];
  let records = 0;
  for (const { body, firstOffset, records: count } of frames) {
    const readable = readFrame(body, firstOffset, firstOffset, (source) => source, {
      event: (event, nowMs, offset) => told.push([offset, nowMs, cloneEvent(event)]),
      tick: (nowMs, offset) => told.push([offset, nowMs, null]),
    });
    expect(readable).toBe(count);
    records += readable;
  }
  return { told, records };
}

/** Frames of these records; between some of them records are missing, as after damage. */
function framesWith(groups: readonly (readonly (Event | null)[])[], gap: number): Frame[] {
  const writer = new FrameWriter();
  const bytes: Buffer[] = [];
  let offset = 7;
  for (const [i, group] of groups.entries()) {
    for (const [at, event] of group.entries()) {
      if (event === null) writer.tick(1_000 + offset + at);
      else writer.add(event, 1_000 + offset + at);
    }
    bytes.push(Buffer.from(writer.seal(offset)));
    writer.clear();
    offset += group.length + (i % 3 === 2 ? gap : 0);
  }
  return [...framesOf(Buffer.concat(bytes))];
}

function thin(frames: Iterable<Frame>, isNeeded: (offset: number) => boolean): Frame[] {
  const parts = [
    ...thinFrames(
      frames,
      (source) => source,
      (_, offset) => isNeeded(offset),
    ),
  ];
  return [...framesOf(Buffer.concat(parts.filter((part) => part !== null)))];
}

test('of frames thinned out what is needed and every tick is read as before, and nothing looks lost', () => {
  const records = fc.array(fc.option(events, { nil: null }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(records, { minLength: 1, maxLength: 8 }),
      fc.nat({ max: 3 }),
      fc.nat(),
      (groups, gap, salt) => {
        const frames = framesWith(groups, gap);
        const whole = read(frames);
        const first = (offset: number) => (offset * 7 + salt) % 3 > 0;
        const both = (offset: number) => first(offset) && (offset * 5 + salt) % 4 > 1;
        const once = thin(frames, first);
        const twice = thin(once, both);
        for (const [thinned, isNeeded] of [
          [once, first],
          [twice, both],
        ] as const) {
          const { told, records } = read(thinned);
          expect(told).toEqual(whole.told.filter(([offset, , event]) => event === null || isNeeded(offset)));
          expect(records).toBe(whole.records);
        }
      },
    ),
    { seed: 11, numRuns: 200 },
  );
});

/** A journal of 80 kB in files of 10 kB, an event in each, of which seven are written; thinned out it has every fourth. */
async function thinned(untilOffset: number, roomBytes: number) {
  const opened = await openNew({ maxBytes: 80_000 });
  const { journal } = opened;
  for (let seq = 0; seq < 7; seq++) {
    journal.publish(playerEvent({ seq, message: String(seq).padEnd(10_000, 'x') }), 1_000);
    await journal.flush();
  }
  const thinner = new SegmentThinner(
    journal.folder,
    (source) => source,
    roomBytes,
    () => 0,
  );
  await thinner.thin(untilOffset, (_, offset) => offset % 4 === 0);
  return { ...opened, thinner };
}

async function readAgain(folder: string) {
  const after = open({ folder });
  const { records, lostRecords } = await after.journal.replay(0);
  await after.journal.close();
  return { told: after.told, records, lostRecords };
}

for (const [name, untilOffset, roomBytes, told] of [
  ['all that may be', 6, 0, [0, 4, 6]],
  ['nothing that may still be asked for', 3, 0, [0, 3, 4, 5, 6]],
  ['no more than room is needed for', 6, 55_000, [0, 3, 4, 5, 6]],
  ['nothing while there is room', 6, 80_000, [0, 1, 2, 3, 4, 5, 6]],
] as const) {
  test(`thins out ${name}`, async () => {
    const { journal, folder } = await thinned(untilOffset, roomBytes);
    await journal.close();
    expect(await readAgain(folder)).toEqual({ told, records: 7, lostRecords: 0 });
  });
}

test('a journal goes on behind segments that were thinned out, and has the room', async () => {
  const { journal, folder, publish } = await thinned(6, 0);
  journal.release(0, 6);
  expect(journal.sizeBytes).toBeLessThan(35_000);
  publish(7, 8);
  await journal.close();
  expect(await readAgain(folder)).toEqual({ told: [0, 4, 6, 7, 8], records: 9, lostRecords: 0 });
});

test('a file that a crash left half thinned out is none, and goes at the next start', async () => {
  const { journal, folder, files } = await thinned(0, 0);
  await journal.close();
  writeFileSync(journal.folder.thinFile(0), 'half');
  expect((await readAgain(folder)).told).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(files().length).toBe(7);
});

test('a thinner that was stopped leaves the folder to whoever has it next', async () => {
  const { journal, folder, thinner } = await thinned(0, 0);
  const thinning = thinner.thin(6, () => false);
  thinner.stop();
  await thinning;
  await journal.close();
  expect((await readAgain(folder)).told).toEqual([0, 1, 2, 3, 4, 5, 6]);
});
