import { expect, test } from 'vitest';
import { ContentMemory } from '../../collector/correlate/content-memory.ts';
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

test('renditions that nobody names are told by the size of whole objects; sound is none', () => {
  const memory = new ContentMemory();
  memory.learn('t', segment('/vod/title-1/v0/seg_1.m4s', 4000, Number.NaN));
  const sized = (bodyBytes: number) =>
    edgeRequest({ path: '/vod/title-1/v3/seg_1.m4s', objectType: 'video', bodyBytes });
  for (const bytes of [2_000_000, 200_000, 30_000]) memory.learn('t', sized(bytes));
  expect(memory.of('t', '/vod/title-1/v0/seg_1.m4s')).toEqual({ segmentMs: 4000, lowestKbps: 400, topKbps: 4000 });
});
