import { connect } from 'node:net';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { serversOfThisFile } from './server.ts';
import { lineSource, NOW } from './support.ts';

const start = serversOfThisFile();

const LINE = JSON.stringify({ t: NOW, path: '/a', sid: 's' });

describe('bodies', () => {
  for (const [name, encode, encoding] of [
    ['plain', (body: string) => Buffer.from(body), ''],
    ['gzip', gzipSync, 'gzip'],
    ['gzip that does not say so', gzipSync, ''],
    ['gzip in upper case', gzipSync, 'GZIP'],
    ['x-gzip', gzipSync, 'x-gzip'],
    ['a gzip file sent with Content-Encoding: gzip', (body: string) => gzipSync(gzipSync(body)), 'gzip'],
    ['gzip, gzip', (body: string) => gzipSync(gzipSync(body)), 'gzip, gzip'],
    [
      'two gzip members',
      (body: string) => Buffer.concat([gzipSync(body.slice(0, 9)), gzipSync(body.slice(9))]),
      'gzip',
    ],
    ['deflate', deflateSync, 'deflate'],
    ['raw deflate', deflateRawSync, 'deflate'],
    ['brotli', brotliCompressSync, 'br'],
    ['zstd', zstdCompressSync, 'zstd'],
    ['zstd that does not say so', zstdCompressSync, ''],
    ['plain that claims to be gzip', (body: string) => Buffer.from(body), 'gzip'],
    ['identity', (body: string) => Buffer.from(body), 'identity'],
  ] as const) {
    test(`${name} is read`, async () => {
      const { post, bus } = await start([lineSource('edge-a')]);
      const headers: Record<string, string> = encoding === '' ? {} : { 'content-encoding': encoding };
      const answer = await post('/v1/push/edge-a', new Uint8Array(encode(LINE)), headers);
      expect([answer.status, bus.paths]).toEqual([200, ['/a']]);
    });
  }

  for (const [name, body, encoding, status, code] of [
    ['gzip that breaks off', gzipSync(LINE).subarray(0, 20), 'gzip', 400, 'bad_body'],
    [
      'gzip with rubbish inside',
      Buffer.concat([gzipSync(LINE).subarray(0, 12), Buffer.alloc(30, 7)]),
      'gzip',
      400,
      'bad_body',
    ],
    ['an encoding nobody knows', Buffer.from(LINE), 'snappy', 415, 'unsupported_encoding'],
    [
      'four layers of gzip',
      [1, 2, 3, 4].reduce((inner) => gzipSync(inner), Buffer.from(LINE)),
      'gzip',
      413,
      'too_large',
    ],
    ['more bytes than allowed', Buffer.alloc((8 << 20) + 1, 0x20), '', 413, 'too_large'],
    ['more bytes than allowed once inflated', gzipSync(Buffer.alloc(33 << 20, LINE)), 'gzip', 413, 'too_large'],
  ] as const) {
    test(`${name} is ${status}, and says whose and why`, async () => {
      const { post, bus, refused, budget } = await start([lineSource('edge-a')]);
      const headers: Record<string, string> = encoding === '' ? {} : { 'content-encoding': encoding };
      const answer = await post('/v1/push/edge-a', new Uint8Array(body), headers);
      expect([answer.status, await answer.json()]).toEqual([
        status,
        { code, message: expect.stringContaining('edge-a') },
      ]);
      expect([bus.events, refused()]).toEqual([[], { [`edge-a ${code}`]: 1 }]);
      expect(budget.heldBytes).toBe(0);
    });
  }

  test('a chunked body over the limit is cut off', async () => {
    const { url, refused } = await start([lineSource('edge-a')]);
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        sent += 1;
        if (sent > 200) controller.close();
        else controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    const answer = await fetch(`${url}/v1/push/edge-a`, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect([answer.status, refused()]).toEqual([413, { 'edge-a too_large': 1 }]);
  });

  test('a 50 MB bomb is refused before it is inflated', async () => {
    const bomb = await gzipOf(50 << 20);
    expect(bomb.length).toBeLessThan(60_000);
    const { post, refused, budget } = await start([lineSource('edge-a')], { budgetBytes: 12 << 20 });
    for (let i = 0; i < 5; i++) {
      const answer = await post('/v1/push/edge-a', bomb, { 'content-encoding': 'gzip' });
      expect([answer.status, await answer.json()]).toEqual([
        413,
        { code: 'too_large', message: expect.stringContaining('edge-a') },
      ]);
    }
    // The budget it passed under is all the memory it could take.
    expect([refused(), budget.heldBytes]).toEqual([{ 'edge-a too_large': 5 }, 0]);
  });

  for (const [encoding, encode] of [
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
  ] as const) {
    test(`a bomb in ${encoding} as well`, async () => {
      const { post, refused, budget } = await start([lineSource('edge-a')], { budgetBytes: 12 << 20 });
      const bomb = new Uint8Array(encode(Buffer.alloc(20 << 20)));
      expect((await post('/v1/push/edge-a', bomb, { 'content-encoding': encoding })).status).toBe(413);
      expect([refused(), budget.heldBytes]).toEqual([{ 'edge-a too_large': 1 }, 0]);
    });
  }

  test('three layers of compression are undone, a fourth is an attack', async () => {
    const { post, bus, refused } = await start([lineSource('edge-a')]);
    const line = Buffer.from(JSON.stringify({ t: NOW, path: '/1' }));
    const layered = (layers: number): Uint8Array<ArrayBuffer> =>
      new Uint8Array(layers === 0 ? line : gzipSync(layered(layers - 1)));
    expect((await post('/v1/push/edge-a', layered(3))).status).toBe(200);
    expect((await post('/v1/push/edge-a', layered(4))).status).toBe(413);
    expect([bus.paths, refused()]).toEqual([['/1'], { 'edge-a too_large': 1 }]);
  });

  test('a bomb posted to players’ endpoints is dropped and counted, and nobody retries', async () => {
    const bomb = await gzipOf(50 << 20);
    const { post, refused } = await start();
    for (const path of ['/v1/cmcd', '/v1/beacon', '/v1/faro']) {
      expect((await post(path, bomb, { 'content-encoding': 'gzip' })).status).toBe(204);
    }
    expect(refused()).toEqual({ 'player too_large': 3 });
  });

  test('bodies that do not fit in memory together wait at the sender', async () => {
    const { post, bus } = await start([lineSource('edge-a')], { budgetBytes: 4 << 20 });
    const answer = await post('/v1/push/edge-a', new Uint8Array(5 << 20));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await post('/v1/push/edge-a', LINE)).status).toBe(200);
    expect(bus.paths).toEqual(['/a']);
  });

  test('a sender that goes away in the middle costs nothing', async () => {
    const { port, refused, budget, post } = await start([lineSource('edge-a')]);
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('POST /v1/push/edge-a HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf', () =>
          socket.destroy(),
        );
        socket.on('close', () => resolve());
      });
    });
    await vi.waitFor(() => expect([refused(), budget.heldBytes]).toEqual([{ 'edge-a aborted': 1 }, 0]));
    expect((await post('/v1/push/edge-a', LINE)).status).toBe(200);
  });
});

async function gzipOf(length: number): Promise<Uint8Array<ArrayBuffer>> {
  const gzip = createGzip({ level: 9 });
  const block = Buffer.alloc(1 << 20);
  for (let at = 0; at < length; at += block.length) gzip.write(block);
  gzip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of gzip) chunks.push(chunk as Buffer);
  return new Uint8Array(Buffer.concat(chunks));
}
