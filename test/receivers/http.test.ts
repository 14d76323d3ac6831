import { connect } from 'node:net';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { Route } from '../../collector/receivers/route.ts';
import { startServer } from './server.ts';
import { lineSource, NOW } from './support.ts';

type Started = Awaited<ReturnType<typeof startServer>>;
const open: Started[] = [];
afterEach(async () => {
  for (const { server } of open.splice(0)) await server.close();
});

async function start(...options: Parameters<typeof startServer>): Promise<Started> {
  const started = await startServer(...options);
  open.push(started);
  return started;
}

const LINE = JSON.stringify({ t: NOW, path: '/a', sid: 's' });

/** Sends raw bytes and gives back everything until the server closes the connection. */
function raw(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', () => {});
    socket.write(request);
  });
}

describe('cross-origin rules', () => {
  test('a preflight allows what was asked for, for two hours', async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/v1/cmcd`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://site.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,idempotency-key,x-faro-session-id',
      },
    });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'content-type,idempotency-key,x-faro-session-id',
      'access-control-max-age': '7200',
    });
  });

  for (const requested of ['x'.repeat(2000), 'evil"><script>', '']) {
    test(`requested headers ${JSON.stringify(requested.slice(0, 20))} are not echoed`, async () => {
      const { url } = await start();
      const answer = await fetch(`${url}/v1/cmcd`, {
        method: 'OPTIONS',
        headers: { 'access-control-request-headers': requested },
      });
      expect(answer.headers.get('access-control-allow-headers')).toContain('x-faro-session-id');
      expect(answer.headers.get('access-control-allow-headers')).not.toContain('xxx');
      expect(answer.headers.get('access-control-allow-headers')).not.toContain('script');
    });
  }

  test('answers carry the origin and let Resource Timing see them', async () => {
    const { post } = await start();
    const answer = await post('/v1/beacon', '[]', { origin: 'https://site.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('timing-allow-origin')).toBe('*');
  });

  test('with a list of origins, others are answered without headers, dropped and counted', async () => {
    const { post, bus, refused } = await start([], { origins: ['https://site.example'] });
    const beacon = JSON.stringify({ event: 'heartbeat', session: 's', ts: NOW });
    const good = await post('/v1/beacon', beacon, { origin: 'https://site.example' });
    expect(good.headers.get('access-control-allow-origin')).toBe('https://site.example');
    expect(good.headers.get('vary')).toBe('Origin');
    const bad = await post('/v1/beacon', beacon, { origin: 'https://other.example' });
    expect([bad.status, bad.headers.get('access-control-allow-origin')]).toEqual([204, null]);
    await post('/v1/beacon', beacon);
    expect([bus.events.length, refused()]).toEqual([2, { 'player foreign_origin': 1 }]);
  });

  test('log senders are no pages: no cross-origin answers', async () => {
    const { url } = await start([lineSource('edge-a')]);
    const answer = await fetch(`${url}/v1/push/edge-a`, { method: 'OPTIONS' });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([405, null]);
  });
});

describe('routes', () => {
  for (const [method, path, status, code] of [
    ['GET', '/nothing', 404, 'not_found'],
    ['POST', '/', 404, 'not_found'],
    ['GET', '/v1/cmcd', 405, 'method_not_allowed'],
    ['DELETE', '/v1/push/edge-a', 405, 'method_not_allowed'],
    ['POST', '/healthz', 405, 'method_not_allowed'],
  ] as const) {
    test(`${method} ${path} is ${status}`, async () => {
      const { url } = await start([lineSource('edge-a')]);
      const answer = await fetch(url + path, { method });
      expect([answer.status, (await answer.json()) as unknown]).toEqual([
        status,
        { code, message: expect.any(String) },
      ]);
    });
  }

  test('health is always told, readiness only when it is true', async () => {
    let reason = '';
    const { url } = await start([], { notReady: () => reason });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    reason = 'replaying the journal';
    const answer = await fetch(`${url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([503, { code: 'not_ready', message: reason }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('answers are counted by path and status, strangers under one name', async () => {
    const { url, server } = await start();
    await fetch(`${url}/healthz`);
    await fetch(`${url}/a`);
    await fetch(`${url}/b`);
    expect(Object.fromEntries(server.answered)).toEqual({ '/healthz 200': 1, 'other 404': 2 });
  });

  test('a defect in a handler is one answer 500, told to the log, and nothing else', async () => {
    const broken: Route = {
      path: '/broken',
      methods: ['POST'],
      isCrossOrigin: false,
      limits: null,
      handle: () => {
        throw new Error('defect');
      },
    };
    const { post, defects, url } = await start([], { extraRoutes: [broken] });
    const answer = await post('/broken', '');
    expect([answer.status, await answer.json()]).toEqual([500, { code: 'internal', message: expect.any(String) }]);
    expect(defects).toEqual([new Error('defect')]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

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
    // The next answer proves that the server went on; by then it has seen the first connection close.
    await post('/v1/push/edge-a', LINE);
    await post('/v1/push/edge-a', LINE);
    expect([refused(), budget.heldBytes]).toEqual([{ 'edge-a aborted': 1 }, 0]);
  });
});

describe('slow and strange clients', () => {
  test('a request that never arrives whole is closed', async () => {
    const { port, bus } = await start([lineSource('edge-a')], { requestTimeoutMs: 150 });
    const answer = await raw(port, 'POST /v1/push/edge-a HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
    expect(answer).toMatch(/^HTTP\/1\.1 408/);
    expect(bus.events).toEqual([]);
  });

  test('headers that never end are closed too', async () => {
    const { port } = await start([], { requestTimeoutMs: 150 });
    expect(await raw(port, 'GET /healthz HTTP/1.1\r\nhost: x\r\n')).toMatch(/^HTTP\/1\.1 408/);
  });

  test('headers without measure are refused', async () => {
    const { port } = await start();
    const header = `x: ${'y'.repeat(40_000)}\r\n`;
    expect(await raw(port, `GET /healthz HTTP/1.1\r\nhost: x\r\n${header}\r\n`)).toMatch(/^HTTP\/1\.1 431/);
  });

  test('what is not HTTP is refused', async () => {
    const { port } = await start();
    expect(await raw(port, 'rubbish\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
  });

  test('more connections than allowed are closed at once', async () => {
    const { port } = await start([], { maxConnections: 1 });
    const first = connect(port, '127.0.0.1');
    await new Promise((resolve) => first.on('connect', resolve));
    expect(await raw(port, 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('');
    first.destroy();
  });
});

describe('lifecycle', () => {
  test('close lets a running request finish, refuses new ones, and may be called twice', async () => {
    let answer = (): void => {};
    let arrived = (): void => {};
    const hasArrived = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const slow: Route = {
      path: '/slow',
      methods: ['GET'],
      isCrossOrigin: false,
      limits: null,
      handle: () => {
        arrived();
        return new Promise((resolve) => {
          answer = () => resolve({ status: 200, body: 'done' });
        });
      },
    };
    const { url, server } = await startServer([], { extraRoutes: [slow] });
    const pending = fetch(`${url}/slow`);
    await hasArrived;
    const closing = server.close();
    expect(server.close()).toBe(closing);
    answer();
    expect(await (await pending).text()).toBe('done');
    await closing;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  test('a port that is taken is said to be taken', async () => {
    const { port } = await start();
    await expect(startServer([], { port })).rejects.toMatchObject({
      code: 'listen_failed',
      message: expect.stringContaining(String(port)),
    });
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
