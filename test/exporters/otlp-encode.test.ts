import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeSpans, SpanBatch } from '../../collector/exporters/otlp-encode.ts';
import { otlpJson } from '../../collector/exporters/otlp-json.ts';
import { decodeRequest, ExportRequest } from './otlp-proto.ts';
import { anySpan, makeSpan, VERSION } from './spans.ts';

test('what the official definitions read from the bytes is what the JSON form says, for any spans', () => {
  fc.assert(
    fc.property(fc.array(anySpan, { maxLength: 12 }), (spans) => {
      expect(decodeRequest(encodeSpans(spans, VERSION))).toEqual(JSON.parse(otlpJson(spans, VERSION)));
    }),
    { numRuns: 400, seed: 20_261_121 },
  );
});

test('spans that share attributes with the one before are what they are alone, short and long ones', () => {
  const value = fc.constantFrom('', 'cloudfront', 'é', 0, -0, 1, 4.004, true, 'x'.repeat(150), 'y'.repeat(20_000));
  const attributes = fc.tuple(value, value, value, value).map((values) => {
    const names = ['session.id', 'cdn.ttfb', 'cdn.name', 'url.path'];
    return values.flatMap((it, i) => (it === '' ? [] : [[names[i]!, it] as const]));
  });
  const emitted = fc.record({ service: fc.constantFrom('edge-a', 'edge-b'), attributes });
  fc.assert(
    fc.property(fc.array(emitted, { maxLength: 12 }), (fields) => {
      const spans = fields.map(makeSpan);
      expect(decodeRequest(encodeSpans(spans, VERSION))).toEqual(JSON.parse(otlpJson(spans, VERSION)));
    }),
    { numRuns: 300, seed: 20_261_201 },
  );
});

test('no byte more than a protobuf library writes', () => {
  // Libraries leave out empty fields; we write a name and times always, so these are never empty here.
  const named = anySpan.map((span) => ({
    ...span,
    name: 'request',
    startMs: 1,
    endMs: 2,
    events: [],
    attributes: span.attributes.filter(([name]) => name !== ''),
    links: span.links.map((link) => ({ ...link, attributes: [] })),
  }));
  fc.assert(
    fc.property(fc.array(named, { maxLength: 4 }), (spans) => {
      const bytes = encodeSpans(spans, VERSION);
      expect(ExportRequest.encode(ExportRequest.decode(bytes)).finish().length).toBe(bytes.length);
    }),
    { numRuns: 300, seed: 20_261_121 },
  );
});

test('groups spans by emitter and tenant, in the order of their first span', () => {
  const spans = [
    makeSpan({ spanId: '0000000000000001', service: 'player' }),
    makeSpan({ spanId: '0000000000000002', service: 'edge-a' }),
    makeSpan({ spanId: '0000000000000003', service: 'player', tenant: 'other' }),
    makeSpan({ spanId: '0000000000000004', service: 'player' }),
  ];
  const { resourceSpans } = decodeRequest(encodeSpans(spans, VERSION));
  expect(resourceSpans.map(({ scopeSpans: [scope] }) => scope.spans.map((span) => span.spanId))).toEqual([
    ['0000000000000001', '0000000000000004'],
    ['0000000000000002'],
    ['0000000000000003'],
  ]);
  expect(resourceSpans[2]?.resource.attributes).toEqual([
    { key: 'service.name', value: { stringValue: 'player' } },
    { key: 'service.namespace', value: { stringValue: 'playpath' } },
    { key: 'playpath.tenant', value: { stringValue: 'other' } },
    { key: 'telemetry.sdk.name', value: { stringValue: 'playpath' } },
    { key: 'telemetry.sdk.language', value: { stringValue: 'nodejs' } },
    { key: 'telemetry.sdk.version', value: { stringValue: '0.1.0' } },
  ]);
  expect(resourceSpans[2]?.scopeSpans[0].scope).toEqual({ name: 'playpath', version: '0.1.0' });
});

test('an attribute keeps its number type when its value happens to be whole', () => {
  const [group] = decodeRequest(
    encodeSpans(
      [
        makeSpan({
          attributes: [
            ['cdn.ttfb', 1],
            ['http.response.status_code', 503],
          ],
        }),
      ],
      VERSION,
    ),
  ).resourceSpans;
  expect(group?.scopeSpans[0].spans[0]?.attributes).toEqual([
    { key: 'cdn.ttfb', value: { doubleValue: 1 } },
    { key: 'http.response.status_code', value: { intValue: '503' } },
  ]);
});

test('a batch knows its size, is empty after take, and serves again', () => {
  const batch = new SpanBatch(VERSION);
  for (let round = 0; round < 3; round += 1) {
    const spans = Array.from({ length: 500 }, (_, index) =>
      makeSpan({
        spanId: (round * 1000 + index).toString(16).padStart(16, '0'),
        service: `edge-${index % (round === 1 ? 90 : 3)}`,
      }),
    );
    for (const span of spans) batch.add(span);
    const { sizeBytes } = batch;
    expect(batch.spans).toBe(500);
    const bytes = batch.take();
    expect(Math.abs(bytes.length - sizeBytes)).toBeLessThanOrEqual(90 * 16);
    expect(decodeRequest(bytes)).toEqual(JSON.parse(otlpJson(spans, VERSION)));
    expect([batch.spans, batch.sizeBytes]).toEqual([0, 0]);
  }
});
