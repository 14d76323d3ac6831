import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { LineSource } from '../../collector/receivers/sources.ts';
import { serversOfThisFile } from './server.ts';
import { lineSource, NOW } from './support.ts';

const startServer = serversOfThisFile();
const start = (...sources: LineSource[]) => startServer(sources);

const line = (path: string): string => JSON.stringify({ t: NOW, path });
const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');

describe('Amazon Data Firehose', () => {
  const auth = { kind: 'firehose', accessKey: 'key-1' } as const;
  const REQUEST_ID = 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f';
  const headers = (requestId = REQUEST_ID, accessKey = 'key-1') => ({
    'content-type': 'application/json',
    'x-amz-firehose-protocol-version': '1.0',
    'x-amz-firehose-request-id': requestId,
    'x-amz-firehose-access-key': accessKey,
  });
  const envelope = (records: readonly (string | Uint8Array)[], requestId = REQUEST_ID): string =>
    JSON.stringify({
      requestId,
      timestamp: 1600110760138,
      records: records.map((record) => ({ data: base64(record) })),
    });
  const cloudWatch = (messageType: string, messages: readonly string[]): Uint8Array =>
    gzipSync(
      JSON.stringify({
        messageType,
        owner: '1',
        logGroup: 'g',
        logStream: 's',
        logEvents: messages.map((message, id) => ({ id, timestamp: NOW, message })),
      }),
    );

  test('gets exactly 200 and its own id back', async () => {
    const { post, bus } = await start(lineSource('edge-a', { auth }));
    const answer = await post(
      '/v1/push/edge-a',
      envelope([`${line('/1')}\n`, `${line('/2')}\n${line('/3')}\n`]),
      headers(),
    );
    expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
      200,
      'application/json',
      { requestId: REQUEST_ID, timestamp: NOW },
    ]);
    expect(bus.paths).toEqual(['/1', '/2', '/3']);
  });

  test('may gzip the request and, inside, each record', async () => {
    const { post, bus } = await start(lineSource('edge-a', { auth }));
    const body = new Uint8Array(gzipSync(envelope([gzipSync(line('/1')), line('/2')])));
    expect((await post('/v1/push/edge-a', body, { ...headers(), 'content-encoding': 'gzip' })).status).toBe(200);
    expect(bus.paths).toEqual(['/1', '/2']);
  });

  test('carries CloudWatch subscriptions; control messages are no lines', async () => {
    const { post, bus, refused } = await start(lineSource('edge-a', { auth }));
    const body = envelope([
      cloudWatch('CONTROL_MESSAGE', ['CWL CONTROL MESSAGE: Checking health of destination']),
      cloudWatch('DATA_MESSAGE', [line('/1'), line('/2')]),
    ]);
    expect((await post('/v1/push/edge-a', body, headers())).status).toBe(200);
    expect([bus.paths, refused()]).toEqual([['/1', '/2'], {}]);
  });

  test('repeats a request under the same id: answered alike, stored once', async () => {
    const { post, bus, refused } = await start(lineSource('edge-a', { auth }));
    for (let i = 0; i < 3; i++) {
      const answer = await post('/v1/push/edge-a', envelope([line('/1')]), headers());
      expect([answer.status, await answer.json()]).toEqual([200, { requestId: REQUEST_ID, timestamp: NOW }]);
    }
    expect([bus.paths, refused()]).toEqual([['/1'], { 'edge-a duplicate_delivery': 2 }]);
  });

  test('a request that was turned away as full is new when it is repeated', async () => {
    const { post, bus } = await start(lineSource('edge-a', { auth }));
    bus.limit = 0;
    const answer = await post('/v1/push/edge-a', envelope([line('/1')]), headers());
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { requestId: REQUEST_ID, timestamp: NOW, errorMessage: expect.any(String) },
    ]);
    bus.limit = 10;
    await post('/v1/push/edge-a', envelope([line('/1')]), headers());
    expect(bus.paths).toEqual(['/1']);
  });

  test('a record that does not decode costs itself', async () => {
    const { post, bus, refused } = await start(lineSource('edge-a', { auth }));
    const broken = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(20, 1)]);
    expect(
      (await post('/v1/push/edge-a', envelope([line('/1'), broken, 'no json', line('/4')]), headers())).status,
    ).toBe(200);
    expect([bus.paths, refused()]).toEqual([['/1', '/4'], { 'edge-a bad_encoding': 1, 'edge-a not_json': 1 }]);
  });

  for (const [name, body, sent, status, reason] of [
    [
      'without its access key',
      envelope([line('/1')]),
      { ...headers(), 'x-amz-firehose-access-key': '' },
      401,
      'unauthorized',
    ],
    ['with a wrong access key', envelope([line('/1')]), headers(REQUEST_ID, 'key-2'), 401, 'unauthorized'],
    ['whose body has another id', envelope([line('/1')], 'other'), headers(), 400, 'bad_body'],
    ['whose body is no envelope', '[1]', headers(), 400, 'bad_body'],
    ['whose body does not inflate', '\x1f\x8b\x08 rubbish', headers(), 400, 'bad_body'],
  ] as const) {
    test(`a request ${name} is refused in Firehose’s words`, async () => {
      const { post, bus, refused } = await start(lineSource('edge-a', { auth }));
      const answer = await post('/v1/push/edge-a', new Uint8Array(Buffer.from(body, 'latin1')), sent);
      expect([answer.status, await answer.json()]).toEqual([
        status,
        { requestId: REQUEST_ID, timestamp: NOW, errorMessage: expect.stringContaining('edge-a') },
      ]);
      expect([bus.events, refused()]).toEqual([[], { [`edge-a ${reason}`]: 1 }]);
    });
  }
});
