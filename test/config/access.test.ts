import { expect, test } from 'vitest';
import { problemsOf, readConfig } from './read-config.ts';

function token(purpose: string, secret = '0123456789abcdef'): string {
  return `access: { tokens: [{ name: t, tenant: acme, purpose: ${purpose}, token: "${secret}" }] }`;
}

/** What is written, where the problem is said to be (line:column path), and what is said. */
const MISTAKES: readonly (readonly [name: string, text: string, place: string, message: RegExp])[] = [
  ['a token that can be guessed', token('query', 'short'), '1:68 access.tokens[0].token', /shorter than 16 characters/],
  [
    'a token for nothing',
    token('read'),
    '1:54 access.tokens[0].purpose',
    /ingest, query, analytics, admin, not "read"/,
  ],
  [
    'a token for a tenant that cannot be',
    'access: { tokens: [{ name: t, tenant: a b, purpose: query, token: 0123456789abcdef }] }',
    '1:39 access.tokens[0].tenant',
    /letters/,
  ],
  [
    'two tokens of one name',
    `access:\n  tokens:\n    - &t { name: t, tenant: a, purpose: query, token: 0123456789abcdef }\n    - *t`,
    '4:7 access.tokens[1].name',
    /taken by access.tokens\[0\]/,
  ],
  [
    'a key that is too short',
    'access: { players: [{ name: web, key: pk, tenant: acme }] }',
    '1:39 access.players[0].key',
    /8 to 64/,
  ],
  [
    'a key of all tenants',
    'access: { players: [{ name: web, key: pk_12345, tenant: "*" }] }',
    '1:57 access.players[0].tenant',
    /letters/,
  ],
  [
    'one key for two',
    'access:\n  players:\n    - { name: a, key: pk_12345, tenant: x }\n    - { name: b, key: pk_12345, tenant: y }',
    '4:23 access.players[1].key',
    /stands for one/,
  ],
  [
    'a key with the name of a source',
    `sources:\n  - { name: edge-a, format: nginx-json, tier: edge }\naccess: { players: [{ name: edge-a, key: pk_12345, tenant: x }] }`,
    '3:29 access.players[0].name',
    /taken by sources\[0\]/,
  ],
  [
    'a key with the name of a token',
    'access:\n  players: [{ name: a, key: pk_12345, tenant: x }]\n  tokens: [{ name: a, tenant: x, purpose: ingest, token: 0123456789abcdef }]',
    '2:21 access.players[0].name',
    /taken by access.tokens\[0\]/,
  ],
  [
    'a key with the name of those without',
    'access: { players: [{ name: player, key: pk_12345, tenant: x }] }',
    '1:29 access.players[0].name',
    /without a key/,
  ],
  ['players who may post from anywhere', 'ingest: { host: 0.0.0.0 }', '1:17 ingest.host', /without a key.*access.open/],
  [
    'a source anybody may push to',
    `${token('ingest')}\ningest: { host: "::" }\nsources: [{ name: e, format: nginx-json, tier: edge, tenant: other }]`,
    '2:17 ingest.host',
    /push as e.*token of purpose ingest/,
  ],
  ['sessions anybody may read', `${token('ingest')}\napi: { host: 192.0.2.1 }`, '2:14 api.host', /every session/],
  [
    'metrics of all behind the token of one',
    `${token('query')}\nmetrics: { host: metrics.internal }`,
    '2:18 metrics.host',
    /read the metrics.*tenant "\*"/,
  ],
  ['a certificate without its key', 'api: { tls: { cert: c.pem } }', '1:21 api.tls.cert', /needs key/],
  ['a key without its certificate', 'metrics: { tls: { key: k.pem } }', '1:24 metrics.tls.key', /needs cert/],
  ['an authority without TLS', 'ingest: { tls: { clientCa: c.pem } }', '1:28 ingest.tls.clientCa', /needs cert/],
  [
    'a sender known by a certificate that nobody checks',
    'sources: [{ name: a, format: nginx-json, tier: edge, auth: { kind: certificate, name: x } }]',
    '1:68 sources[0].auth.kind',
    /ingest.tls.clientCa/,
  ],
];

for (const [name, text, place, message] of MISTAKES) {
  test(`${name} is refused`, () => {
    const found = problemsOf(text).map((problem) => ({
      place: `${problem.line}:${problem.column} ${problem.path}`,
      message: problem.message,
    }));
    expect(found).toContainEqual({ place, message: expect.stringMatching(message) });
  });
}

for (const [name, text] of [
  ['on loopback', 'ingest: { host: localhost }\nmetrics: { host: "::1" }\napi: { host: 127.1.2.3 }'],
  ['that are meant to be open', 'access: { open: true }\ningest: { host: 0.0.0.0 }\napi: { host: 0.0.0.0 }'],
  [
    'that ask who is there',
    [
      'access:',
      '  tokens:',
      '    - { name: agent, tenant: acme, purpose: ingest, token: 0123456789abcdef }',
      '    - { name: grafana, tenant: "*", purpose: query, token: fedcba9876543210 }',
      'ingest: { host: 0.0.0.0 }',
      'metrics: { host: 0.0.0.0 }',
      'api: { host: 0.0.0.0 }',
      'sources:',
      '  - { name: a, format: nginx-json, tier: edge, tenant: acme }',
      '  - { name: b, format: nginx-json, tier: edge, secret: s }',
      '  - { name: c, format: nginx-json, tier: edge, path: c.log }',
    ].join('\n'),
  ],
] as const) {
  test(`ports ${name} are accepted`, () => {
    expect(() => readConfig(text)).not.toThrow();
  });
}
