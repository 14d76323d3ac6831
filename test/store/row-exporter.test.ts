import { expect, test } from 'vitest';
import { PlaypathError } from '../../collector/errors.ts';
import { RowExporter, type RowExporterOptions } from '../../collector/store/row-exporter.ts';
import type { InsertBatch } from '../../collector/store/store.ts';
import { ManualScheduler, until } from '../exporters/manual-scheduler.ts';

/** A store in memory that does what the test says. */
class FakeStore {
  readonly inserts: string[][] = [];
  answer: (rows: readonly string[]) => Promise<void> = () => Promise.resolve();

  async insert({ lines }: InsertBatch): Promise<void> {
    const rows = lines.toString().trimEnd().split('\n');
    await this.answer(rows);
    this.inserts.push(rows);
  }
}

const down = () => Promise.reject(new PlaypathError('store_unavailable', 'is down'));
const refuse = (poison: string) => (rows: readonly string[]) =>
  rows.includes(poison) ? Promise.reject(new PlaypathError('store_refused', 'cannot parse')) : Promise.resolve();

function exporterOf(options: Partial<RowExporterOptions> = {}) {
  const store = new FakeStore();
  const scheduler = new ManualScheduler();
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const exporter = new RowExporter({
    store,
    table: 't',
    columns: ['a'],
    batchRows: 3,
    batchAgeMs: 1_000,
    queueBytes: 100,
    retryFirstMs: 100,
    retryMaxMs: 1_000,
    closeMs: 5_000,
    scheduler,
    random: () => 0.999,
    log: { info: say, warn: say, error: say },
    ...options,
  });
  return { store, scheduler, exporter, said };
}

test('inserts when a batch is full', async () => {
  const { store, exporter } = exporterOf();
  for (const line of ['[1]', '[2]', '[3]', '[4]']) exporter.add(line);
  await until(() => store.inserts.length === 1);
  expect(store.inserts).toEqual([['[1]', '[2]', '[3]']]);
  expect(exporter.counters).toMatchObject({ storedRows: 3, storedBatches: 1, waitingRows: 1 });
});

test('inserts when the first row of a batch has waited long enough', async () => {
  const { store, scheduler, exporter } = exporterOf();
  exporter.add('[1]');
  scheduler.advance(999);
  expect(store.inserts).toEqual([]);
  scheduler.advance(1);
  await until(() => store.inserts.length === 1);
  expect(exporter.counters.waitingRows).toBe(0);
});

test('a flush is over when what came before it is stored', async () => {
  const { store, exporter } = exporterOf();
  exporter.add('[1]');
  await exporter.flush();
  expect(store.inserts).toEqual([['[1]']]);
  await exporter.flush();
});

test('stores what comes after a flush of nothing', async () => {
  const { store, exporter } = exporterOf();
  await exporter.flush();
  exporter.add('[1]');
  await exporter.flush();
  expect(store.inserts).toEqual([['[1]']]);
});

test('tries again until the store is back, in order, and says so once', async () => {
  const { store, scheduler, exporter, said } = exporterOf();
  store.answer = down;
  for (const line of ['[1]', '[2]', '[3]', '[4]']) exporter.add(line);
  for (let retries = 1; retries <= 4; retries++) {
    await until(() => exporter.counters.retries === retries);
    if (retries === 4) store.answer = () => Promise.resolve();
    scheduler.advance(1_000);
  }
  await exporter.flush();
  expect(store.inserts).toEqual([['[1]', '[2]', '[3]'], ['[4]']]);
  expect(exporter.counters).toMatchObject({ storedRows: 4, droppedRows: 0, waitingRows: 0 });
  expect(said).toEqual(['analytics store does not take rows, retrying', 'analytics store works again']);
});

test('is full at its limit, drops at twice as much, and is not full when it could write', async () => {
  const { store, scheduler, exporter } = exporterOf();
  store.answer = down;
  const line = JSON.stringify(['x'.repeat(26)]);
  for (let row = 0; row < 4; row++) expect(exporter.add(line)).toBe('queued');
  expect(exporter.isFull).toBe(true);
  for (let row = 4; row < 7; row++) exporter.add(line);
  expect(exporter.add(line)).toBe('dropped');
  expect(exporter.counters.droppedRows).toBe(1);
  await until(() => exporter.counters.retries === 1);
  store.answer = () => Promise.resolve();
  scheduler.advance(1_000);
  await exporter.flush();
  expect(exporter.isFull).toBe(false);
  expect(exporter.counters).toMatchObject({ storedRows: 7, waitingBytes: 0 });
});

test.each(['[1]', '[4]', '[7]'])('leaves out the one row nobody can read: %s', async (poison) => {
  const { store, exporter, said } = exporterOf({ batchRows: 7, queueBytes: 1_000 });
  store.answer = refuse(poison);
  const lines = ['[1]', '[2]', '[3]', '[4]', '[5]', '[6]', '[7]'];
  for (const line of lines) exporter.add(line);
  await exporter.flush();
  expect(store.inserts.flat()).toEqual(lines.filter((line) => line !== poison));
  expect(exporter.counters).toMatchObject({ storedRows: 6, refusedRows: 1, waitingRows: 0 });
  expect(said).toEqual(['analytics store refused rows']);
});

test('closes with what it can store', async () => {
  const { store, exporter } = exporterOf();
  exporter.add('[1]');
  await exporter.close();
  await exporter.close();
  expect(store.inserts).toEqual([['[1]']]);
  expect(exporter.add('[2]')).toBe('dropped');
});

test('gives up when its time to close is over, and counts what is lost', async () => {
  const { store, scheduler, exporter } = exporterOf();
  store.answer = down;
  exporter.add('[1]');
  const closing = exporter.close();
  await until(() => exporter.counters.retries === 1);
  scheduler.advance(5_000);
  await closing;
  expect(exporter.counters).toMatchObject({ storedRows: 0, droppedRows: 1, waitingRows: 0 });
});
