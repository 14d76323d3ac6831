import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { DiskQueue, type DiskQueueOptions } from '../../collector/exporters/disk-queue.ts';

const root = mkdtempSync(join(tmpdir(), 'playpath-spans-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

function open(options: Partial<DiskQueueOptions> = {}) {
  const folder = options.folder ?? join(root, String(folders++));
  const troubles: string[] = [];
  const queue = new DiskQueue({
    folder,
    maxBytes: 1 << 30,
    write: (file, bytes) => void writeSync(file, bytes),
    onTrouble: () => troubles.push('troubled'),
    onRecovered: () => troubles.push('recovered'),
    ...options,
  });
  const files = () => readdirSync(folder).filter((name) => name.endsWith('.spans'));
  return { queue, folder, troubles, files };
}

/** A batch that is told from others by its first byte. */
function batch(number: number, sizeBytes = 100) {
  return { bytes: new Uint8Array(sizeBytes).fill(number), spans: number };
}

/** Empties the queue. */
function drained(queue: DiskQueue): number[] {
  const numbers: number[] = [];
  for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
    expect(next.bytes.every((byte) => byte === next.bytes[0])).toBe(true);
    numbers.push(next.bytes[0] as number);
    queue.shift();
  }
  return numbers;
}

test('any order of pushes, sends and restarts keeps every batch once and in order', () => {
  const step = fc.oneof(fc.constant('push'), fc.constant('shift'), fc.constant('restart'));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let { queue, folder } = open();
      const expected: number[] = [];
      let number = 0;
      for (const name of steps) {
        if (name === 'push') {
          number++;
          expect(queue.push(batch(number))).toBe('queued');
          expected.push(number);
        } else if (name === 'shift') {
          expect(queue.peek()?.spans).toBe(expected[0]);
          queue.shift();
          expected.shift();
        } else ({ queue, folder } = open({ folder }));
        expect(queue.spans).toBe(expected.reduce((sum, spans) => sum + spans, 0));
        expect(queue.sizeBytes).toBe(expected.length * 100);
      }
      expect(drained(queue)).toEqual(expected);
      queue.close();
    }),
    { seed: 4, numRuns: 60 },
  );
});

test('more than is kept at hand is read back from its files, which go when all in them was sent', () => {
  const { queue, files } = open();
  for (let number = 1; number <= 40; number++) queue.push(batch(number, 1 << 20));
  expect(files().length).toBe(2);
  expect(drained(queue)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(files().length).toBe(1);
  queue.close();
});

test('the limit is an answer, and an empty queue takes any batch', () => {
  const { queue } = open({ maxBytes: 250 });
  expect([1, 2, 3].map((number) => queue.push(batch(number)))).toEqual(['queued', 'queued', 'full']);
  queue.shift();
  expect(queue.push(batch(3))).toBe('queued');
  expect(drained(queue)).toEqual([2, 3]);
  expect(queue.push(batch(4, 1_000))).toBe('queued');
  queue.close();
});

test('a full disk is an answer, leaves nothing half written behind, and is over by itself', () => {
  let room = 250;
  const write = (file: number, bytes: Uint8Array): void => {
    const part = bytes.subarray(0, Math.max(0, room));
    room -= writeSync(file, part);
    if (part.length < bytes.length) throw new Error('no space left');
  };
  const { queue, folder, troubles } = open({ write });
  expect([1, 2, 3].map((number) => queue.push(batch(number)))).toEqual(['queued', 'queued', 'full']);
  expect(queue.disk).toEqual({ isRefusing: true, failures: 1 });
  room = 1e6;
  expect(queue.push(batch(3))).toBe('queued');
  expect(troubles).toEqual(['troubled', 'recovered']);
  expect(queue.disk).toEqual({ isRefusing: false, failures: 1 });
  queue.close();
  expect(drained(open({ folder }).queue)).toEqual([1, 2, 3]);
});

test('a batch torn by a crash is left out, and what is pushed later is behind what was whole', () => {
  const { queue, folder, files } = open();
  for (const number of [1, 2]) queue.push(batch(number));
  queue.close();
  const file = join(folder, files()[0] as string);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length - 5));
  const { queue: after } = open({ folder });
  after.push(batch(3));
  after.close();
  expect(drained(open({ folder }).queue)).toEqual([1, 3]);
});

test('without a readable mark the batches of the file are sent again: the same spans', () => {
  const { queue, folder } = open();
  for (const number of [1, 2, 3]) queue.push(batch(number));
  queue.shift();
  queue.close();
  writeFileSync(join(folder, 'sent.mark'), '');
  expect(drained(open({ folder }).queue)).toEqual([1, 2, 3]);
});

test('any bytes in its files are read without a throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { queue, folder } = open();
      queue.push(batch(1));
      queue.close();
      appendFileSync(join(folder, '00000001.spans'), bytes);
      expect(drained(open({ folder }).queue)).toEqual([1]);
    }),
    { seed: 5, numRuns: 30 },
  );
});
