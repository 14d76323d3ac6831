import { expect, test } from 'vitest';
import { continuedTraceId, spanIdOf, spanIdOfNumbers, traceIdOf } from '../../collector/model/ids.ts';

test('a UUID or 32 hex digits are the trace id, anything else is hashed with its tenant', () => {
  expect(traceIdOf('t', 'C485FB8B-06c3-4872-8464-19285eee9ce9')).toBe('c485fb8b06c34872846419285eee9ce9');
  expect(traceIdOf('t', 'c485fb8b06c34872846419285eee9ce9')).toBe('c485fb8b06c34872846419285eee9ce9');
  expect(traceIdOf('t', 'viewer-1')).toMatch(/^[0-9a-f]{32}$/);
  expect(traceIdOf('t', 'viewer-1')).not.toBe(traceIdOf('u', 'viewer-1'));
  expect(traceIdOf('t', '00000000-0000-0000-0000-000000000000')).not.toBe('0'.repeat(32));
});

test('a reused session id gives each playback its own trace', () => {
  const ids = [
    ['a', 0],
    ['a', 1],
    ['b', 0],
  ].map(([content, ordinal]) => continuedTraceId('t', 'sid', String(content), Number(ordinal)));
  expect(new Set(ids).size).toBe(3);
});

test('span ids are the same for the same facts and different for a hundred thousand others', () => {
  const traceId = 'c485fb8b06c34872846419285eee9ce9';
  expect(spanIdOf(traceId, 'edge/7/1')).toBe(spanIdOf(traceId, 'edge/7/1'));
  const ids = new Set<string>();
  for (let i = 0; i < 100_000; i++) ids.add(spanIdOf(traceId, `edge/${i % 7}/${i}`));
  expect(ids.size).toBe(100_000);
  for (const id of ids) if (!/^[0-9a-f]{16}$/.test(id)) throw new Error(id);
});

test('an id from a name and two numbers is that of their text', () => {
  const traceIds = ['c485fb8b06c34872846419285eee9ce9', 'd485fb8b06c34872846419285eee9ce9'];
  const numbers = [0, 1, 9, 10, 99, 100, 4_294_967_295, 2 ** 53 - 1, 2 ** 53, 1e21, -1, 0.5, Number.NaN];
  for (const first of numbers)
    for (const second of numbers)
      for (const traceId of traceIds)
        expect(spanIdOfNumbers(traceId, 'edge', first, second)).toBe(spanIdOf(traceId, `edge/${first}/${second}`));
});
