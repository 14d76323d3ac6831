import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AccessTokens } from '../../collector/access/tokens.ts';
import { makeIncident, makeSummary } from '../exporters/sessions.ts';
import { makeSpan } from '../exporters/spans.ts';
import { ApiUnderTest } from './api-under-test.ts';

const TOKENS = new AccessTokens([
  { name: 'acme', tenant: 'acme', purpose: 'query', token: 'token-of-acme-0001' },
  { name: 'globex', tenant: 'globex', purpose: 'query', token: 'token-of-globex-01' },
  { name: 'operator', tenant: '*', purpose: 'query', token: 'token-of-operator1' },
  { name: 'agent', tenant: 'acme', purpose: 'ingest', token: 'token-that-posts-1' },
]);
const TOKEN_OF = { acme: 'token-of-acme-0001', globex: 'token-of-globex-01', '*': 'token-of-operator1' } as const;
type Tenant = keyof typeof TOKEN_OF;

let api: ApiUnderTest;
beforeEach(async () => {
  api = await new ApiUnderTest({ tokens: TOKENS, fleet: (tenant) => ({ of: tenant }) }).start();
});
afterEach(() => api.server.close());

const get = (path: string, tenant: Tenant) =>
  api.get(path, { headers: { authorization: `Bearer ${TOKEN_OF[tenant]}` } });

/** Who watches whose secret film: one session of each tenant, under the same id, as players may choose. */
const SHARED = '5b8efff798038103d269b633813fc60c';
function fill(): void {
  for (const tenant of ['acme', 'globex']) {
    const own = { tenant, title: `film-of-${tenant}`, cdns: [`cdn-of-${tenant}`] };
    const dimensions = { ...makeSummary().dimensions, tenant };
    for (const [traceId, sessionId] of [
      [SHARED, SHARED],
      [(tenant === 'acme' ? 'a' : 'b').repeat(32), `only-${tenant}`],
    ] as const) {
      api.recent.session(makeSummary({ ...own, dimensions, traceId, sessionId }), [makeIncident()]);
      api.recent.addSpan(makeSpan({ traceId, tenant, service: `service-of-${tenant}`, name: `name-of-${tenant}` }));
    }
  }
}

const PATHS = [
  '/',
  '/?plain',
  '/api/sessions',
  '/api/sessions?tenant=globex',
  '/api/sessions?q=film',
  `/api/sessions/${SHARED}`,
  '/api/sessions/only-globex',
  `/api/sessions/${'b'.repeat(32)}`,
  `/api/traces/${SHARED}`,
  `/api/traces/${'b'.repeat(32)}`,
  '/api/fleet',
  '/api/verdicts',
  '/jaeger/api/services',
  '/jaeger/api/services/service-of-globex/operations',
  '/jaeger/api/operations?service=service-of-globex',
  '/jaeger/api/traces?service=service-of-globex',
  `/jaeger/api/traces?traceID=${SHARED}`,
  `/jaeger/api/traces/${SHARED}`,
  `/jaeger/api/traces/${'b'.repeat(32)}`,
  '/jaeger/api/dependencies',
];

describe('what a tenant sees', () => {
  beforeEach(fill);

  for (const path of PATHS) {
    test(`${path} tells acme nothing of globex`, async () => {
      const { text } = await get(path, 'acme');
      expect(text.replaceAll('"only-globex"', '')).not.toMatch(/of-globex/);
    });
  }

  test('each sees its own, the operator sees both', async () => {
    const seen = async (tenant: Tenant) =>
      JSON.stringify((await get('/api/sessions', tenant)).json())
        .match(/film-of-\w+/g)
        ?.toSorted();
    expect(await seen('acme')).toEqual(['film-of-acme', 'film-of-acme']);
    expect(await seen('globex')).toEqual(['film-of-globex', 'film-of-globex']);
    expect(await seen('*')).toEqual(['film-of-acme', 'film-of-acme', 'film-of-globex', 'film-of-globex']);
  });

  test('a session under an id that another tenant uses stays whole', async () => {
    for (const tenant of ['acme', 'globex'] as const) {
      expect((await get(`/api/sessions/${SHARED}`, tenant)).json()).toMatchObject({ tenant, spanCount: 1 });
      expect((await get(`/jaeger/api/traces/${SHARED}`, tenant)).text).toContain(`service-of-${tenant}`);
    }
  });

  test('counts are those of the tenant', async () => {
    expect((await get('/api/sessions?limit=1', 'acme')).json()).toMatchObject({ matched: 2, held: 2 });
    expect((await get('/api/fleet', 'globex')).json()).toEqual({ of: 'globex' });
  });
});

describe('who is let in', () => {
  for (const path of [...PATHS, '/nothing', '/jaeger/api/nothing', '/page/index.html', '/api/%']) {
    test(`${path} asks for a token`, async () => {
      const { status, headers } = await api.get(path);
      expect([status, headers['www-authenticate']]).toEqual([401, expect.stringContaining('Basic realm=')]);
      expect((await api.get(path, { headers: { authorization: 'Bearer token-that-posts-1' } })).status).toBe(403);
    });
  }

  test('health is told to everybody', async () => {
    expect((await api.get('/healthz')).status).toBe(200);
  });

  test('behind tokens a proxy may give the port any name', async () => {
    const headers = { host: 'playpath.example', authorization: `Bearer ${TOKEN_OF['*']}` };
    expect((await api.get('/api/sessions', { headers })).status).toBe(200);
  });
});
