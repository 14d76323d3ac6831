import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { LineSource } from '../../collector/receivers/sources.ts';
import { serversOfThisFile } from './server.ts';
import { lineSource, NOW, source } from './support.ts';

const startServer = serversOfThisFile();
const start = (...sources: LineSource[]) => startServer(sources);

const line = (path: string): string => JSON.stringify({ t: NOW, path });
const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const edge = lineSource('edge-a');

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
