import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eachRecord, eachRecordInTurns } from '../../collector/receivers/framing.ts';

function frame(body: string | Uint8Array, limit = 1000, stopAfter = Number.POSITIVE_INFINITY) {
  const records: string[] = [];
  const refused: string[] = [];
  const bytes = Buffer.from(body);
  const isWhole = eachRecord(bytes, 0, bytes.length, limit, {
    record: (block, start, end) => {
      if (records.length >= stopAfter) return false;
      records.push(Buffer.from(block.subarray(start, end)).toString('utf8'));
      return true;
    },
    refuse: (reason, block, start, end) =>
      refused.push(`${reason} ${Buffer.from(block.subarray(start, end)).toString('utf8')}`),
  });
  return { records, refused, isWhole };
}

describe('framing is found by looking', () => {
  for (const [name, body, records, refused = []] of [
    ['empty', '', []],
    ['blank', ' \r\n\n ', []],
    ['text lines', 'GET /a 200\nGET /b 200\n', ['GET /a 200', 'GET /b 200']],
    ['TSV lines keep their tabs', 'a\tb\t\nc\t\td\n', ['a\tb\t', 'c\t\td']],
    ['NDJSON', '{"a":1}\n{"a":2}\n', ['{"a":1}', '{"a":2}']],
    ['NDJSON with CRLF and a mark', '\ufeff{"a":1}\r\n{"a":2}\r\n', ['{"a":1}', '{"a":2}']],
    ['one object', '{"a":1}', ['{"a":1}']],
    ['one object over lines', '{\n "a": 1\n}\n', ['{\n "a": 1\n}']],
    ['a JSON array', '[{"a":1},{"a":[2,{"b":"]"}]}]', ['{"a":1}', '{"a":[2,{"b":"]"}]}']],
    ['a pretty JSON array', '[\n  {"a":1},\n  {"a":2}\n]\n', ['{"a":1}', '{"a":2}']],
    ['an empty array', '[]', []],
    ['an array of lines', '["GET \\"a\\"","two\\nlines"]', ['GET "a"', 'two', 'lines']],
    ['records in an envelope', '{"time":1,"records":[{"a":1},{"a":2}]}', ['{"a":1}', '{"a":2}']],
    ['events in an envelope', '{"events": [ {"a":1} ] }', ['{"a":1}']],
    ['records that are no list are a record', '{"records":5}', ['{"records":5}']],
    ['objects one after the other', '{"a":1}{"a":2} {"a":3}', ['{"a":1}', '{"a":2}', '{"a":3}']],
    ['pretty objects one after the other', '{\n"a":1\n}\n{\n"a":2\n}', ['{\n"a":1\n}', '{\n"a":2\n}']],
    ['a bad line among NDJSON', '{"a":1}\n{"a":\n{"a":3}\n', ['{"a":1}', '{"a":', '{"a":3}']],
    ['a bad first line of NDJSON', '{"a":{\n{"a":2}\n{"a":3}\n', ['{"a":{', '{"a":2}', '{"a":3}']],
    ['an open quote in the first line', '{"a":"x\n{"a":2}\n', ['{"a":"x', '{"a":2}']],
    ['a bad element of an array', '[{"a":1},{bad},{"a":3}]', ['{"a":1}', '{bad}', '{"a":3}']],
    ['an array cut off', '[{"a":1},{"a":2', ['{"a":1}'], ['not_json {"a":2']],
    ['an array with rubbish in it', '[{"a":1} {"a":2}]', ['{"a":1}'], ['not_json {"a":2}]']],
    ['text logs in brackets', '[21/Nov/2026] GET\n[21/Nov/2026] PUT\n', ['[21/Nov/2026] GET', '[21/Nov/2026] PUT']],
    ['a quote with an escape', '{"a":"\\"}\\\\"}\n{"a":2}', ['{"a":"\\"}\\\\"}', '{"a":2}']],
  ] as [string, string, string[], string[]?][]) {
    test(name, () => expect(frame(body)).toEqual({ records, refused, isWhole: true }));
  }

  test('a record over the limit is refused alone', () => {
    const long = `{"a":"${'x'.repeat(50)}"}`;
    expect(frame(`[{"a":1},${long},{"a":3}]`, 40)).toEqual({
      records: ['{"a":1}', '{"a":3}'],
      refused: [`too_long ${long}`],
      isWhole: true,
    });
  });

  for (const body of ['a\nb\nc', '["a","b","c"]', '{"a":1}{"b":1}{"c":1}', '{"records":[{},{},{}]}']) {
    test(`a full sink stops ${body}`, () => {
      const { records, refused, isWhole } = frame(body, 100, 2);
      expect([records.length, refused, isWhole]).toEqual([2, [], false]);
    });
  }
});

test('records come out of any framing as they went in', () => {
  const record = fc
    .dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, maxKeys: 4 })
    .filter((value) => !('records' in value) && !('events' in value));
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), (values) => {
      const texts = values.map((value) => JSON.stringify(value));
      const framings = [
        texts.join('\n'),
        `${texts.join('\r\n')}\r\n`,
        `[${texts.join(',')}]`,
        JSON.stringify(values, null, 2),
        `{"records":[${texts.join(' , ')}]}`,
        `{"meta":{"events":3},"events":[${texts.join(',\n')}]}`,
        texts.join(''),
        values.map((value) => JSON.stringify(value, null, 2)).join('\n'),
      ];
      for (const body of framings) {
        const { records, refused } = frame(body, 1e6);
        expect(refused).toEqual([]);
        // As JSON gives them back: it knows no negative zero.
        expect(records.map((text) => JSON.parse(text))).toEqual(texts.map((text) => JSON.parse(text)));
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('a large body of lines is read in turns, a large array at once, both whole', async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => JSON.stringify({ i, filler: 'x'.repeat(150) }));
  for (const [body, turns] of [
    [lines.join('\n'), 3],
    [`[${lines.join(',')}]`, 0],
    [lines.slice(0, 10).join('\n'), 0],
  ] as const) {
    let [records, pauses] = [0, 0];
    const bytes = Buffer.from(body);
    const sink = { record: () => ++records > 0, refuse: () => expect.unreachable() };
    const isWhole = await eachRecordInTurns(bytes, 1000, sink, async () => {
      pauses += 1;
    });
    expect([isWhole, records, pauses]).toEqual([true, body.includes('"i":59999') ? 60_000 : 10, turns]);
  }
});

test('a sink that stops in a later turn stops there', async () => {
  const bytes = Buffer.from(`${'x'.repeat(99)}\n`.repeat(100_000));
  let records = 0;
  const sink = { record: () => ++records < 50_000, refuse: () => expect.unreachable() };
  expect([await eachRecordInTurns(bytes, 1000, sink, async () => {}), records]).toEqual([false, 50_000]);
});
