import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encode, traceRequest, traceResponse } from './otlp-proto.ts';
import { traces } from './otlp-requests.ts';
import { serversOfThisFile } from './server.ts';

const start = serversOfThisFile();

describe('POST /v1/traces', () => {
  const good = traces({ name: 'stall', attributes: { 'session.id': 's1' } }, { name: 'documentLoad' });
  const bad = traces(
    { name: 'stall', attributes: { 'session.id': 's1' }, from: 0 },
    { name: 'stall', attributes: { 'session.id': 's1' } },
  );

  test('protobuf is answered in protobuf', async () => {
    const { post, bus, refused } = await start();
    const answer = await post('/v1/traces', encode(traceRequest, good), { 'content-type': 'application/x-protobuf' });
    const body = new Uint8Array(await answer.arrayBuffer());
    expect([answer.status, answer.headers.get('content-type'), body.length]).toEqual([
      200,
      'application/x-protobuf',
      0,
    ]);
    expect([bus.playerEvents.map((event) => event.name), refused()]).toEqual([
      ['state', 'state'],
      { 'player not_playback': 1 },
    ]);
  });

  test('gzipped JSON is answered in JSON', async () => {
    const { post, bus } = await start();
    const body = new Uint8Array(gzipSync(JSON.stringify(good)));
    const answer = await post('/v1/traces', body, {
      'content-type': 'application/json; charset=utf-8',
      'content-encoding': 'gzip',
    });
    expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
      200,
      'application/json',
      {},
    ]);
    expect(bus.events.length).toBe(2);
  });

  test('rejected spans are a partial success, in both encodings', async () => {
    const { post, bus, refused } = await start();
    const json = await post('/v1/traces', JSON.stringify(bad), { 'content-type': 'application/json' });
    expect([json.status, await json.json()]).toEqual([
      200,
      { partialSuccess: { rejectedSpans: '1', errorMessage: 'missing_time: 1' } },
    ]);
    const protobuf = await post('/v1/traces', encode(traceRequest, bad), { 'content-type': 'application/x-protobuf' });
    const decoded = traceResponse.decode(new Uint8Array(await protobuf.arrayBuffer()));
    expect(traceResponse.toObject(decoded, { longs: String })).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'missing_time: 1' },
    });
    expect([bus.events.length, refused()]).toEqual([4, { 'player missing_time': 2 }]);
  });

  for (const [type, body, status, answerType] of [
    ['application/json', '{"resourceSpans":', 400, 'application/json'],
    ['application/json', '[]', 400, 'application/json'],
    ['application/x-protobuf', 'rubbish', 400, 'application/x-protobuf'],
    ['text/plain', '{}', 415, 'application/json'],
    ['', '{}', 415, 'application/json'],
  ] as const) {
    test(`${type || 'no type'} with ${body} is ${status}`, async () => {
      const { post, refused, bus } = await start();
      const answer = await post(
        '/v1/traces',
        new TextEncoder().encode(body),
        type === '' ? {} : { 'content-type': type },
      );
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, answerType]);
      expect([bus.events, Object.keys(refused())]).toEqual([
        [],
        [status === 415 ? 'player unsupported_type' : 'player bad_body'],
      ]);
      if (answerType === 'application/json')
        expect(await answer.json()).toEqual({ code: 3, message: expect.any(String) });
      else expect(Buffer.from(await answer.arrayBuffer()).toString('latin1')).toContain('not an OTLP traces request');
    });
  }

  test('a full bus is 503 with Retry-After', async () => {
    const { post, bus } = await start();
    bus.limit = 1;
    const answer = await post('/v1/traces', JSON.stringify(good), { 'content-type': 'application/json' });
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
      503,
      '5',
      { code: 14, message: expect.any(String) },
    ]);
  });

  test('a body too large is 413 in the sender’s encoding', async () => {
    const { post, refused } = await start();
    const answer = await post('/v1/traces', new Uint8Array(9 << 20), { 'content-type': 'application/x-protobuf' });
    expect([answer.status, answer.headers.get('content-type'), refused()]).toEqual([
      413,
      'application/x-protobuf',
      { 'player too_large': 1 },
    ]);
  });

  test('a relay says whose spans it passes on', async () => {
    const { post, bus } = await start();
    const resource = { 'client.address': '198.51.100.9', 'user_agent.original': 'Firefox/140' };
    const headers = { 'content-type': 'application/json', 'user-agent': 'OpenTelemetry Collector' };
    await post(
      '/v1/traces',
      JSON.stringify(
        traces(
          { name: 'stall', attributes: { 'session.id': 's1' }, resource },
          { name: 'stall', attributes: { 'session.id': 's2' } },
        ),
      ),
      headers,
    );
    expect(bus.playerEvents.map((event) => event.client?.deviceKey)).toEqual([
      'Firefox/140@198.51.100.9',
      'Firefox/140@198.51.100.9',
      'OpenTelemetry Collector@127.0.0.1',
      'OpenTelemetry Collector@127.0.0.1',
    ]);
  });
});
