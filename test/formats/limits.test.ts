import { expect, test } from 'vitest';
import { UnknownCacheWords, unknownCacheWords } from '../../collector/formats/cache-status.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import { ByteBlock } from '../../collector/formats/parse/byte-block.ts';
import { ByteInterner } from '../../collector/formats/parse/byte-interner.ts';
import { decodeLines, decoderOf, reportOf } from './decoding.ts';

test.each([...FORMATS.keys()])('%s refuses an empty line and one longer than 64 KiB', (name) => {
  const decoder = decoderOf(name, name === 'cloudfront-standard' ? { fields: ['date', 'time', 'cs-uri-stem'] } : {});
  const decodedOf = (text: string) => decodeLines(decoder, Buffer.from(text))[0]?.decoded;
  expect(decodedOf('\r\n')).toBe('empty');
  expect(decodedOf('x'.repeat(65_537))).toBe('too_long');
  expect(decodedOf('x'.repeat(65_536))).not.toBe('too_long');
});

test('CloudFront lines without a #Fields header are refused, unless the source names the fields', () => {
  const line = '2026-11-21\t18:00:00\t/a.m4s';
  expect(decodeLines(decoderOf('cloudfront-standard'), Buffer.from(line))[0]?.decoded).toBe('no_fields_header');
  const fields = ['date', 'time', 'cs-uri-stem'];
  expect(reportOf(decoderOf('cloudfront-standard', { fields }), line)).toMatchObject({ path: '/a.m4s' });
});

test('a byte order mark and a carriage return are not part of a line', () => {
  const line = `\ufeff{"ts":1795294517.174,"uri":"/a.m4s","status":200,"method":"GET"}\r`;
  expect(reportOf(decoderOf('nginx-json'), line)).toMatchObject({ path: '/a.m4s', status: 200 });
});

test('numbers that cannot be are absent', () => {
  const line = '{"ts":1795294517.174,"uri":"/a.m4s","status":99999,"request_time":-1,"body_bytes_sent":"many"}';
  const report = reportOf(decoderOf('nginx-json'), line);
  expect([report.status, report.durationMs, report.bodyBytes]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test('a time outside this century is refused', () => {
  for (const ts of ['5', '99999999999']) {
    const line = `{"ts":${ts},"uri":"/a.m4s","status":200}`;
    expect(decodeLines(decoderOf('nginx-json'), Buffer.from(line))[0]?.decoded).toBe('bad_time');
  }
});

test('unknown cache words are counted by provider, and boundedly', () => {
  const line = '{"ts":1795294517.174,"uri":"/a.m4s","status":200,"cache_status":"SIDEWAYS"}';
  expect(reportOf(decoderOf('nginx-json'), line)).toMatchObject({ cacheStatus: 'unknown', cacheStatusRaw: 'SIDEWAYS' });
  expect([...unknownCacheWords.counts()]).toContainEqual({
    provider: 'nginx',
    word: 'SIDEWAYS',
    count: expect.any(Number),
  });
  const shy = new UnknownCacheWords(3);
  for (const raw of ['198.51.100.7', 'a=b&token=geheim', 'x'.repeat(64), 'New_Word-2']) shy.add('nginx', raw);
  expect([...shy.counts()]).toEqual([
    { provider: 'nginx', word: 'other', count: 3 },
    { provider: 'nginx', word: 'New_Word-2', count: 1 },
  ]);
  const words = new UnknownCacheWords(3);
  for (let i = 0; i < 10; i++) words.add('nginx', `word ${i}`);
  expect(Array.from(words.counts(), ({ word, count }) => [word, count])).toEqual([
    ['word 0', 1],
    ['word 1', 1],
    ['word 2', 1],
    ['other', 7],
  ]);
});

test('an interner shares strings, gives the right one under any load, and holds no more than its limit', () => {
  const interner = new ByteInterner(64);
  const block = new ByteBlock();
  const wrong: string[] = [];
  for (let i = 0; i < 15_000; i++) {
    const text = 'x'.repeat(i % 20) + String(i % 5_000);
    const bytes = Buffer.from(`<${text}>`);
    block.use(bytes);
    if (interner.text(block, 1, bytes.length - 1) !== text) wrong.push(text);
  }
  expect(wrong).toEqual([]);
  expect(interner.size).toBe(64);
});

test('bytes that are not UTF-8 are read as latin1', () => {
  const line = Buffer.concat([
    Buffer.from('{"ts":1795294517.174,"uri":"/'),
    Buffer.from([0xa4, 0xa4]),
    Buffer.from('.ts","status":200,"host":"h\\u00e9\\ud83d\\ude00"}'),
  ]);
  expect(reportOf(decoderOf('nginx-json'), line)).toMatchObject({ path: '/%C2%A4%C2%A4.ts', host: 'hé😀' });
});
