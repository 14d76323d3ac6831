import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Catalogue, MAX_ENTRIES } from '../../collector/store/catalogue.ts';
import { CatalogueReader } from '../../collector/store/catalogue-reader.ts';
import { storeCatalogue } from '../../collector/store/catalogue-table.ts';
import { readCatalogue } from '../../collector/store/catalogue-text.ts';
import { migrate } from '../../collector/store/migrations.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { ask, storeScenario } from './lab-store.ts';
import { PLACEMENT } from './placement.ts';
import { describeStores } from './stores.ts';

const CSV = 'content_id,title,show,season,stream_type,duration_seconds,price\r\n';

test.each([
  [
    'CSV',
    `${CSV}a,A film,,,vod,5400,9\r\n`,
    { contentId: 'a', title: 'A film', streamType: 'vod', durationSeconds: 5400 },
  ],
  ['CSV with quotes', `${CSV}a,"One, ""two""\nthree",S,2,,\n`, { title: 'One, "two"\nthree', show: 'S', season: '2' }],
  ['CSV without a last line break', `${CSV}a,T`, { contentId: 'a', title: 'T', show: '', durationSeconds: Number.NaN }],
  ['CSV that begins with a byte order mark', `\uFEFF${CSV}a,T`, { contentId: 'a' }],
  ['JSON', '[{"content_id":"a","title":"T","season":3,"more":{}}]', { contentId: 'a', title: 'T', season: '3' }],
  ['a stream type nobody knows', `${CSV}a,T,,,radio,`, { streamType: '' }],
])('reads %s', (_, text, entry) => {
  expect(readCatalogue(text)?.entries).toMatchObject([entry]);
});

test.each([
  ['records without an id', `${CSV},T\n`, { entries: [], refused: 1 }],
  ['values that are no objects', '[1, null, "a"]', { entries: [], refused: 3 }],
  ['another CSV', 'id,title\na,T\n', null],
  ['broken JSON', '[{"content_id":', null],
  ['nothing', '', null],
])('does not take %s', (_, text, read) => expect(readCatalogue(text)).toEqual(read));

test('takes no text for a defect', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      readCatalogue(text);
      readCatalogue(CSV + text);
    }),
    { seed: 7, numRuns: 2_000 },
  );
});

test('a catalogue that is too large leaves what was known', () => {
  const catalogue = new Catalogue();
  const [entry] = readCatalogue(`${CSV}a,T`)?.entries ?? [];
  if (entry === undefined) throw new Error('no entry');
  expect(catalogue.replace('acme', [entry])).toBe('replaced');
  expect(catalogue.replace('acme', Array(MAX_ENTRIES + 1).fill(entry))).toBe('full');
  expect(catalogue.find('acme', 'a')?.title).toBe('T');
  expect(catalogue.find('other', 'a')).toBeUndefined();
});

test('is read from files and over HTTP, and what cannot be read is said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'playpath-catalogue-'));
  const server = createServer((_, response) => response.end('[{"content_id":"b","title":"B"}]')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  writeFileSync(join(folder, 'a.csv'), `${CSV}a,A`);
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const kept: string[] = [];
  const catalogue = new Catalogue();
  const sources = [
    { tenant: 'a', location: join(folder, 'a.csv'), refreshMs: 60_000 },
    { tenant: 'b', location: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`, refreshMs: 60_000 },
    { tenant: 'c', location: join(folder, 'gone.csv'), refreshMs: 60_000 },
  ];
  const reader = new CatalogueReader(
    sources,
    catalogue,
    async (tenant, entries) => void kept.push(`${tenant} ${entries.length}`),
    { info: say, warn: say, error: say },
  );
  await reader.start();
  // What has not changed is not stored again.
  await reader.start();
  expect(kept.toSorted()).toEqual(['a 1', 'b 1']);
  reader.close();
  server.close();
  rmSync(folder, { recursive: true });
  expect([catalogue.find('a', 'a')?.title, catalogue.find('b', 'b')?.title]).toEqual(['A', 'B']);
  expect(new Set(said)).toEqual(new Set(['a catalogue cannot be read', 'read a catalogue']));
});

describeStores('with a catalogue', (store) => {
  test('shows and producers can be asked for, and content that is in no catalogue counts all the same', async () => {
    await migrate(store(), PLACEMENT, 0);
    const catalogue = new Catalogue();
    const text = `content_id,title,show,producer\ntitle-0001,Pilot,Tide,North\ntitle-0002,Second,Tide,North\nnews-1,News,Daily,City\n`;
    const entries = readCatalogue(text)?.entries ?? [];
    catalogue.replace('default', entries);
    await storeCatalogue(store(), PLACEMENT, 'default', entries, 1);
    const scenario = SCENARIOS.get('healthy') as Scenario;
    await storeScenario(store(), scenario, { seed: 9, minutes: 2, drainMinutes: 0, catalogue });
    const day = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
    const [whole] = await ask(store(), 'totals', day);
    const shows = await ask(store(), 'audience_by', { ...day, group: 'show', limit: '1000' });
    const [tide] = await ask(store(), 'totals', { ...day, content: 'title-0001,title-0002' });
    expect(shows.map(({ show }) => show).toSorted()).toEqual(['', 'Daily', 'Tide']);
    expect(shows.reduce((sum, { starts }) => sum + Number(starts), 0)).toBe(whole?.starts);
    expect(shows.find(({ show }) => show === 'Tide')?.starts).toBe(tide?.starts);
    const [producer] = await ask(store(), 'totals', { ...day, producer: 'North' });
    expect(producer?.starts).toBe(tide?.starts);
    const pilots = await ask(store(), 'sessions', { ...day, search: 'pilot', limit: '1000' });
    expect(pilots.length).toBeGreaterThan(0);
    // A title is corrected, and what was watched before has it; a content that is taken out is its id again.
    const corrected = readCatalogue('content_id,title,show\ntitle-0001,The Beginning,Tide\n')?.entries ?? [];
    await storeCatalogue(store(), PLACEMENT, 'default', corrected, 2);
    expect((await ask(store(), 'sessions', { ...day, search: 'beginning', limit: '1000' })).length).toBe(pilots.length);
    expect(await ask(store(), 'sessions', { ...day, search: 'pilot' })).toEqual([]);
    const [known] = await ask(store(), 'popularity', { ...day, content: 'title-0001' });
    expect(known?.title).toBe('The Beginning');
    expect((await ask(store(), 'audience_by', { ...day, group: 'show' })).map(({ show }) => show).toSorted()).toEqual([
      '',
      'Tide',
    ]);
  });
});
