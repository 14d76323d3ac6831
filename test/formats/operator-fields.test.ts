import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLines, decoderOf, reportOf, toPlain } from './decoding.ts';

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'formats');
const HEAD = '203.0.113.9 - - [21/Nov/2026:20:58:46 +0000] "GET /seg-1.ts HTTP/1.1" 200 512 "-" "VLC/3.0"';
const TRACEPARENT = '00-f60841079b22482a96346cf0240767c2-a1da2b7c72e55b3b-01';

describe('fields behind a combined line are found', () => {
  for (const [what, fields, extras, expected] of [
    [
      'by their labels, in any order',
      ['rt=$request_time', 'rid=$request_id'],
      'rid=abc rt=0.250',
      { requestId: 'abc', durationMs: 250 },
    ],
    ['by their places', ['$request_time', '"$request_id"'], '0.250 "abc"', { requestId: 'abc', durationMs: 250 }],
    ['with braces around the variable', [['rt=$', '{request_time}'].join('')], 'rt=0.250', { durationMs: 250 }],
    [
      'with their escapes undone',
      ['s="$http_cmcd_session"'],
      's="sid=\\x22a b\\x22,cid=\\x22c\\x22"',
      { cmcd: { sid: 'a b', cid: 'c' } },
    ],
    [
      'among those nobody needs',
      ['ssl=$ssl_protocol', 'tp="$http_traceparent"'],
      `ssl=TLSv1.3 x=1 tp="${TRACEPARENT}"`,
      { parentSpanId: 'a1da2b7c72e55b3b' },
    ],
    [
      'absent where the log writes a dash',
      ['cs=$upstream_cache_status', 'rid=$request_id'],
      'cs=- rid=-',
      { cacheStatus: '', requestId: '' },
    ],
    ['complete or not', ['ok="$request_completion"'], 'ok="-"', { isComplete: false, errorType: 'client_abort' }],
    ['exact in time', ['$msec'], '1795294726.500', { startMs: 1795294726500, precisionMs: 1 }],
    [
      'with an equals sign inside a value',
      ['xff="$http_x_forwarded_for"', 'rid=$request_id'],
      'xff="a=b" rid=a=b',
      { requestId: 'a=b' },
    ],
  ] as const) {
    test(what, () =>
      expect(reportOf(decoderOf('nginx-combined', { fields: [...fields] }), `${HEAD} ${extras}`)).toMatchObject(
        expected,
      ),
    );
  }
});

describe('Apache directives', () => {
  for (const [field, value, expected] of [
    ['%D', '120500', { durationMs: 120.5 }],
    ['%{ms}T', '120', { durationMs: 120 }],
    ['%T', '2', { durationMs: 2000 }],
    ['%>X', 'X', { isComplete: false }],
    ['%O', '900', { totalBytes: 900 }],
    ['%v', 'v.example.com', { host: 'v.example.com' }],
    ['tp=%{TRACEPARENT}i', `tp=${TRACEPARENT}`, { traceId: 'f60841079b22482a96346cf0240767c2' }],
  ] as const) {
    test(`${field} is ${JSON.stringify(expected)}`, () =>
      expect(reportOf(decoderOf('apache-combined', { fields: [field] }), `${HEAD} ${value}`)).toMatchObject({
        startMs: Date.UTC(2026, 10, 21, 20, 58, 46),
        ...expected,
      }));
  }
});

test('fields of a real-time log are a set, read the same in every order', () => {
  const folder = join(FIXTURES, 'cloudfront-realtime');
  const { fields } = JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as { fields: string[] };
  const bytes = readFileSync(join(folder, 'input.log'));
  const read = (order: readonly string[]) =>
    JSON.stringify(
      decodeLines(decoderOf('cloudfront-realtime', { fields: order }), bytes).map(({ decoded, events }) => [
        decoded,
        events.map(toPlain),
      ]),
    );
  const expected = read(fields);
  fc.assert(
    fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), (shuffled) => {
      expect(read(shuffled)).toBe(expected);
    }),
    { seed: 1, numRuns: 20 },
  );
});

test('columns of a standard log are bound by name and read the same in every order', () => {
  const lines = readFileSync(join(FIXTURES, 'cloudfront-standard', 'input.log'), 'utf8').split('\n');
  const names = (lines[1] ?? '').replace('#Fields: ', '').split(' ');
  const rows = lines.slice(2, 21).map((line) => line.split('\t'));
  // The address list of one row is read otherwise only when the columns stand apart.
  const read = (order: readonly string[]) => {
    const text = [
      `#Fields: ${order.join(' ')}`,
      ...rows.map((row) => order.map((name) => row[names.indexOf(name)]).join('\t')),
    ];
    return JSON.stringify(
      decodeLines(decoderOf('cloudfront-standard'), Buffer.from(text.join('\n'))).map(({ events }) =>
        events.map(toPlain),
      ),
    );
  };
  const expected = read(names);
  fc.assert(
    fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (shuffled) => {
      expect(read(shuffled)).toBe(expected);
    }),
    { seed: 1, numRuns: 20 },
  );
});

test('keys of a JSON log are bound by name, whatever their order and spacing, and unknown keys change nothing', () => {
  const [first = ''] = readFileSync(join(FIXTURES, 'nginx-json', 'input.log'), 'utf8')
    .split('\n')
    .slice(4);
  const entries = Object.entries(JSON.parse(first) as Record<string, unknown>);
  const plain = (text: string, decoder = decoderOf('nginx-json')) => JSON.stringify(toPlain(reportOf(decoder, text)));
  const expected = plain(first);
  const decoder = decoderOf('nginx-json');
  fc.assert(
    fc.property(
      fc.shuffledSubarray(entries, { minLength: entries.length }),
      fc.constantFrom(0, 1, 2),
      fc.jsonValue(),
      (shuffled, spaces, extra) => {
        const object = Object.fromEntries([['unknown key', extra], ...shuffled]);
        const text = JSON.stringify(object, null, spaces).replaceAll('\n', ' ');
        // One decoder for all: the shape it remembers of one record must not spoil the next.
        expect(plain(text, decoder)).toBe(expected);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});
