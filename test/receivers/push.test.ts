import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { LineSource } from '../../collector/receivers/sources.ts';
import { startServer } from './server.ts';
import { lineSource, NOW, source, TestFieldsDecoder } from './support.ts';

type Started = Awaited<ReturnType<typeof startServer>>;
const open: Started[] = [];
afterEach(async () => {
  for (const { server } of open.splice(0)) await server.close();
});

async function start(...sources: LineSource[]): Promise<Started> {
  const started = await startServer(sources);
  open.push(started);
  return started;
}

const line = (path: string): string => JSON.stringify({ t: NOW, path });
const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const edge = lineSource('edge-a');
const tsv = lineSource('tsv', { createDecoder: () => new TestFieldsDecoder() });

describe('Cloudflare Logpush', () => {
  test('creates its job only if the test upload is accepted, and the test is no record', async () => {
    const { post, bus, refused } = await start(edge);
    const answer = await post('/v1/push/edge-a', new Uint8Array(gzipSync('{"content":"tests"}')), {
      'content-encoding': 'gzip',
    });
    expect([answer.status, bus.events, refused()]).toEqual([200, [], { 'edge-a not_playback': 1 }]);
  });

  test('sends gzipped NDJSON with whatever content type', async () => {
    const { post, bus } = await start(edge);
    const body = new Uint8Array(gzipSync(`${line('/1')}\n${line('/2')}\n`));
    const answer = await post('/v1/push/edge-a', body, { 'content-encoding': 'gzip', 'content-type': 'text/plain' });
    expect([answer.status, await answer.json(), bus.paths]).toEqual([200, { accepted: 2, rejected: 0 }, ['/1', '/2']]);
    expect(bus.flushes).toBe(1);
  });

  test('puts its secret into a header of the operator’s choice', async () => {
    const auth = { kind: 'header', header: 'X-CF-Secret', value: 'cf-secret' } as const;
    const { post, bus } = await start(lineSource('edge-a', { auth }));
    expect((await post('/v1/push/edge-a', line('/1'), { 'x-cf-secret': 'cf-secret' })).status).toBe(200);
    expect((await post('/v1/push/edge-a', line('/2'), { 'x-cf-secret': 'wrong' })).status).toBe(401);
    expect(bus.paths).toEqual(['/1']);
  });
});

test('Akamai DataStream 2 posts gzipped JSON lines with basic authentication', async () => {
  const { post, bus } = await start(
    lineSource('edge-a', { auth: { kind: 'basic', user: 'ds2', password: 'pass:word' } }),
  );
  const body = new Uint8Array(gzipSync(`${line('/1')}\n`));
  const headers = { 'content-encoding': 'gzip', authorization: `Basic ${base64('ds2:pass:word')}` };
  expect((await post('/v1/push/edge-a', body, headers)).status).toBe(200);
  expect(
    (await post('/v1/push/edge-a', body, { ...headers, authorization: `Basic ${base64('ds2:wrong')}` })).status,
  ).toBe(401);
  expect(bus.paths).toEqual(['/1']);
});

describe('Fastly', () => {
  test('is shown the hash of the services it may log for', async () => {
    const { url } = await start(edge);
    const answer = await fetch(`${url}/.well-known/fastly/logging/challenge`);
    const hash = createHash('sha256').update('service-1').digest('hex');
    expect([answer.status, await answer.text()]).toEqual([200, `${hash}\n*\n`]);
  });

  for (const [name, body] of [
    ['json_format 1, an array', new TextEncoder().encode(`[${line('/1')},${line('/2')}]`)],
    ['json_format 2, NDJSON', new TextEncoder().encode(`${line('/1')}\n${line('/2')}\n`)],
    ['zstd', new Uint8Array(zstdCompressSync(`${line('/1')}\n${line('/2')}\n`))],
  ] as const) {
    test(`puts ${name}`, async () => {
      const { post, bus } = await start(edge);
      expect((await post('/v1/push/edge-a', body, {}, 'PUT')).status).toBe(200);
      expect(bus.paths).toEqual(['/1', '/2']);
    });
  }
});

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

test('Google Pub/Sub pushes one log entry a message, with the token in the URL, and repeats what it likes', async () => {
  const { post, bus, refused } = await start(lineSource('media-cdn', { auth: { kind: 'bearer', token: 't1' } }));
  const body = (messageId: string, path: string): string =>
    JSON.stringify({
      message: { data: base64(line(path)), messageId, publishTime: '2026-11-21T20:58:46Z' },
      subscription: 'projects/p/subscriptions/s',
    });
  for (const [id, path] of [
    ['1', '/1'],
    ['2', '/2'],
    ['1', '/1'],
  ] as const) {
    expect((await post('/v1/push/media-cdn?token=t1', body(id, path))).status).toBe(200);
  }
  expect((await post('/v1/push/media-cdn?token=t2', body('3', '/3'))).status).toBe(401);
  expect([bus.paths, refused()]).toEqual([
    ['/1', '/2'],
    { 'media-cdn duplicate_delivery': 1, 'media-cdn unauthorized': 1 },
  ]);
});

test('Azure sends its records in an envelope', async () => {
  const { post, bus } = await start(edge);
  expect((await post('/v1/push/edge-a', `{"records":[${line('/1')},\n${line('/2')}]}`)).status).toBe(200);
  expect(bus.paths).toEqual(['/1', '/2']);
});

describe('Splunk HEC senders', () => {
  const source1 = lineSource('edge-a', { auth: { kind: 'bearer', token: 'hec-token' } });
  const headers = { authorization: 'Splunk hec-token' };
  for (const [name, path, body] of [
    [
      'events with raw lines',
      '/services/collector/event',
      `{"time":1,"event":${JSON.stringify(line('/1'))}}{"time":2,"event":${JSON.stringify(line('/2'))}}`,
    ],
    [
      'events with objects',
      '/services/collector',
      `{"time":1,"host":"h","event":${line('/1')}}\n{"event":${line('/2')},"time":2}`,
    ],
    ['raw lines', '/services/collector/raw', `${line('/1')}\n${line('/2')}\n`],
    ['events without the path', '', `{"time":1,"event":${line('/1')}}{"time":1,"event":${line('/2')}}`],
  ] as const) {
    test(`post ${name}`, async () => {
      const { post, bus } = await start(source1);
      const answer = await post(`/v1/push/edge-a${path}`, body, headers);
      expect([answer.status, await answer.json(), bus.paths]).toEqual([
        200,
        { text: 'Success', code: 0 },
        ['/1', '/2'],
      ]);
    });
  }
});

test('SRS gets the 0 without which it refuses the stream', async () => {
  const body = readFileSync(new URL('../fixtures/senders/srs-callbacks.ndjson', import.meta.url), 'utf8');
  const { post, refused } = await start(lineSource('srs', { source: source('srs', { format: 'srs-callback' }) }));
  const answer = await post('/v1/push/srs', body.split('\n')[0] ?? '');
  // The test decoder wants a time; that SRS is answered all the same is the point.
  expect([answer.status, await answer.text(), refused()]).toEqual([200, '0', { 'srs missing_time': 1 }]);
});

describe('headers of a log', () => {
  test('#Fields may change in the middle of an upload', async () => {
    const { post, bus, refused } = await start(tsv);
    const body = `#Version: 1.0\n#Fields: time path\n${NOW}\t/1\n#Fields: path time\n/2\t${NOW}\n/3\t${NOW}\n`;
    expect((await post('/v1/push/tsv', body)).status).toBe(200);
    expect([bus.paths, refused()]).toEqual([['/1', '/2', '/3'], {}]);
  });

  test('and hold for their own upload only', async () => {
    const { post, bus, refused } = await start(tsv);
    await post('/v1/push/tsv', `#Fields: time path\n${NOW}\t/1\n`);
    await post('/v1/push/tsv', `${NOW}\t/2\n`);
    expect([bus.paths, refused()]).toEqual([['/1'], { 'tsv no_fields_header': 1 }]);
  });
});

describe('bad input has its documented answer, and good lines are kept', () => {
  test('one bad line among good ones', async () => {
    const { post, bus, refused } = await start(edge);
    const answer = await post('/v1/push/edge-a', `${line('/1')}\nrubbish\n${line('/3')}\n{"path":"/4"}\n${line('/5')}`);
    expect([answer.status, await answer.json()]).toEqual([200, { accepted: 3, rejected: 2 }]);
    expect([bus.paths, refused()]).toEqual([['/1', '/3', '/5'], { 'edge-a missing_time': 1, 'edge-a not_json': 1 }]);
  });

  test('an unreadable body of text is all bad lines, not a bad request', async () => {
    const { post, refused } = await start(edge);
    const answer = await post('/v1/push/edge-a', new Uint8Array([0xff, 0xfe, 0x00, 0x0a, 0x80, 0x81]));
    expect([answer.status, await answer.json(), refused()]).toEqual([
      200,
      { accepted: 0, rejected: 2 },
      { 'edge-a not_json': 2 },
    ]);
  });

  test('a line over 64 KiB', async () => {
    const { post, bus, refused } = await start(edge);
    await post('/v1/push/edge-a', `${line('/1')}\n${'x'.repeat(70_000)}\n${line('/3')}`);
    expect([bus.paths, refused()]).toEqual([['/1', '/3'], { 'edge-a too_long': 1 }]);
  });

  for (const [name, path] of [
    ['a name nobody configured', '/v1/push/nobody'],
    ['no name', '/v1/push/'],
    ['a path behind the name', '/v1/push/edge-a/more'],
    ['a broken escape', '/v1/push/%E0%A4'],
    ['a name of objects', '/v1/push/__proto__'],
  ] as const) {
    test(`unknown source: ${name}`, async () => {
      const { post, refused } = await start(edge);
      const answer = await post(path, line('/1'));
      expect([answer.status, await answer.json()]).toEqual([
        404,
        { code: 'unknown_source', message: expect.any(String) },
      ]);
      expect(refused()).toEqual({ 'unknown unknown_source': 1 });
    });
  }

  for (const [name, auth, headers] of [
    ['no secret', { kind: 'bearer', token: 'right' }, {}],
    ['a wrong token', { kind: 'bearer', token: 'right' }, { authorization: 'Bearer wrong' }],
    ['the token without its scheme', { kind: 'bearer', token: 'right' }, { authorization: 'right' }],
    ['a longer token', { kind: 'bearer', token: 'right' }, { authorization: 'Bearer rightt' }],
    ['no secret configured by mistake', { kind: 'bearer', token: '' }, { authorization: 'Bearer ' }],
    ['broken basic authentication', { kind: 'basic', user: 'u', password: 'p' }, { authorization: 'Basic %%%' }],
  ] as const) {
    test(`wrong secret: ${name}`, async () => {
      const { post, bus, refused } = await start(lineSource('edge-a', { auth }));
      const answer = await post('/v1/push/edge-a', line('/1'), headers);
      expect([answer.status, await answer.json()]).toEqual([
        401,
        { code: 'unauthorized', message: expect.stringContaining('edge-a') },
      ]);
      expect([bus.events, refused()]).toEqual([[], { 'edge-a unauthorized': 1 }]);
    });
  }

  test('clocks that are years off are kept and counted', async () => {
    const { post, bus, ingest } = await start(edge);
    const at = (t: number): string => JSON.stringify({ t, path: '/x' });
    const day = 24 * 3_600_000;
    const times = [NOW, NOW + day, NOW + day + 1, NOW - 30 * day, NOW - 30 * day - 1, 86_400_000, 4e12];
    await post('/v1/push/edge-a', times.map(at).join('\n'));
    expect(bus.events.length).toBe(7);
    expect(ingest.counts.get('edge-a')).toMatchObject({ stored: 7, clockSuspect: 4 });
  });

  test('a full bus is 503 with Retry-After, and nothing is answered before it is stored', async () => {
    const { post, bus } = await start(edge);
    bus.limit = 1;
    const answer = await post('/v1/push/edge-a', `${line('/1')}\n${line('/2')}`);
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
      503,
      '5',
      { code: 'busy', message: expect.stringContaining('edge-a') },
    ]);
    expect(bus.flushes).toBe(1);
  });
});
