import fc from 'fast-check';
import type { Attributes, Span } from '../../collector/model/span.ts';

export const VERSION = '0.1.0';

/** A plausible request span; say what matters to the test. */
export function makeSpan(fields: Partial<Span> = {}): Span {
  return {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    parentSpanId: 'eee19b7ec3c1b173',
    name: 'request',
    kind: 'client',
    service: 'player',
    tenant: 'default',
    startMs: 1_763_764_800_000.25,
    endMs: 1_763_764_800_120.5,
    attributes: [],
    events: [],
    links: [],
    error: '',
    ...fields,
  };
}

const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: digits, maxLength: digits });
// `binary` units include lone surrogates; long strings cross the sizes of the length prefix.
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 300 }),
  fc.constantFrom('', '\ud800', '\ud800\ud800', 'a\udc00', '\ud83d\ude00', 'x'.repeat(127), 'x'.repeat(128)),
  fc.integer({ min: 100, max: 20_000 }).map((length) => 'é'.repeat(length)),
);
const number = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.integer(),
  fc.constantFrom(
    0,
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    -(2 ** 53),
    2 ** 63,
    2 ** 64,
    127,
    128,
    2 ** 28,
    2 ** 35,
  ),
);
const attributes: fc.Arbitrary<Attributes> = fc.array(
  fc.tuple(
    fc.oneof(text, fc.constant('cdn.ttfb')),
    fc.oneof(text, number, fc.boolean(), fc.array(text, { maxLength: 4 })),
  ),
  { maxLength: 8 },
);
const time = fc.oneof(
  fc.double({ min: 1.7e12, max: 1.9e12, noNaN: true }),
  fc.double(),
  fc.constantFrom(0, -1, Number.NaN, Infinity, 0.9999999, 18_446_744_073_708.9, 18_446_744_073_709.6),
);
// Ids are ours and well formed; a broken one must still not break the request it travels in.
const id = (digits: number) => fc.oneof({ weight: 9, arbitrary: hex(digits) }, { weight: 1, arbitrary: text });

export const anySpan: fc.Arbitrary<Span> = fc.record({
  traceId: id(32),
  spanId: id(16),
  parentSpanId: fc.oneof(fc.constant(''), id(16)),
  name: text,
  kind: fc.constantFrom('internal', 'server', 'client'),
  service: fc.constantFrom('player', 'edge-a', 'edge-b', '', 'ünïcode'),
  tenant: fc.constantFrom('default', 'other', 'a","b'),
  startMs: time,
  endMs: time,
  attributes,
  events: fc.array(fc.record({ name: text, timeMs: time, attributes }), { maxLength: 3 }),
  links: fc.array(fc.record({ traceId: id(32), spanId: id(16), attributes }), { maxLength: 3 }),
  error: text,
});
