import { expect, test } from 'vitest';
import { rangeFirstByte } from '../../collector/formats/parse/range.ts';

test.each([
  ['bytes=0-1', 0],
  ['bytes=70000-', 70_000],
  ['bytes 500-999/8000', 500],
  ['37334-42356', 37_334],
  ['bytes=-500', Number.NaN],
  ['bytes=0-1, 5-9', 0],
  ['items=1-2', Number.NaN],
  ['bytes */8000', Number.NaN],
  ['', Number.NaN],
])('%s begins at byte %d', (text, first) => expect(rangeFirstByte(text)).toBe(first));
