import { expect, test } from 'vitest';
import { didYouMean } from '../../collector/config/did-you-mean.ts';
import { parseDurationMs, parseSizeBytes } from '../../collector/config/units.ts';

for (const [text, milliseconds] of [
  ['250ms', 250],
  ['30s', 30_000],
  ['5m', 300_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
  ['0s', 0],
  ['10 s', 10_000],
] as const)
  test(`${text} lasts ${milliseconds} ms`, () => expect(parseDurationMs(text)).toBe(milliseconds));

for (const [text, bytes] of [
  ['512B', 512],
  ['64KiB', 65_536],
  ['16MiB', 16_777_216],
  ['1GB', 1_000_000_000],
  ['1.5kB', 1_500],
] as const)
  test(`${text} is ${bytes} bytes`, () => expect(parseSizeBytes(text)).toBe(bytes));

for (const text of ['', '5', 's', '-5s', '5S', '1e3s', '5 minutes', '5m 3s', '٣s', 'constructor', '5toString']) {
  test(`"${text}" is neither a duration nor a size`, () => {
    expect([parseDurationMs(text), parseSizeBytes(text)]).toEqual([Number.NaN, Number.NaN]);
  });
}

for (const [word, meant] of [
  ['prot', 'port'],
  ['PORT', 'port'],
  ['hots', 'host'],
  ['ingestt', 'ingest'],
  ['sampelrate', 'sampleRate'],
] as const) {
  test(`${word} is probably ${meant}`, () => {
    expect(didYouMean(word, ['ingest', 'port', 'host', 'sampleRate'])).toBe(` Did you mean "${meant}"?`);
  });
}

test('nothing is suggested when nothing is close', () => {
  expect(didYouMean('zzzz', ['port', 'host'])).toBe('');
  expect(didYouMean('z'.repeat(10_000), ['port'])).toBe('');
});
