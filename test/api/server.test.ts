import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiServer } from '../../collector/api/server.ts';
import { otlpJson } from '../../collector/exporters/otlp-json.ts';
import { ExportRequest } from '../exporters/otlp-proto.ts';
import { BEGIN_MS, makeIncident, makeSummary } from '../exporters/sessions.ts';
import { makeSpan, VERSION } from '../exporters/spans.ts';
import { ApiUnderTest } from './api-under-test.ts';

let api = new ApiUnderTest();
beforeEach(async () => {
  api = await new ApiUnderTest().start();
});
afterEach(() => api.server.close());

const traceId = (index: number): string => index.toString(16).padStart(32, '0');

/** Three closed sessions an hour apart and one live. */
function fill(): void {
  const hourMs = 3_600_000;
  const base = { dimensions: makeSummary().dimensions };
  api.recent.session(
    makeSummary({ traceId: traceId(1), sessionId: 'one', title: 'Alpha', contentId: 'a', cdns: ['edge-a'] }),
    [],
  );
  api.recent.session(
    makeSummary({
      traceId: traceId(2),
      sessionId: 'two',
      contentId: 'b',
      beginMs: BEGIN_MS + hourMs,
      endMs: BEGIN_MS + hourMs + 60_000,
      outcome: 'start_failure',
      cdns: ['edge-a', 'edge-b'],
    }),
    [makeIncident({ kind: 'startup_failure', sentence: 'No manifest: edge-b answered 503.' })],
  );
  api.recent.session(
    makeSummary({
      traceId: traceId(3),
      sessionId: 'three',
      tenant: 'other',
      beginMs: BEGIN_MS + 2 * hourMs,
      endMs: BEGIN_MS + 2 * hourMs + 60_000,
    }),
    [makeIncident({ verdict: 'network' })],
  );
  api.recent.sessionStarted(
    { tenant: 'default', traceId: traceId(4), sessionId: 'four', isInferred: true },
    base.dimensions,
    BEGIN_MS + 3 * hourMs,
  );
}

for (const [query, ids] of [
  ['', ['four', 'three', 'two', 'one']],
  ['limit=2', ['four', 'three']],
  [`from=${BEGIN_MS + 3_600_000}&to=${BEGIN_MS + 7_100_000}`, ['two']],
  [`from=${BEGIN_MS + 3_630_000}&to=${BEGIN_MS + 3_640_000}`, ['two']],
  [`to=${BEGIN_MS}`, ['one']],
  ['from=2025-11-21T23:30:00Z', ['four', 'three', 'two']],
  ['outcome=start_failure', ['two']],
  ['outcome=in_progress', ['four']],
  ['verdict=network', ['three']],
  ['cdn=edge-b', ['two']],
  ['content=a', ['one']],
  ['tenant=other', ['three']],
  ['live=true', ['four']],
  ['live=false', ['three', 'two', 'one']],
  ['incidents=true', ['three', 'two']],
  ['incidents=false', ['four', 'one']],
  ['q=ALPHA', ['one']],
  ['q=answered+503', ['three', 'two']],
  ['q=ree', ['three']],
  ['q=nothing', []],
] as const)
  test(`GET /api/sessions?${query}`, async () => {
    fill();
    const { status, json } = await api.get(`/api/sessions?${query}`);
    expect(status).toBe(200);
    const { sessions, ...head } = json() as { sessions: { sessionId: string }[] };
    expect(sessions.map((session) => session.sessionId)).toEqual(ids);
    expect(head).toMatchObject({ held: 4, evictedSessions: 0 });
  });

for (const query of [
  'limit=0',
  'limit=-1',
  'limit=1.5',
  'limit=many',
  'from=yesterday',
  'to=25-01-01',
  'from=2025-13-45T00:00:00Z',
  'outcome=fine',
  'verdict=blame',
  'live=yes',
  'incidents=some',
])
  test(`GET /api/sessions?${query} is refused with a reason`, async () => {
    const { status, json } = await api.get(`/api/sessions?${query}`);
    expect(status).toBe(400);
    expect(json()).toEqual({ error: expect.stringMatching(/must be/) });
  });

test('GET /api/sessions/{id} by session or trace id', async () => {
  fill();
  api.recent.addSpan(makeSpan({ traceId: traceId(2) }));
  const byId = await api.get('/api/sessions/two');
  expect(byId.json()).toMatchObject({
    sessionId: 'two',
    traceId: traceId(2),
    outcome: 'start_failure',
    isLive: false,
    isPartial: false,
    spanCount: 1,
    incidents: [
      { verdict: 'edge_error', evidence: ['eee19b7ec3c1b174'], sentence: 'No manifest: edge-b answered 503.' },
    ],
    links: {
      self: `/api/sessions/${traceId(2)}`,
      trace: `/api/traces/${traceId(2)}`,
      jaeger: `/jaeger/api/traces/${traceId(2)}`,
    },
  });
  expect((await api.get(`/api/sessions/${traceId(2)}`)).text).toBe(byId.text);
  expect((await api.get('/api/sessions/nobody')).status).toBe(404);
});

test('a live session has nulls where only a summary knows', async () => {
  fill();
  const live = (await api.get('/api/sessions/four')).json();
  const closed = (await api.get('/api/sessions/one')).json();
  expect(live).toMatchObject({
    isInferred: true,
    isLive: true,
    outcome: 'in_progress',
    qoe: null,
    incidents: [],
    dimensions: { player: 'hls.js' },
  });
  expect(Object.keys(live as object).sort()).toEqual(Object.keys(closed as object).sort());
});

test('GET /api/traces/{id} is OTLP JSON that the official definitions accept', async () => {
  const spans = [
    makeSpan({ traceId: traceId(1), spanId: '0000000000000002', startMs: BEGIN_MS + 5 }),
    makeSpan({ traceId: traceId(1), spanId: '0000000000000001', startMs: BEGIN_MS, service: 'edge-a' }),
  ];
  for (const span of spans) api.recent.addSpan(span);
  const { json } = await api.get(`/api/traces/${traceId(1)}`);
  expect(json()).toEqual(JSON.parse(otlpJson(spans.reverse(), VERSION)));
  expect(ExportRequest.verify(ExportRequest.fromObject(json() as object))).toBeNull();
  fill();
  expect((await api.get(`/api/traces/${traceId(4)}`)).status).toBe(404);
});

test('GET /api/fleet gives the injected numbers, GET /healthz a sign of life', async () => {
  expect((await api.get('/api/fleet')).json()).toEqual({ concurrentSessions: 3 });
  expect((await api.get('/healthz')).json()).toEqual({ status: 'ok' });
});

for (const [path, status] of [
  ['/api', 404],
  ['/api/', 404],
  ['/api/sessions/', 404],
  ['/api/sessions/a/b', 404],
  ['/nothing', 404],
  ['/jaeger', 404],
  ['/jaeger/api', 404],
  ['/jaeger/api/nothing', 404],
  ['/api/sessions/%ff', 400],
  ['/api/sessions/%', 400],
  ['/../../etc/passwd', 404],
  ['//evil.example/', 404],
  ['http://evil.example/', 404],
] as const)
  test(`GET ${path} is ${status}`, async () => {
    expect((await api.get(path)).status).toBe(status);
  });

test('every answer carries the security headers and none opens to other origins', async () => {
  fill();
  for (const path of ['/', '/api/sessions', '/api/sessions/x', '/jaeger/api/services', '/healthz', '/nothing']) {
    const { headers } = await api.get(path, { headers: { origin: 'https://evil.example' } });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(/^default-src 'none'.*frame-ancestors 'none'/),
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test('reads only: other methods are refused, HEAD has no body', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const { status, headers } = await api.get('/api/sessions', { method });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  }
  expect(await api.get('/api/sessions', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
});

for (const [host, status] of [
  ['localhost', 200],
  ['localhost:8080', 200],
  ['127.0.0.1:8080', 200],
  ['[::1]:8080', 200],
  ['rebound.evil.example:8080', 421],
  ['localhost.evil.example', 421],
  ['127.0.0.1.evil.example', 421],
] as const)
  test(`on loopback a request for host "${host}" is answered ${status}`, async () => {
    expect((await api.get('/healthz', { headers: { host } })).status).toBe(status);
  });

test('a session id may be anything', async () => {
  const hostile = [
    '../../etc/passwd',
    '<script>alert(1)</script>',
    'a b?c#d%e',
    '\u0000\u202e',
    'ünï/cödé',
    '__proto__',
  ];
  for (const [index, sessionId] of hostile.entries()) {
    api.recent.session(makeSummary({ traceId: traceId(index), sessionId }), []);
    const { json } = await api.get(`/api/sessions/${encodeURIComponent(sessionId)}`);
    expect(json()).toMatchObject({ sessionId, traceId: traceId(index) });
  }
});

test('an answer that fails inside is a 500 without details, and is logged', async () => {
  const broken = await new ApiUnderTest({
    fleet: () => {
      throw new Error('secret path');
    },
  }).start();
  const { status, text } = await broken.get('/api/fleet');
  await broken.server.close();
  expect([status, text]).toEqual([500, '{"error":"internal error"}']);
  expect(broken.errors).toEqual(['query API failed to answer {"path":"/api/fleet","error":"secret path"}']);
});

test('a reader that leaves in the middle of a large answer harms nobody', async () => {
  for (let index = 0; index < 90; index += 1) {
    for (let span = 0; span < 60; span += 1) {
      const spanId = span.toString(16).padStart(16, '0');
      api.recent.addSpan(makeSpan({ traceId: traceId(index), spanId, attributes: [['url.full', 'x'.repeat(5000)]] }));
    }
  }
  const path = '/jaeger/api/traces?service=player';
  const socket = connect(api.port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  await setImmediate();
  expect(((await api.get(path)).json() as { data: object[] }).data).toHaveLength(90);
  expect(api.errors).toEqual([]);
});

test('close may be called twice, and ends idle connections', async () => {
  const socket = connect(api.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const ended = new Promise((resolve) => socket.once('close', resolve));
  await Promise.all([api.server.close(), api.server.close(), ended]);
  await expect(api.get('/healthz')).rejects.toThrow();
});

test('says which port it could not open', async () => {
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
  const address = occupant.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const second = new ApiUnderTest().server;
  expect(second).toBeInstanceOf(ApiServer);
  await expect(second.listen(port, '127.0.0.1')).rejects.toMatchObject({
    code: 'listen_failed',
    message: `The query API cannot listen on 127.0.0.1 port ${port}: EADDRINUSE`,
  });
  await second.close();
  await new Promise((resolve) => occupant.close(resolve));
});
