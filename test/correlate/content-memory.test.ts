import { expect, test } from 'vitest';
import { ContentMemory } from '../../collector/correlate/content/content-memory.ts';
import { edgeRequest } from './support.ts';

const segment = (path: string, objectDurationMs: number, bitrateKbps = 1000) =>
  edgeRequest({ at: 0, path, objectType: 'video', cmcd: { sid: 's', objectDurationMs, bitrateKbps } });

test('what one player says of a content is known to the next, whatever its rendition', () => {
  const memory = new ContentMemory();
  memory.learn('t', segment('/vod/title-1/v0/seg_1.m4s', 4000, 300));
  memory.learn('t', segment('/vod/title-1/v5/seg_2.m4s', 4000, 5000));
  expect(memory.of('t', '/vod/title-1/v3/seg_9.m4s')).toEqual({ segmentMs: 4000, lowestKbps: 300, topKbps: 5000 });
});

test('tenants do not learn from each other', () => {
  const memory = new ContentMemory();
  memory.learn('a', segment('/vod/title-1/v0/seg_1.m4s', 4000));
  expect(memory.of('b', '/vod/title-1/v0/seg_1.m4s').segmentMs).toBeNaN();
});

test('a last segment is shorter and changes nothing', () => {
  const memory = new ContentMemory();
  for (const ms of [4000, 1300]) memory.learn('t', segment('/vod/title-1/v0/seg_1.m4s', ms));
  expect(memory.of('t', '/vod/title-1/v0/seg_1.m4s').segmentMs).toBe(4000);
});

test('a title nobody described has the segments of its neighbours, once enough of them agree, but not their one bitrate', () => {
  const memory = new ContentMemory();
  for (const title of [1, 2]) memory.learn('t', segment(`/vod/title-${title}/v0/seg_1.m4s`, 4000));
  expect(memory.of('t', '/vod/title-9/v0/seg_1.m4s').segmentMs).toBeNaN();
  memory.learn('t', segment('/vod/title-3/v0/seg_1.m4s', 4000));
  expect(memory.of('t', '/vod/title-9/v0/seg_1.m4s')).toEqual({
    segmentMs: 4000,
    lowestKbps: Number.NaN,
    topKbps: Number.NaN,
  });
  expect(memory.of('t', '/live/news-1/v0/seg_1.m4s').segmentMs).toBeNaN();
});

test('neighbours that differ say nothing', () => {
  const memory = new ContentMemory();
  for (const title of [1, 2, 3]) memory.learn('t', segment(`/vod/title-${title}/v0/seg_1.m4s`, 4000));
  for (const title of [4, 5]) memory.learn('t', segment(`/vod/title-${title}/v0/seg_1.m4s`, 2000));
  expect(memory.of('t', '/vod/title-9/v0/seg_1.m4s').segmentMs).toBeNaN();
});

test('where one rendition of a title is known, its ladder lies in the bounds of its neighbours', () => {
  const memory = new ContentMemory();
  for (const kbps of [300, 4000]) memory.learn('t', segment('/vod/title-1/v0/seg_1.m4s', 4000, kbps));
  memory.learn('t', segment('/vod/title-2/v5/seg_1.m4s', 4000, 5000));
  expect(memory.of('t', '/vod/title-2/v5/seg_2.m4s')).toEqual({ segmentMs: 4000, lowestKbps: 300, topKbps: 5000 });
});

test('renditions that nobody names are told by the size of their objects; sound is none', () => {
  const memory = new ContentMemory();
  memory.learn('t', segment('/vod/title-1/v0/seg_1.m4s', 4000, Number.NaN));
  for (const [rendition, bytes] of [
    ['v5', 2_000_000],
    ['v1', 200_000],
    ['a', 30_000],
  ] as const) {
    const sizes = { rendition, objects: 3, bytes: 3 * bytes };
    memory.learnSizes('t', `/vod/title-1/${rendition === 'a' ? 'v2' : rendition}/seg_1.m4s`, sizes);
  }
  expect(memory.of('t', '/vod/title-1/v0/seg_1.m4s')).toEqual({ segmentMs: 4000, lowestKbps: 400, topKbps: 4000 });
});

test('who is only measured may have the renditions of its neighbours below and above', () => {
  const memory = new ContentMemory();
  for (const kbps of [300, 4000]) memory.learn('t', segment('/vod/title-1/v0/seg_1.m4s', 4000, kbps));
  memory.learn('t', segment('/vod/title-2/v0/seg_1.m4s', 4000, Number.NaN));
  for (const [rendition, bytes] of [
    ['v3', 1_000_000],
    ['v4', 1_500_000],
  ] as const) {
    memory.learnSizes('t', '/vod/title-2/v3/seg_1.m4s', { rendition, objects: 3, bytes: 3 * bytes });
  }
  expect(memory.of('t', '/vod/title-2/v0/seg_1.m4s')).toMatchObject({ lowestKbps: 300, topKbps: 4000 });
});

test('the size of a rendition that a player named makes no second one of it; another one it does', () => {
  const memory = new ContentMemory();
  for (const kbps of [390, 4000]) memory.learn('t', segment('/vod/title-1/v0/seg_1.m4s', 4000, kbps));
  const told = (rendition: string, bytes: number) =>
    memory.learnSizes('t', '/vod/title-1/v0/seg_1.m4s', { rendition, objects: 3, bytes: 3 * bytes });
  told('v1', 172_500);
  expect(memory.of('t', '/vod/title-1/v0/seg_1.m4s').lowestKbps).toBe(390);
  told('v0', 90_000);
  expect(memory.of('t', '/vod/title-1/v0/seg_1.m4s').lowestKbps).toBe(180);
});

test('where nobody says how long segments are, the rhythm of a few viewers does', () => {
  const segments = new ContentMemory().segmentsOf('t');
  for (const ms of [4_000, 4_050]) segments.showedLength('/vod/title-1/v0/seg_9.m4s', ms);
  expect(segments.lengthMs('/vod/title-1/v3/seg_2.m4s')).toBeNaN();
  segments.showedLength('/vod/title-1/v0/seg_9.m4s', 7_100);
  segments.showedLength('/vod/title-1/v5/seg_9.m4s', 4_010);
  expect(segments.lengthMs('/vod/title-1/v3/seg_2.m4s')).toBe(4_010);
  expect(segments.lengthMs('/vod/title-2/v3/seg_2.m4s')).toBe(4_010);
  expect(segments.lengthMs('/live/news/v3/seg_2.m4s')).toBeNaN();
});

test('rhythms that differ say nothing, and what a player says is worth more', () => {
  const memory = new ContentMemory();
  const segments = memory.segmentsOf('t');
  for (const ms of [2_000, 4_000, 6_000, 4_000]) segments.showedLength('/live/a-1/v0/seg_9.m4s', ms);
  expect(segments.lengthMs('/live/a-1/v0/seg_9.m4s')).toBeNaN();
  memory.learn('t', segment('/live/a-1/v0/seg_9.m4s', 2_000));
  for (let n = 0; n < 4; n++) segments.showedLength('/live/a-1/v0/seg_9.m4s', 4_000);
  expect(segments.lengthMs('/live/a-1/v0/seg_9.m4s')).toBe(2_000);
});

test('who got furthest is known, whatever the rendition', () => {
  const memory = new ContentMemory();
  const { reached } = memory.segmentsOf('t');
  expect(reached('/vod/title-1/v0/seg_20.m4s', 20)).toBe(true);
  expect(reached('/vod/title-1/v3/seg_12.m4s', 12)).toBe(false);
  expect(reached('/vod/title-1/v3/seg_20.m4s', 20)).toBe(true);
  expect(reached('/vod/title-2/v3/seg_1.m4s', 1)).toBe(true);
  expect(reached('/vod/title-1/v3/a9f.m4s', Number.NaN)).toBe(false);
  expect(memory.segmentsOf('u').reached('/vod/title-1/v3/seg_12.m4s', 12)).toBe(true);
});
