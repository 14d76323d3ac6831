import { expect, test } from 'vitest';
import { interpretResponse, retryAfterMs } from '../../collector/exporters/otlp-response.ts';
import { ExportResponse } from './otlp-proto.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const NONE = new Uint8Array();

for (const [status, outcome] of [
  [200, 'accepted'],
  [202, 'accepted'],
  [301, 'refused'],
  [400, 'refused'],
  [401, 'refused'],
  [404, 'refused'],
  [408, 'busy'],
  [413, 'refused'],
  [429, 'busy'],
  [500, 'busy'],
  [501, 'refused'],
  [502, 'busy'],
  [503, 'busy'],
  [504, 'busy'],
  [0, 'refused'],
] as const)
  test(`HTTP ${status} is ${outcome}`, () => {
    expect(interpretResponse(status, {}, NONE, NOW_MS).outcome).toBe(outcome);
  });

for (const [header, expected] of [
  ['5', 5000],
  [' 120 ', 120_000],
  ['0', 0],
  ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
  ['-5', Number.NaN],
  ['1.5', Number.NaN],
  ['soon', Number.NaN],
  ['Infinity', Number.NaN],
  ['', Number.NaN],
  [undefined, Number.NaN],
] as const)
  test(`Retry-After ${String(header)}`, () => expect(retryAfterMs(header, NOW_MS)).toBe(expected));

test('reads the message of a google.rpc.Status and keeps it to one short line', () => {
  const text = `bad\n\u2028\u202espan ${'x'.repeat(500)}`;
  const body = Buffer.concat([Buffer.from([0x12, 0x9d, 0x04]), Buffer.from(text)]);
  body[1] = 0x80 | ((body.length - 3) & 0x7f);
  const result = interpretResponse(400, { 'content-type': 'application/x-protobuf' }, body, NOW_MS);
  expect(result).toMatchObject({ outcome: 'refused' });
  expect(result.reason).toMatch(/^HTTP 400: bad span x{50,200}$/);
});

test('survives 100,000 mutated bodies', () => {
  const samples = [
    Buffer.from(ExportResponse.encode({ partialSuccess: { rejectedSpans: 3, errorMessage: 'too old' } }).finish()),
    Buffer.from('{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}'),
    Buffer.from([0x08, 0x03, 0x12, 0x05, 0x68, 0x65, 0x6c, 0x6c, 0x6f]),
    Buffer.from('{"__proto__":{"rejectedSpans":1},"message":{}}'),
  ];
  const types = ['application/x-protobuf', 'application/json', 'text/plain', ''];
  let state = 20_261_121;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 100_000; round += 1) {
    const body = Buffer.from(samples[random(samples.length)] ?? NONE).subarray(0, 1 + random(80));
    for (let change = random(4); change > 0; change -= 1) body[random(body.length)] = random(256);
    const status = random(2) === 0 ? 200 : 400;
    const result = interpretResponse(status, { 'content-type': types[random(4)] ?? '' }, body, NOW_MS);
    if (result.outcome === 'accepted') {
      if (!(result.rejectedSpans >= 0)) throw new Error(`rejected ${result.rejectedSpans}`);
    } else if (!/^HTTP 400(: [^\n\r]*)?$/u.test(result.reason)) throw new Error(JSON.stringify(result));
  }
});
