import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Route } from '../../collector/receivers/route.ts';
import { serversOfThisFile, startServer } from './server.ts';
import { lineSource, NOW } from './support.ts';

const start = serversOfThisFile();

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

  test('more than a hundred headers are refused', async () => {
    const { port } = await start();
    const headers = Array.from({ length: 200 }, (_, i) => `x-${i}: y\r\n`).join('');
    const answer = await raw(port, `GET /healthz HTTP/1.1\r\nhost: x\r\n${headers}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431/);
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
