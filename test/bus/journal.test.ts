import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JournalDisk, nodeDisk } from '../../collector/bus/journal-disk.ts';
import { elapsed, newFolder, open, openNew } from './opened-journal.ts';

/** A disk with room for so many bytes more. */
function smallDisk(room: { bytes: number }): JournalDisk {
  return {
    ...nodeDisk,
    write(file, bytes) {
      const part = bytes.subarray(0, Math.max(0, room.bytes));
      nodeDisk.write(file, part);
      room.bytes -= part.length;
      if (part.length < bytes.length) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    },
  };
}

test('the consumer is told in order, once it is written, and flush resolves when it is on the disk', async () => {
  const { journal, told, publish } = await openNew();
  publish(1, 2);
  journal.tick(1_500);
  publish(3);
  expect(told).toEqual([]);
  expect(await journal.flush()).toBe('stored');
  expect(told).toEqual([1, 2, -1_500, 3]);
  expect(journal.nextOffset).toBe(4);
  await journal.close();
});

test('one sync is for all that wait in its window', async () => {
  let syncs = 0;
  const { journal, publish } = open({
    windowMs: 5,
    disk: {
      ...nodeDisk,
      sync(file, done) {
        syncs++;
        nodeDisk.sync(file, done);
      },
    },
  });
  const flushed = [1, 2, 3, 4].map((seq) => {
    publish(seq);
    return journal.flush();
  });
  expect(await Promise.all(flushed)).toEqual(['stored', 'stored', 'stored', 'stored']);
  expect(syncs).toBe(1);
  await journal.close();
});

test('what one process wrote the next one reads, from any offset, and goes on behind it', async () => {
  const first = open();
  first.publish(1, 2, 3);
  await first.journal.flush();
  first.publish(4, 5);
  await first.journal.close();
  const second = open({ folder: first.folder });
  expect(await second.journal.replay(1)).toEqual({ records: 4, lostRecords: 0 });
  second.publish(6);
  await second.journal.close();
  expect(second.told).toEqual([2, 3, 4, 5, 6]);
  const third = open({ folder: first.folder });
  await third.journal.replay(0);
  expect(third.told).toEqual([1, 2, 3, 4, 5, 6]);
  await third.journal.close();
});

test('what is published before and while a journal is read again is told in its turn', async () => {
  const first = open();
  for (let seq = 0; seq < 50; seq++) {
    first.publish(seq);
    await first.journal.flush();
  }
  await first.journal.close();
  let elapsedMs = 0;
  // Every frame takes its reader so long that others have their turn.
  const second = open({ folder: first.folder, elapsedMs: () => (elapsedMs += 100) });
  second.publish(50);
  expect(await second.journal.flush()).toBe('stored');
  expect(second.told).toEqual([]);
  const replayed = second.journal.replay(0);
  for (let seq = 51; seq < 60; seq++) {
    second.publish(seq);
    expect(await second.journal.flush()).toBe('stored');
  }
  expect((await replayed).lostRecords).toBe(0);
  second.publish(60);
  await second.journal.close();
  expect(second.told).toEqual(Array.from({ length: 61 }, (_, seq) => seq));
});

test('time never goes back in a journal', async () => {
  const { journal, folder } = open();
  for (const nowMs of [1_000, 500, 2_000]) journal.tick(nowMs);
  await journal.close();
  const { journal: again, told } = open({ folder });
  await again.replay(0);
  expect(told).toEqual([-1_000, -1_000, -2_000]);
  await again.close();
});

describe('a crash in the middle of a write', () => {
  test('a tail cut anywhere costs the frame it is in, and nothing before it', async () => {
    const whole = open();
    for (const seq of [1, 2, 3]) {
      whole.publish(seq);
      await whole.journal.flush();
    }
    await whole.journal.close();
    const bytes = readFileSync(whole.files()[0] as string);
    const frame = bytes.length / 3;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), async (length) => {
        const folder = newFolder();
        const torn = open({ folder });
        await torn.journal.close();
        writeFileSync(join(folder, '0000000000000000.journal'), bytes.subarray(0, length));
        const after = open({ folder });
        await after.journal.replay(0);
        const kept = Math.floor(length / frame);
        expect(after.told).toEqual([1, 2, 3].slice(0, kept));
        expect(after.cutBytes).toBe(length - kept * frame);
        after.publish(9);
        await after.journal.close();
        const last = open({ folder });
        expect((await last.journal.replay(0)).lostRecords).toBe(0);
        expect(last.told).toEqual([...[1, 2, 3].slice(0, kept), 9]);
        await last.journal.close();
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  test('garbage behind the last frame is cut off', async () => {
    const { journal, publish, files, folder } = open();
    publish(1);
    await journal.close();
    appendFileSync(files()[0] as string, Buffer.alloc(5_000, 'PPJ1'));
    const after = open({ folder });
    expect(after.cutBytes).toBe(5_000);
    await after.journal.replay(0);
    expect(after.told).toEqual([1]);
  });
});

test('a damaged frame in the middle costs its own records, and they are counted', async () => {
  const { journal, publish, files, folder } = open();
  for (const seqs of [[1, 2], [3, 4], [5]]) {
    publish(...seqs);
    await journal.flush();
  }
  await journal.close();
  const file = files()[0] as string;
  const bytes = readFileSync(file);
  const second = bytes.indexOf('PPJ1', 10);
  bytes.writeUInt8(bytes.readUInt8(second + 60) ^ 1, second + 60);
  writeFileSync(file, bytes);
  const after = open({ folder });
  expect(await after.journal.replay(0)).toEqual({ records: 3, lostRecords: 2 });
  expect(after.told).toEqual([1, 2, 5]);
});

describe('a full disk', () => {
  test('is an answer, and what waited is stored when there is room', async () => {
    const room = { bytes: 400 };
    const { journal, publish, told, troubles, folder } = await openNew({ disk: smallDisk(room) });
    elapsed.ms = 0;
    publish(1);
    expect(await journal.flush()).toBe('stored');
    publish(2, 3);
    expect(await journal.flush()).toBe('full');
    expect([told, troubles, journal.isTroubled]).toEqual([[1], ['troubled'], true]);
    expect(publish(4)).toEqual(['full']);
    room.bytes = 1e6;
    expect(publish(4)).toEqual(['full']);
    elapsed.ms = 1_000;
    expect(publish(4)).toEqual(['stored']);
    expect(await journal.flush()).toBe('stored');
    expect([told, troubles, journal.isTroubled]).toEqual([[1, 2, 3, 4], ['troubled', 'recovered'], false]);
    await journal.close();
    const after = open({ folder });
    expect(await after.journal.replay(0)).toEqual({ records: 4, lostRecords: 0 });
    expect(after.told).toEqual([1, 2, 3, 4]);
    expect(readFileSync(after.files()[0] as string).includes(Buffer.alloc(100))).toBe(false);
  });

  test('recovers by the passing of time alone', async () => {
    const room = { bytes: 0 };
    const { journal, publish, told } = await openNew({ disk: smallDisk(room) });
    elapsed.ms = 0;
    publish(1);
    expect(await journal.flush()).toBe('full');
    journal.tick(2_000);
    room.bytes = 1e6;
    elapsed.ms = 1_000;
    journal.tick(3_000);
    expect(await journal.flush()).toBe('stored');
    expect(told).toEqual([1, -3_000]);
    await journal.close();
  });

  test('a sync that fails tells everybody who waits, and the next file is safe again', async () => {
    let failures = 1;
    const disk: JournalDisk = {
      ...nodeDisk,
      sync: (file, done) =>
        nodeDisk.sync(file, (error) => done(failures-- > 0 ? new Error('input/output error') : error)),
    };
    const { journal, publish, files } = open({ disk });
    elapsed.ms = 0;
    publish(1);
    expect(await journal.flush()).toBe('full');
    elapsed.ms = 1_000;
    publish(2);
    expect(await journal.flush()).toBe('stored');
    expect(files().length).toBe(2);
    await journal.close();
  });
});
