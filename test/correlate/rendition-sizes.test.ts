import { expect, test } from 'vitest';
import { RenditionSizes, type Sizes } from '../../collector/correlate/content/rendition-sizes.ts';
import { edgeRequest } from './support.ts';

const told = (objects: readonly (readonly [path: string, bodyBytes: number])[]): Sizes[] => {
  const sizes = new RenditionSizes();
  return objects.flatMap(([path, bodyBytes]) => sizes.add(edgeRequest({ path, bodyBytes })) ?? []);
};

test('a rendition is known by several of its objects, less often the longer it lasts, never by its last one', () => {
  const run = Array.from({ length: 12 }, (_, i): [string, number] => [`/t/v1/seg_${i}.m4s`, i === 11 ? 5 : 100]);
  expect(told(run)).toEqual([
    { rendition: '/t/v1/seg_', objects: 3, bytes: 300 },
    { rendition: '/t/v1/seg_', objects: 6, bytes: 600 },
  ]);
});

test('a change of rendition begins anew; parts of one file are no objects of a rendition', () => {
  const changing = [1, 2, 3, 4, 5, 6].map((i): [string, number] => [`/t/chunk-${i % 2}-0000${i}.m4s`, 100]);
  expect(told(changing)).toEqual([]);
  expect(told([1, 2, 3, 4, 5, 6].map((): [string, number] => ['/t/film-1.mp4', 100]))).toEqual([]);
});
