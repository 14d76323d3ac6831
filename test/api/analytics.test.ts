import { afterEach, expect, test } from 'vitest';
import { AccessTokens } from '../../collector/access/tokens.ts';
import type { AnalyticsApi } from '../../collector/api/analytics.ts';
import { csv, dataFrame, rowObjects } from '../../collector/api/data-frame.ts';
import { PlaypathError } from '../../collector/errors.ts';
import { QUERIES } from '../../collector/store/queries/index.ts';
import { QueryRunner } from '../../collector/store/query-runner.ts';
import type { StoreAnswer, StoreParameters } from '../../collector/store/store.ts';
import { ApiUnderTest } from './api-under-test.ts';

const ANSWER: StoreAnswer = {
  columns: [
    { name: 'time', type: "DateTime64(3, 'UTC')" },
    { name: 'title', type: 'LowCardinality(String)' },
    { name: 'starts', type: 'UInt64' },
    { name: 'rebuffer_ratio', type: 'Nullable(Float64)' },
    { name: 'cdns', type: 'Array(LowCardinality(String))' },
    { name: 'is_open', type: 'Bool' },
  ],
  rows: [
    [1_763_764_800.5, 'A "quoted", title', 3, null, ['a', 'b'], true],
    ['1763764801', '=1+1', 0, 0.5, [], false],
  ],
};

let api: ApiUnderTest | null = null;
afterEach(() => api?.server.close());

type Query = (statement: string, parameters: StoreParameters) => Promise<StoreAnswer>;

type Started = { tokens?: AccessTokens; waiting?: number; forget?: AnalyticsApi['forget'] };

async function started(query: Query, options: Started = {}): Promise<ApiUnderTest> {
  const limits = { timeoutMs: 1_000, rows: 1_000, memoryBytes: 1e9 };
  const runner = new QueryRunner({ store: { query }, limits, concurrent: 1, waiting: options.waiting ?? 1 });
  const analytics: AnalyticsApi = {
    runner,
    database: 'playpath',
    timeZoneOf: () => 'UTC',
    rules: { window: 'rolling', deviceMs: 86_400_000 },
    forget: options.forget ?? (() => Promise.resolve()),
  };
  api = await new ApiUnderTest({ analytics, tokens: options.tokens ?? new AccessTokens([]) }).start();
  return api;
}

test('an answer is a data frame: times in ms, units by name, lists as text', () => {
  expect(dataFrame('popularity', ANSWER)).toEqual({
    schema: {
      name: 'popularity',
      fields: [
        { name: 'time', type: 'time', config: {} },
        { name: 'title', type: 'string', config: {} },
        { name: 'starts', type: 'number', config: {} },
        { name: 'rebuffer_ratio', type: 'number', config: { unit: 'percentunit' } },
        { name: 'cdns', type: 'string', config: {} },
        { name: 'is_open', type: 'boolean', config: {} },
      ],
    },
    data: {
      values: [
        [1_763_764_800_500, 1_763_764_801_000],
        ['A "quoted", title', '=1+1'],
        [3, 0],
        [null, 0.5],
        ['a, b', ''],
        [true, false],
      ],
    },
  });
});

test('or rows, with lists as lists', () => {
  expect(rowObjects(ANSWER)[0]).toEqual({
    time: 1_763_764_800_500,
    title: 'A "quoted", title',
    starts: 3,
    rebuffer_ratio: null,
    cdns: ['a', 'b'],
    is_open: true,
  });
});

test('or CSV that no spreadsheet takes for a formula', () => {
  expect(csv(ANSWER).split('\r\n')).toEqual([
    'time,title,starts,rebuffer_ratio,cdns,is_open',
    '2025-11-21T22:40:00.500Z,"A ""quoted"", title",3,,"a, b",true',
    "2025-11-21T22:40:01.000Z,'=1+1,0,0.5,,false",
    '',
  ]);
});

test('the API answers in the format asked for', async () => {
  const { get } = bound(await started(() => Promise.resolve(ANSWER)));
  const frame = await get('/api/v1/q/popularity');
  expect(frame.json()).toMatchObject({ schema: { name: 'popularity' } });
  expect((await get('/api/v1/q/popularity?format=rows')).json()).toHaveLength(2);
  const text = await get('/api/v1/q/popularity?format=csv');
  expect(text.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="popularity.csv"',
  });
});

test('the API lists what can be asked', async () => {
  const { get } = bound(await started(() => Promise.resolve(ANSWER)));
  const { queries } = (await get('/api/v1/queries')).json() as { queries: { name: string }[] };
  expect(queries.map(({ name }) => name)).toEqual([...QUERIES.keys()]);
});

test.each([
  ['/api/v1/q/nonsense', 404, 'no such query'],
  ['/api/v1/q/totals/more', 404, 'no such path'],
  ['/api/v1/nonsense', 404, 'no such path'],
  ['/api/v1/q/totals?format=xml', 400, 'format must be one of frame, rows, csv'],
  ['/api/v1/q/totals?limit=3', 400, 'totals has no parameter'],
])('%s is answered %i: %s', async (path, status, error) => {
  const { get } = bound(await started(() => Promise.resolve(ANSWER)));
  const answer = await get(path);
  expect(answer.status).toBe(status);
  expect(answer.json()).toEqual({ error: expect.stringContaining(error) as string });
});

test.each([
  ['store_limit', 422, 'ask for less time'],
  ['store_unavailable', 503, 'the store does not answer'],
  ['store_refused', 500, 'internal error'],
] as const)('a store that says %s is answered %i', async (code, status, error) => {
  const { get } = bound(await started(() => Promise.reject(new PlaypathError(code, 'secret.host refuses'))));
  const answer = await get('/api/v1/q/totals');
  expect(answer.status).toBe(status);
  expect(answer.json()).toEqual({ error: expect.stringContaining(error) as string });
});

test('a report of a period in which nobody watched says so', async () => {
  const { get } = bound(await started(() => Promise.resolve({ ...ANSWER, rows: [] })));
  const page = await get('/api/v1/report?period=day');
  expect(page.text).toContain('Nothing was watched.');
  expect(page.text).not.toContain('<table>');
});

test('a number of the audience comes with what must be known to read it', async () => {
  const { get } = bound(await started(() => Promise.resolve(ANSWER)));
  const noticesOf = async (path: string) => {
    const { schema } = (await get(path)).json() as { schema: { meta?: { notices: { text: string }[] } } };
    return (schema.meta?.notices ?? []).map(({ text }) => text);
  };
  expect(await noticesOf('/api/v1/q/totals')).toEqual([
    'The same playback counts once in a rolling window of 24 hours, from the first time.',
  ]);
  const upperBound =
    'Devices are an upper bound: who comes back after 24 hours is another device, unless the site says who it is.';
  expect(await noticesOf('/api/v1/q/totals?from=now-25h')).toContain(upperBound);
  expect(await noticesOf('/api/v1/q/report?period=week')).toContain(upperBound);
  expect(await noticesOf('/api/v1/q/report?period=day')).not.toContain(upperBound);
  expect(await noticesOf('/api/v1/q/quality?from=now-25h')).toEqual([]);
  expect((await get('/api/v1/report?period=week')).text).toContain(upperBound);
});

test('a cell of a report that nobody filled says so', async () => {
  const answer = { ...ANSWER, rows: [[1_763_764_800.5, '', 3, 0.25, [], true]] };
  const { get } = bound(await started(() => Promise.resolve(answer)));
  expect((await get('/api/v1/report?period=week')).text).toContain('<td>(none)</td>');
});

test('a report is a page to print, on which nothing of a viewer runs', async () => {
  const answer = { ...ANSWER, rows: [[1_763_764_800.5, '<script>alert(1)</script>', 3, 0.25, ['<b>'], true]] };
  const { get } = bound(await started(() => Promise.resolve(answer)));
  const page = await get('/api/v1/report?period=week&date=2026-11-21');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.text).not.toMatch(/<script|<b>/);
  expect(page.text).toContain('&lt;script&gt;');
  expect(page.text).toContain('25.0 %');
  expect(page.text.match(/<table>/g)).toHaveLength(5);
  expect((await get('/api/v1/report')).status).toBe(400);
  expect((await get('/api/v1/report?period=year')).status).toBe(400);
});

test('without a store the queries are answered 503', async () => {
  api = await new ApiUnderTest().start();
  expect((await api.get('/api/v1/q/totals')).status).toBe(503);
});

test('queries wait for each other, and too many are sent away', async () => {
  const answers: ((answer: StoreAnswer) => void)[] = [];
  const { get } = bound(await started(() => new Promise((resolve) => answers.push(resolve))));
  const first = get('/api/v1/q/totals');
  const second = get('/api/v1/q/totals');
  const third = await Promise.race([first, second, get('/api/v1/q/totals'), get('/api/v1/q/totals')]);
  expect(third.status).toBe(503);
  expect(third.headers['retry-after']).toBe('2');
  expect(answers).toHaveLength(1);
  answers[0]?.(ANSWER);
});

const TOKENS = new AccessTokens([
  { name: 'operator', tenant: '*', purpose: 'query', token: 'operator-token-0001' },
  { name: 'analyst', tenant: 'acme', purpose: 'analytics', token: 'analyst-token-00001' },
]);

test.each([
  ['an analyst reads queries', 'analyst-token-00001', '/api/v1/q/totals', 200, 'acme'],
  ['and nothing else', 'analyst-token-00001', '/api/sessions', 403, ''],
  ['an operator reads queries', 'operator-token-0001', '/api/v1/q/totals', 200, '*'],
  ['and everything else', 'operator-token-0001', '/api/sessions', 200, ''],
  ['nobody reads nothing', '', '/api/v1/q/totals', 401, ''],
])('%s', async (_, token, path, status, tenant) => {
  const scopes: unknown[] = [];
  const query: Query = (_statement, { scope }) => {
    scopes.push(scope);
    return Promise.resolve(ANSWER);
  };
  const { get } = bound(await started(query, { tokens: TOKENS }));
  const answer = await get(path, token === '' ? {} : { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(status);
  expect(scopes).toEqual(tenant === '' ? [] : [tenant]);
});

const ADMIN = new AccessTokens([
  { name: 'admin', tenant: 'acme', purpose: 'admin', token: 'admin-token-0000001' },
  { name: 'operator', tenant: '*', purpose: 'query', token: 'operator-token-0001' },
]);

test.each([
  ['without a token', '', 'tenant=acme&viewer=anna', 401],
  ['with a token that only reads', 'operator-token-0001', 'tenant=acme&viewer=anna', 403],
  ['of another tenant', 'admin-token-0000001', 'tenant=other&viewer=anna', 403],
  ['without saying what', 'admin-token-0000001', '', 400],
  ['with an empty name', 'admin-token-0000001', 'viewer=', 400],
  ['of two things at once', 'admin-token-0000001', 'viewer=anna&session=1', 400],
  ['a viewer of its tenant', 'admin-token-0000001', 'viewer=anna', 200],
])('forgetting %s is answered %s', async (_, token, parameters, status) => {
  const forgotten: unknown[] = [];
  const forget: AnalyticsApi['forget'] = async (what) => void forgotten.push(what);
  const { get } = bound(await started(() => Promise.resolve(ANSWER), { tokens: ADMIN, forget }));
  const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
  const answer = await get(`/api/v1/sessions?${parameters}`, { method: 'DELETE', headers });
  expect(answer.status).toBe(status);
  expect(forgotten).toEqual(status === 200 ? [{ tenant: 'acme', key: 'viewer', value: 'anna' }] : []);
});

test('nobody can forget where no admin token is configured', async () => {
  const { get } = bound(await started(() => Promise.resolve(ANSWER)));
  expect((await get('/api/v1/sessions?tenant=acme&viewer=anna', { method: 'DELETE' })).status).toBe(403);
});

function bound(under: ApiUnderTest): Pick<ApiUnderTest, 'get'> {
  return { get: (path, options) => under.get(path, options) };
}
