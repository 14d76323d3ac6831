import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Span } from '../../collector/model/span.ts';
import { makeSummary } from '../exporters/sessions.ts';
import { makeSpan } from '../exporters/spans.ts';
import { ApiUnderTest } from './api-under-test.ts';

let api = new ApiUnderTest();
beforeEach(async () => {
  api = await new ApiUnderTest().start();
});
afterEach(() => api.server.close());

const TRACE_ID = '5b8efff798038103d269b633813fc60c';
const OTHER_ID = '000000000000000000000000000000ff';
const BEGIN_MS = 1_763_764_800_000;

const SESSION_SPAN = makeSpan({
  traceId: TRACE_ID,
  spanId: '00000000000000a1',
  parentSpanId: '',
  name: 'session',
  kind: 'internal',
  startMs: BEGIN_MS + 0.25,
  endMs: BEGIN_MS + 60_000.25,
  attributes: [
    ['session.id', 'sid-1'],
    ['playpath.startup', 1],
    ['playpath.stalls', 2],
    ['playpath.cdns', ['edge-a', 'edge-b']],
    ['playpath.stalled', Number.NaN],
  ],
  events: [{ name: 'visibility', timeMs: BEGIN_MS + 5000.5, attributes: [['hidden', true]] }],
  links: [{ traceId: '11111111111111111111111111111111', spanId: '2222222222222222', attributes: [] }],
});
const EDGE_SPAN = makeSpan({
  traceId: TRACE_ID,
  spanId: '00000000000000a2',
  parentSpanId: '00000000000000a1',
  name: 'edge',
  kind: 'server',
  service: 'edge-a',
  startMs: BEGIN_MS + 1000,
  endMs: BEGIN_MS + 1120.5,
  attributes: [
    ['http.response.status_code', 503],
    ['cdn.ttfb', 0.012],
  ],
  error: '503 from edge-a',
});
const LATER_SPAN = makeSpan({
  traceId: OTHER_ID,
  spanId: '00000000000000b1',
  parentSpanId: '',
  name: 'session',
  kind: 'internal',
  startMs: BEGIN_MS + 90_000,
  endMs: BEGIN_MS + 91_500,
});

function fill(): void {
  // Out of order, as late halves come.
  for (const span of [EDGE_SPAN, SESSION_SPAN, LATER_SPAN]) api.recent.addSpan(span);
}

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const { status, json } = await api.get(`/jaeger/api/${path}`);
  return { status, body: json() as Record<string, unknown> };
}

test('a trace has the shape Jaeger gives it', async () => {
  fill();
  const fixture = await readFile(new URL('../fixtures/jaeger/trace.json', import.meta.url), 'utf8');
  expect((await get(`traces/${TRACE_ID}`)).body).toEqual(JSON.parse(fixture));
});

test('a trace is found in capitals, without leading zeros, and whatever the time range', async () => {
  fill();
  for (const id of [OTHER_ID, OTHER_ID.toUpperCase(), 'ff', `${OTHER_ID}?start=1&end=2`]) {
    expect((await get(`traces/${id}`)).body).toMatchObject({ data: [{ traceID: OTHER_ID }] });
  }
});

for (const [path, code] of [
  ['traces/0123', 404],
  ['traces/not-hex', 400],
  [`traces/${'a'.repeat(33)}`, 400],
  ['traces', 400],
  ['traces?service=', 400],
  ['traces?service=player&limit=0', 400],
  ['traces?service=player&limit=x', 400],
  ['traces?service=player&start=x', 400],
  ['traces?service=player&end=1e3', 400],
  ['traces?service=player&start=2000&end=1000', 400],
  ['traces?service=player&minDuration=5', 400],
  ['traces?service=player&minDuration=2s&maxDuration=1s', 400],
  ['traces?service=player&tags=%7Bbroken', 400],
  ['traces?service=player&tags=%5B1%5D', 400],
  ['traces?service=player&tags=%7B%22a%22%3A%7B%7D%7D', 400],
  ['traces?service=player&tag=nocolon', 400],
  ['traces?traceID=xyz', 400],
  ['operations', 400],
  ['dependencies?endTs=x', 400],
  ['dependencies?lookback=1h', 400],
] as const)
  test(`${path} is Jaeger's error ${code}`, async () => {
    fill();
    const { status, body } = await get(path);
    expect(status).toBe(code);
    expect(body).toEqual({
      data: null,
      total: 0,
      limit: 0,
      offset: 0,
      errors: [{ code, msg: expect.stringMatching(/\w+/) }],
    });
  });

const tags = (object: object): string => `tags=${encodeURIComponent(JSON.stringify(object))}`;
const micros = (offsetMs: number): number => (BEGIN_MS + offsetMs) * 1000;
for (const [query, found] of [
  ['service=player', [OTHER_ID, TRACE_ID]],
  ['service=player&limit=1', [OTHER_ID]],
  ['service=edge-a', [TRACE_ID]],
  ['service=nobody', []],
  ['service=player&operation=session', [OTHER_ID, TRACE_ID]],
  ['service=player&operation=edge', []],
  [`service=player&start=${micros(50_000)}&end=${micros(95_000)}`, [OTHER_ID]],
  [`service=player&start=${micros(0)}&end=${micros(50_000)}`, [TRACE_ID]],
  ['service=player&lookback=20s', [OTHER_ID]],
  [`service=player&start=${micros(0)}&end=${micros(95_000)}&lookback=custom`, [OTHER_ID, TRACE_ID]],
  ['service=player&minDuration=10s', [TRACE_ID]],
  ['service=player&maxDuration=1500ms', [OTHER_ID]],
  ['service=player&minDuration=1.2s&maxDuration=1m0.5s', [OTHER_ID, TRACE_ID]],
  [`service=edge-a&${tags({ 'http.response.status_code': '503' })}`, [TRACE_ID]],
  [`service=edge-a&${tags({ 'http.response.status_code': 503, error: true })}`, [TRACE_ID]],
  [`service=player&${tags({ error: 'true' })}`, []],
  [`service=player&${tags({ error: 'false' })}`, [OTHER_ID, TRACE_ID]],
  [`service=edge-a&${tags({ 'span.kind': 'server', 'otel.status_code': 'ERROR' })}`, [TRACE_ID]],
  [`service=player&${tags({ 'span.kind': 'server' })}`, []],
  [`service=player&${tags({ hidden: 'true' })}`, [TRACE_ID]],
  [`service=player&${tags({ 'playpath.tenant': 'default' })}`, [OTHER_ID, TRACE_ID]],
  ['service=player&tag=session.id:sid-1', [TRACE_ID]],
  ['service=player&tag=session.id:sid-1&tag=playpath.stalls:3', []],
  [`service=player&${tags({ __proto__: null, constructor: 'x' })}`, []],
  [`traceID=${TRACE_ID}&traceID=ff`, [TRACE_ID, OTHER_ID]],
] as const)
  test(`search ${decodeURIComponent(query)}`, async () => {
    fill();
    const { status, body } = await get(`traces?${query}`);
    expect(status).toBe(200);
    const { data, ...rest } = body as { data: { traceID: string }[] };
    expect(data.map((trace) => trace.traceID)).toEqual(found);
    expect(rest).toEqual({ total: 0, limit: 0, offset: 0, errors: null });
  });

test('several ids: what is missing is an error beside what is there', async () => {
  fill();
  expect((await get(`traces?traceID=${TRACE_ID}&traceID=abc`)).body).toMatchObject({
    data: [{ traceID: TRACE_ID }],
    errors: [{ msg: 'trace not found', traceID: 'abc'.padStart(32, '0') }],
  });
});

test('a session without spans is never an empty trace, which Grafana could not read', async () => {
  const summary = makeSummary();
  api.recent.session(summary, []);
  expect((await get(`traces/${summary.traceId}`)).status).toBe(404);
  expect((await get('traces?service=player')).body).toMatchObject({ data: [] });
});

test('services and their operations', async () => {
  fill();
  api.recent.addSpan(makeSpan({ traceId: OTHER_ID, spanId: '00000000000000b2', service: 'a/b c' }));
  expect((await get('services')).body).toEqual({
    data: ['a/b c', 'edge-a', 'player'],
    total: 3,
    limit: 0,
    offset: 0,
    errors: null,
  });
  expect((await get('services/player/operations')).body).toMatchObject({ data: ['session'], total: 1 });
  expect((await get('services/a%2Fb%20c/operations')).body).toMatchObject({ data: ['request'] });
  expect((await get('services/nobody/operations')).body).toMatchObject({ data: [], total: 0 });
  expect((await get('operations?service=edge-a')).body).toMatchObject({ data: [{ name: 'edge', spanKind: 'server' }] });
  expect((await get('operations?service=edge-a&spanKind=client')).body).toMatchObject({ data: [] });
});

test('dependencies count the calls between services', async () => {
  fill();
  const origin: Partial<Span> = {
    traceId: TRACE_ID,
    parentSpanId: '00000000000000a2',
    service: 'origin-1',
    name: 'origin',
  };
  for (const spanId of ['00000000000000c1', '00000000000000c2']) {
    api.recent.addSpan(makeSpan({ ...origin, spanId, startMs: BEGIN_MS + 1001, endMs: BEGIN_MS + 1002 }));
  }
  const all = [
    { parent: 'edge-a', child: 'origin-1', callCount: 2 },
    { parent: 'player', child: 'edge-a', callCount: 1 },
  ];
  expect((await get('dependencies')).body).toMatchObject({ data: all, errors: null });
  expect((await get(`dependencies?endTs=${BEGIN_MS + 2000}&lookback=60000`)).body).toMatchObject({ data: all });
  expect((await get(`dependencies?endTs=${BEGIN_MS}&lookback=60000`)).body).toMatchObject({ data: [] });
});

test('an infinite or absent number never breaks the JSON', async () => {
  api.recent.addSpan(
    makeSpan({
      attributes: [
        ['x', Infinity],
        ['y', Number.NaN],
        ['z', -0],
      ],
    }),
  );
  const { body } = await get(`traces/${TRACE_ID}`);
  expect(body).toMatchObject({
    data: [{ spans: [{ tags: expect.arrayContaining([{ key: 'x', type: 'string', value: 'Infinity' }]) }] }],
  });
  expect(JSON.stringify(body)).not.toContain('"y"');
});

test('a link to the parent leaves the parent a parent', async () => {
  const parent = { traceId: TRACE_ID, spanId: 'eee19b7ec3c1b173', attributes: [] };
  api.recent.addSpan(makeSpan({ traceId: TRACE_ID, links: [parent] }));
  expect((await get(`traces/${TRACE_ID}`)).body).toMatchObject({
    data: [{ spans: [{ references: [{ refType: 'CHILD_OF', spanID: 'eee19b7ec3c1b173' }] }] }],
  });
});
