import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logsOfJson, spansOfJson } from '../../collector/receivers/otlp-json.ts';
import { logsOfProtobuf, spansOfProtobuf } from '../../collector/receivers/otlp-protobuf.ts';
import { encode, logsRequest, traceRequest } from './otlp-proto.ts';

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'));
const nanoseconds = fc.bigInt({ min: 0n, max: 4_102_444_800_000_000_000n }).map(String);
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }).map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.integer().map((intValue) => ({ intValue })),
    fc.maxSafeInteger().map((value) => ({ intValue: String(value) })),
    fc.double().map((doubleValue) => ({ doubleValue })),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc.array(tie('pair'), { maxLength: 3 }).map((values) => ({ kvlistValue: { values } })),
    fc.constant({}),
  ),
  pair: fc.record({ key: fc.string(), value: tie('value') }),
}));
const attributes = fc.array(anyValue.pair, { maxLength: 4 });
const resource = fc.record({ attributes });
const span = fc.record({
  traceId: fc.oneof(hex(16), fc.constant('0'.repeat(32)), fc.constant('')),
  spanId: fc.oneof(hex(8), fc.constant('')),
  parentSpanId: hex(8),
  traceState: fc.string(),
  name: fc.string(),
  kind: fc.integer({ min: 0, max: 5 }),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  droppedAttributesCount: fc.nat(),
  events: fc.array(
    fc.record({ timeUnixNano: nanoseconds, name: fc.string(), attributes, droppedAttributesCount: fc.nat() }),
    { maxLength: 3 },
  ),
  links: fc.array(fc.record({ traceId: hex(16), spanId: hex(8), traceState: fc.string(), attributes }), {
    maxLength: 2,
  }),
  status: fc.record({ message: fc.string(), code: fc.integer({ min: 0, max: 2 }) }),
  flags: fc.nat(),
});
const log = fc.record({
  timeUnixNano: nanoseconds,
  observedTimeUnixNano: nanoseconds,
  severityNumber: fc.integer({ min: 0, max: 24 }),
  severityText: fc.string(),
  body: anyValue.value,
  attributes,
  flags: fc.nat(),
  traceId: hex(16),
  spanId: hex(8),
  eventName: fc.string(),
});

const scope = fc.record({ name: fc.string(), version: fc.string(), attributes });
const traces = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource,
      scopeSpans: fc.array(fc.record({ scope, spans: fc.array(span, { maxLength: 4 }), schemaUrl: fc.string() }), {
        maxLength: 3,
      }),
      schemaUrl: fc.string(),
    }),
    { maxLength: 3 },
  ),
});
const logs = fc.record({
  resourceLogs: fc.array(
    fc.record({
      resource,
      scopeLogs: fc.array(fc.record({ scope, logRecords: fc.array(log, { maxLength: 4 }) }), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
});

test('spans read the same from protobuf, written by a library, and from JSON', () => {
  fc.assert(
    fc.property(traces, (request) => {
      expect(spansOfProtobuf(encode(traceRequest, request))).toEqual(spansOfJson(request));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('log records read the same from protobuf and from JSON', () => {
  fc.assert(
    fc.property(logs, (request) => {
      expect(logsOfProtobuf(encode(logsRequest, request))).toEqual(logsOfJson(request));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('snake_case names read as camelCase ones', () => {
  const snake = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(snake);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        snake(entry),
      ]),
    );
  };
  fc.assert(
    fc.property(traces, logs, (spans, records) => {
      expect(spansOfJson(snake(spans))).toEqual(spansOfJson(spans));
      expect(logsOfJson(snake(records))).toEqual(logsOfJson(records));
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('a real snake_case request of another collector is read', () => {
  const text = readFileSync(new URL('../fixtures/senders/fluentbit-snake-case.otlp.json', import.meta.url), 'utf8');
  const batches = logsOfJson(JSON.parse(text)) ?? [];
  const records = batches.flatMap((batch) => batch.records);
  expect(records.length).toBeGreaterThan(2);
  expect(records[0]).toMatchObject({ timeMs: 1_650_917_400_000, body: 'This is an example log message.' });
  expect(batches[0]?.resource.get('service.name')).toBe('example-service');
});

describe('spellings of JSON', () => {
  const one = (fields: object) =>
    spansOfJson({ resourceSpans: [{ scopeSpans: [{ spans: [fields] }] }] })?.[0]?.records[0];
  for (const [name, fields, expected] of [
    ['kind as its name', { kind: 'SPAN_KIND_CLIENT' }, { kind: 3 }],
    ['status as its name', { status: { code: 'STATUS_CODE_ERROR' } }, { isError: true }],
    ['nanoseconds as a number', { startTimeUnixNano: 1_795_295_796_802_000_000 }, { startMs: 1_795_295_796_802 }],
    ['nanoseconds as text', { startTimeUnixNano: '1795295796802000000' }, { startMs: 1_795_295_796_802 }],
    [
      'ids in upper case',
      { traceId: 'C485FB8B06C34872846419285EEE9CE9' },
      { traceId: 'c485fb8b06c34872846419285eee9ce9' },
    ],
    ['ids that are none', { traceId: 'xyz', spanId: 7 }, { traceId: '', spanId: '' }],
    ['unknown fields', { newField: { a: 1 }, name: 'n' }, { name: 'n' }],
    ['wrong types', { name: 5, attributes: {}, events: 'x', status: 1 }, { name: '', events: [], isError: false }],
  ] as const) {
    test(name, () => expect(one(fields)).toMatchObject(expected));
  }

  for (const [name, request] of [
    ['a list', []],
    ['text', 'x'],
    ['nothing', null],
    ['resourceSpans that are no list', { resourceSpans: {} }],
  ] as const) {
    test(`${name} is no request`, () => expect(spansOfJson(request)).toBeNull());
  }

  test('an empty request is one', () => expect([spansOfJson({}), logsOfJson({})]).toEqual([[], []]));

  test('records that are none are counted', () => {
    const request = { resourceSpans: [{ scopeSpans: [{ spans: [1, {}, null] }] }, 5] };
    expect(spansOfJson(request)?.map(({ records, malformed }) => [records.length, malformed])).toEqual([
      [1, 2],
      [0, 0],
    ]);
  });

  test('values nested without end are cut off, alike in both encodings', () => {
    // By hand: the library does not write what is nested this deeply.
    const wrap = (field: number, inner: Buffer): Buffer => {
      const length = inner.length < 128 ? [inner.length] : [(inner.length & 0x7f) | 0x80, inner.length >> 7];
      return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), inner]);
    };
    let json: object = { stringValue: 'deep' };
    let protobuf = wrap(1, Buffer.from('deep'));
    for (let i = 0; i < 60; i++) {
      json = { arrayValue: { values: [json] } };
      protobuf = wrap(5, wrap(1, protobuf));
    }
    const fromJson = logsOfJson({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: json }] }] }] });
    expect(logsOfProtobuf(wrap(1, wrap(2, wrap(2, wrap(5, protobuf)))))).toEqual(fromJson);
    expect(JSON.stringify(fromJson?.[0]?.records[0]?.body)).toBe('['.repeat(17) + ']'.repeat(17));
  });
});

describe('protobuf that is none', () => {
  const good = encode(traceRequest, {
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: 'c485fb8b06c34872846419285eee9ce9',
                name: 'session',
                attributes: [{ key: 'a', value: { stringValue: 'b' } }],
              },
            ],
          },
        ],
      },
    ],
  });

  test('every truncation is refused or is a shorter request, never an exception', () => {
    for (let length = 0; length < good.length; length++) {
      const read = spansOfProtobuf(good.subarray(0, length));
      expect(read === null || length === 0).toBe(true);
    }
  });

  for (const [name, bytes] of [
    ['a length beyond the end', [0x0a, 0x7f, 0x00]],
    ['a length beyond its parent', [0x0a, 0x04, 0x12, 0x7f, 0x00, 0x00]],
    ['an endless varint', [0x0a, ...new Array(12).fill(0xff)]],
    ['a group', [0x0b, 0x0c]],
    ['text', [...Buffer.from('resourceSpans: []')]],
  ] as const) {
    test(name, () => expect(spansOfProtobuf(Uint8Array.from(bytes))).toBeNull());
  }

  test('unknown fields are skipped', () => {
    const extra = Uint8Array.from([0xf8, 0x01, 0x07, 0x92, 0x4e, 0x02, 0x01, 0x02]);
    expect(spansOfProtobuf(Buffer.concat([good, extra]))).toEqual(spansOfProtobuf(good));
  });
});
