import { describe, expect, test } from 'vitest';
import { AccessTokens } from '../../collector/access/tokens.ts';
import { keyedGuest, type PlayerKeySettings, trustedGuest } from '../../collector/receivers/player-guest.ts';
import { serversOfThisFile } from './server.ts';
import { lineSource, NOW, source } from './support.ts';

const startServer = serversOfThisFile();

const LIMITS: PlayerKeySettings = {
  key: 'pk_acme_web',
  origins: ['https://acme.example'],
  property: '',
  postsPerSecond: 1_000,
  postsPerAddress: 1_000,
  sessions: 1_000,
  values: 50,
};
const TOKENS = new AccessTokens([
  { name: 'alloy', tenant: 'acme', purpose: 'ingest', token: 'token-of-alloy-001' },
  { name: 'grafana', tenant: 'acme', purpose: 'query', token: 'token-of-grafana-1' },
]);

/** A port with one public key and one relay, both of tenant acme. */
function start(limits: Partial<PlayerKeySettings> = {}) {
  const keyed = keyedGuest(source('acme-web', { tier: 'player', tenant: 'acme' }), { ...LIMITS, ...limits });
  const relay = trustedGuest(source('alloy', { tier: 'player', tenant: 'acme' }), ['*'], 'relay');
  const lines = [
    lineSource('edge-acme', { source: source('edge-acme', { tenant: 'acme' }) }),
    lineSource('edge-globex', { source: source('edge-globex', { tenant: 'globex' }) }),
  ];
  return startServer(lines, {
    tokens: TOKENS,
    keys: new Map([[LIMITS.key, keyed]]),
    relays: new Map([['alloy', relay]]),
  });
}

const beacon = (fields: object = {}): string =>
  JSON.stringify({ event: 'heartbeat', session: 's', ts: NOW, ...fields });
const cmcd = `e=ps,sid="s",sta=p,ts=${NOW},v=2`;
const span = JSON.stringify({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'client.address', value: { stringValue: '198.51.100.9' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: '1'.repeat(32),
              spanId: '2'.repeat(16),
              name: 'playback.heartbeat',
              startTimeUnixNano: `${NOW}000000`,
              endTimeUnixNano: `${NOW}000000`,
              attributes: [{ key: 'session.id', value: { stringValue: 's' } }],
            },
          ],
        },
      ],
    },
  ],
});
const POSTS = [
  ['/v1/beacon', beacon(), 204],
  ['/v1/cmcd', cmcd, 204],
  ['/v1/faro', '{"events":[]}', 204],
  ['/v1/traces', span, 401],
  ['/v1/logs', '{"resourceLogs":[]}', 401],
] as const;
const JSON_TYPE = { 'content-type': 'application/json' };

describe('where keys are given out', () => {
  for (const [path, body, status] of POSTS) {
    for (const [name, query, headers] of [
      ['nothing', '', {}],
      ['an unknown key', '?key=pk_other_web', {}],
      ['a prototype as the key', '?key=__proto__', {}],
      ['an unknown token', '', { authorization: 'Bearer token-of-nobody-01' }],
      ['a token that only reads', '', { authorization: 'Bearer token-of-grafana-1' }],
      ['a good token beside an unknown key', '?key=pk_other_web', { authorization: 'Bearer token-of-alloy-001' }],
    ] as const) {
      test(`${path} with ${name} is answered ${status} and stored nowhere`, async () => {
        const { post, bus, refused } = await start();
        const answer = await post(path + query, body, { ...JSON_TYPE, ...headers });
        expect([answer.status, bus.events, refused()]).toEqual([status, [], { 'player unauthorized': 1 }]);
      });
    }
  }

  for (const [path, body, shown, from] of [
    ['/v1/beacon', beacon(), '?key=pk_acme_web', 'acme-web'],
    ['/v1/cmcd', cmcd, '?key=pk_acme_web', 'acme-web'],
    ['/v1/traces', span, '?key=pk_acme_web', 'acme-web'],
    ['/v1/beacon', beacon(), 'x-playpath-key', 'acme-web'],
    ['/v1/beacon', beacon(), 'authorization', 'alloy'],
    ['/v1/traces', span, 'authorization', 'alloy'],
  ] as const) {
    test(`${path} with ${shown} is filed under ${from} and its tenant`, async () => {
      const { post, bus } = await start();
      const header = shown === 'authorization' ? 'Bearer token-of-alloy-001' : 'pk_acme_web';
      const query = shown.startsWith('?') ? shown : '';
      await post(path + query, body, { ...JSON_TYPE, ...(query === '' ? { [shown]: header } : {}) });
      expect(bus.events.map((event) => [event.source.name, event.source.tenant])).toEqual([[from, 'acme']]);
    });
  }

  test('a page may use the key of its site only', async () => {
    const { post, bus, refused } = await start();
    for (const origin of ['https://acme.example', 'https://evil.example', 'null']) {
      expect((await post('/v1/beacon?key=pk_acme_web', beacon(), { origin })).status).toBe(204);
    }
    expect([bus.events.length, refused()]).toEqual([1, { 'acme-web foreign_origin': 2 }]);
  });

  test('a page cannot say that it speaks for another viewer, a relay can', async () => {
    const { post, bus } = await start();
    await post('/v1/traces?key=pk_acme_web', span, JSON_TYPE);
    await post('/v1/traces', span, { ...JSON_TYPE, authorization: 'Bearer token-of-alloy-001' });
    expect(bus.playerEvents.map(({ client }) => client?.network)).toEqual(['127.0.0.1', '198.51.100.9']);
  });
});

describe('limits of a key', () => {
  test('posts over its rate are dropped, counted, and never asked for again', async () => {
    for (const limits of [{ postsPerSecond: 1 }, { postsPerAddress: 1 }]) {
      const { post, bus, refused } = await start(limits);
      const answers = new Set<number>();
      for (let i = 0; i < 5; i++) {
        answers.add((await post('/v1/beacon?key=pk_acme_web', beacon())).status);
        answers.add((await post('/v1/traces?key=pk_acme_web', span, JSON_TYPE)).status);
      }
      expect([[...answers].toSorted(), bus.events.length]).toEqual([[200, 204], 2]);
      expect(refused()).toEqual({ 'acme-web rate_limited': 8 });
    }
  });

  test('a flood of made-up sessions ends at its quota; sessions that were there go on', async () => {
    const { post, bus, refused } = await start({ sessions: 10 });
    const flood = Array.from({ length: 100 }, (_, i) => beacon({ session: `made-up-${i}` })).join('\n');
    await post('/v1/beacon?key=pk_acme_web', `${beacon()}\n${flood}\n${beacon()}`);
    expect([bus.events.length, refused()]).toEqual([11, { 'acme-web session_limit': 91 }]);
  });

  test('sessions too many in a trace request are a partial success, which nobody repeats', async () => {
    const { post } = await start({ sessions: 1 });
    const two = JSON.parse(span);
    const { spans } = two.resourceSpans[0].scopeSpans[0];
    spans.push({ ...spans[0], attributes: [{ key: 'session.id', value: { stringValue: 'another' } }] });
    const answer = await post('/v1/traces?key=pk_acme_web', JSON.stringify(two), JSON_TYPE);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { partialSuccess: { rejectedSpans: '1', errorMessage: 'session_limit: 1' } },
    ]);
  });

  test('players and properties it makes up end in other', async () => {
    const { post, bus } = await start({ values: 3 });
    const made = Array.from({ length: 50 }, (_, i) => beacon({ player: `p${i}`, property: `q${i}` })).join('\n');
    await post('/v1/beacon?key=pk_acme_web', made);
    expect(new Set(bus.playerEvents.map(({ player }) => player))).toEqual(new Set(['p0', 'p1', 'p2', 'other']));
    expect(new Set(bus.playerEvents.map(({ property }) => property))).toEqual(new Set(['q0', 'q1', 'q2', 'other']));
  });

  test('a property that belongs to the key is that of its events, whatever they say', async () => {
    const { post, bus } = await start({ property: 'acme-tv' });
    await post('/v1/beacon?key=pk_acme_web', `${beacon({ property: 'globex' })}\n${beacon()}`);
    expect(bus.playerEvents.map(({ property }) => property)).toEqual(['acme-tv', 'acme-tv']);
  });
});

describe('lines of a configured log inside OTLP', () => {
  const logs = (name: string): string =>
    JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: name } }] },
          scopeLogs: [
            { logRecords: [{ body: { stringValue: JSON.stringify({ t: NOW, path: '/1' }) } }] },
            { logRecords: [{ body: { stringValue: JSON.stringify({ t: NOW, path: '/2' }) } }] },
          ],
        },
      ],
    });
  const alloy = { ...JSON_TYPE, authorization: 'Bearer token-of-alloy-001' };

  test('come with a token of their tenant', async () => {
    const { post, bus } = await start();
    expect([(await post('/v1/logs', logs('edge-acme'), alloy)).status, bus.paths]).toEqual([200, ['/1', '/2']]);
  });

  for (const [name, source, query, headers] of [
    ['with a token of another tenant', 'edge-globex', '', alloy],
    ['with the key of a page', 'edge-acme', '?key=pk_acme_web', JSON_TYPE],
  ] as const) {
    test(`${name} are rejected, and the sender is told`, async () => {
      const { post, bus, refused } = await start();
      const answer = await post(`/v1/logs${query}`, logs(source), headers);
      expect([answer.status, bus.events, refused()]).toEqual([200, [], { [`${source} unauthorized`]: 2 }]);
      expect(await answer.json()).toEqual({
        partialSuccess: { rejectedLogRecords: '2', errorMessage: 'unauthorized: 2' },
      });
    });
  }

  test('need the secret of their source where there are no tokens', async () => {
    const auth = { kind: 'bearer', token: 'hunter2' } as const;
    const { post, bus, refused } = await startServer([lineSource('edge-a', { auth }), lineSource('edge-b')]);
    await post('/v1/logs', logs('edge-a'), JSON_TYPE);
    expect([bus.paths, refused()]).toEqual([[], { 'edge-a unauthorized': 2 }]);
    await post('/v1/logs', logs('edge-a'), { ...JSON_TYPE, authorization: 'Bearer hunter2' });
    await post('/v1/logs', logs('edge-b'), JSON_TYPE);
    expect(bus.paths).toEqual(['/1', '/2', '/1', '/2']);
  });
});

describe('pushed logs', () => {
  const line = JSON.stringify({ t: NOW, path: '/1' });
  for (const [name, source, shown, status] of [
    ['nothing', 'edge-acme', {}, 401],
    ['a token of their tenant', 'edge-acme', { authorization: 'Bearer token-of-alloy-001' }, 200],
    [
      'that token as the access key of Firehose',
      'edge-acme',
      { 'x-amz-firehose-access-key': 'token-of-alloy-001' },
      200,
    ],
    ['a token of another tenant', 'edge-globex', { authorization: 'Bearer token-of-alloy-001' }, 401],
    ['a token that only reads', 'edge-acme', { authorization: 'Bearer token-of-grafana-1' }, 401],
    ['the key of a page', 'edge-acme', { 'x-playpath-key': 'pk_acme_web' }, 401],
  ] as const) {
    test(`with ${name} are answered ${status}`, async () => {
      const { post } = await start();
      expect((await post(`/v1/push/${source}`, line, shown)).status).toBe(status);
    });
  }

  test('may show the token in the URL when they can show it nowhere else', async () => {
    const { post } = await start();
    expect((await post('/v1/push/edge-acme?token=token-of-alloy-001', line)).status).toBe(200);
  });
});
