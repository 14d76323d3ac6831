import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LabDelivery } from '../lab/delivery.ts';
import { LabPlayer } from '../lab/lab.ts';
import { Random } from '../lab/random.ts';
import { TimeHeap } from '../lab/time-heap.ts';
import { collect, START_MS, scenarioNamed } from './collected.ts';

const hard = scenarioNamed('hard');

function digest(things: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const thing of things) hash.update(`${JSON.stringify(thing)}\n`);
  return hash.digest('hex');
}

test('the same seed gives the same bytes in the same order, and the same truth', () => {
  const first = collect(hard, 7, 0.8);
  const second = collect(hard, 7, 0.8);
  expect(first.deliveries.length).toBeGreaterThan(2000);
  expect(digest(second.deliveries)).toBe(digest(first.deliveries));
  expect(digest(second.sessions)).toBe(digest(first.sessions));
  expect(second.fleet).toEqual(first.fleet);
});

test('another seed gives another evening', () => {
  const first = collect(hard, 7, 0.5);
  const second = collect(hard, 8, 0.5);
  expect(digest(second.deliveries)).not.toBe(digest(first.deliveries));
  const ids = new Set(first.sessions.map(({ sid }) => sid));
  expect(second.sessions.filter(({ sid }) => ids.has(sid))).toEqual([]);
});

test('pulled in steps of any size, a run is the same run', () => {
  const pulled: LabDelivery[] = [];
  const player = new LabPlayer(hard, 7, START_MS);
  let atMs = START_MS;
  for (const stepMs of [1, 249, 250, 3333, 17, 20_000, 0, 6150]) {
    atMs += stepMs;
    pulled.push(...player.next(atMs));
  }
  // A run that goes on: at its end everyone is cut off, which the pulled run has not reached.
  const pushed = collect(hard, 7, 0.6).deliveries.filter(({ deliveredMs }) => deliveredMs <= atMs);
  expect(atMs).toBe(START_MS + 30_000);
  expect(digest(pulled)).toBe(digest(pushed));
});

test('nothing in the lab asks for the time or for chance but the command line', () => {
  const folder = join(import.meta.dirname, '..', 'lab');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const asking = files.filter((file) =>
    /Math\.random|Date\.now\(|performance\.now\(|process\.hrtime|new Date\(\)|randomUUID|randomBytes/.test(
      readFileSync(join(folder, file), 'utf8'),
    ),
  );
  expect(asking).toEqual(['cli.ts']);
});

test('a generator and its forks do not share draws', () => {
  const one = new Random(1).fork(5);
  const other = new Random(1).fork(5);
  const third = new Random(1).fork(6);
  const drawn = Array.from({ length: 50 }, () => one.bits());
  expect(Array.from({ length: 50 }, () => other.bits())).toEqual(drawn);
  expect(Array.from({ length: 50 }, () => third.bits())).not.toEqual(drawn);
});

test('chance is even, normal and log-normal where it says so', () => {
  const random = new Random(11);
  const draws = Array.from({ length: 20_000 }, () => random.next());
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  expect(mean).toBeCloseTo(0.5, 1);
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draws)).toBeLessThan(1);
  const normals = Array.from({ length: 20_000 }, () => random.normal());
  const spread = Math.sqrt(normals.reduce((sum, draw) => sum + draw * draw, 0) / normals.length);
  expect(spread).toBeCloseTo(1, 1);
  const medians = Array.from({ length: 9001 }, () => random.logNormal(200, 0.7)).toSorted((a, b) => a - b);
  expect(medians[4500]).toBeGreaterThan(185);
  expect(medians[4500]).toBeLessThan(216);
  expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a heap gives things back in order of time, then of arrival', () => {
  const random = new Random(3);
  const heap = new TimeHeap<number>();
  const times = Array.from({ length: 500 }, () => random.index(60));
  times.forEach((timeMs, arrival) => {
    heap.add(timeMs, arrival);
  });
  const expected = times.map((timeMs, arrival) => ({ timeMs, arrival })).toSorted((a, b) => a.timeMs - b.timeMs);
  const taken: number[] = [];
  for (let item = heap.take(); item !== undefined; item = heap.take()) taken.push(item);
  expect(taken).toEqual(expected.map(({ arrival }) => arrival));
  expect(heap.firstMs).toBe(Number.POSITIVE_INFINITY);
});
