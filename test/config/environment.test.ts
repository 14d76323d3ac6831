import { expect, test } from 'vitest';
import { variableOf } from '../../collector/config/environment.ts';
import { configSchema } from '../../collector/config/schema.ts';
import { settingsOf } from '../../collector/config/settings-of.ts';
import { problemsOf, readConfig } from './read-config.ts';

for (const [variable, text, read, value] of [
  ['PLAYPATH_API_PORT', '0', (c) => c.api.port, 0],
  ['PLAYPATH_INGEST_HOST', '0.0.0.0', (c) => c.ingest.host, '0.0.0.0'],
  ['PLAYPATH_INGEST_LIMITS_REQUEST_TIMEOUT', '250ms', (c) => c.ingest.limits.requestTimeoutMs, 250],
  ['PLAYPATH_INGEST_LIMITS_LINE', '2KiB', (c) => c.ingest.limits.lineBytes, 2_048],
  ['PLAYPATH_CORRELATE_HEALTHY_SAMPLE', '0.5', (c) => c.correlate.healthySample, 0.5],
  ['PLAYPATH_CORRELATE_DETAIL', 'full', (c) => c.correlate.detail, 'full'],
  ['PLAYPATH_API_JAEGER', 'false', (c) => c.api.jaeger, false],
  ['PLAYPATH_API_PAGE', 'false', (c) => c.api.page, false],
  [
    'PLAYPATH_PLAYER_ORIGINS',
    'https://a.example, https://b.example',
    (c) => c.player.origins,
    ['https://a.example', 'https://b.example'],
  ],
  ['PLAYPATH_PRIVACY_REDACT', '', (c) => c.privacy.redact, []],
  ['PLAYPATH_PRIVACY_SALT', 'pepper', (c) => c.privacy.salt?.reveal(), 'pepper'],
  [
    'PLAYPATH_EXPORT_OTLP_HEADERS',
    'a=b==, c=d',
    (c) => Object.entries(c.export.otlp.headers).map(([k, v]) => [k, v.reveal()]),
    [
      ['a', 'b=='],
      ['c', 'd'],
    ],
  ],
] as const satisfies readonly (readonly [
  string,
  string,
  (config: ReturnType<typeof readConfig>) => unknown,
  unknown,
])[]) {
  test(`${variable} sets its key`, () => {
    const config = readConfig('access: { open: true }\napi: { port: 1 }\nplayer: { origins: [https://c.example] }', {
      [variable]: text,
    });
    expect(read(config)).toEqual(value);
  });
}

test('a source is reached by its name', () => {
  const text =
    'sources: [{ name: a, format: nginx-json, tier: edge }, { name: edge-b.1, format: nginx-json, tier: edge }]';
  const { sources } = readConfig(text, {
    PLAYPATH_SOURCES_EDGE_B_1_SECRET: 'hunter2',
    PLAYPATH_SOURCES_A_TENANT: 'acme',
  });
  expect(sources.map(({ auth, source }) => [auth?.kind, source.tenant])).toEqual([
    [undefined, 'acme'],
    ['bearer', 'default'],
  ]);
});

test('a wrong value is reported under the name of its variable', () => {
  expect(problemsOf('', { PLAYPATH_API_PORT: 'many', PLAYPATH_API_JAEGER: 'yes' })).toEqual([
    { path: 'PLAYPATH_API_PORT', message: 'must be a whole number from 0 to 65535, not "many"', line: 0, column: 0 },
    { path: 'PLAYPATH_API_JAEGER', message: 'must be true or false, not "yes"', line: 0, column: 0 },
  ]);
});

test('an unknown variable is refused, with the name that was probably meant', () => {
  const [problem] = problemsOf('', { PLAYPATH_INGEST_PROT: '1' });
  expect(problem).toMatchObject({
    path: 'PLAYPATH_INGEST_PROT',
    message: 'is not a setting. Did you mean "PLAYPATH_INGEST_PORT"?',
  });
});

test('what Kubernetes sets for services called playpath is left alone', () => {
  const links = {
    PLAYPATH_SERVICE_HOST: '10.0.0.1',
    PLAYPATH_SERVICE_PORT_INGEST: '4318',
    PLAYPATH_PORT: 'tcp://10.0.0.1:4318',
    PLAYPATH_PORT_4318_TCP_ADDR: '10.0.0.1',
    PLAYPATH_INGEST_PORT: 'tcp://10.0.0.1:4318',
  };
  expect(readConfig('', links)).toEqual(readConfig(''));
});

test('no two keys share a variable', () => {
  const schema = configSchema({ resolvePath: (path) => path, resolveSecret: (text) => text, formats: new Map() });
  const paths = [...settingsOf(schema)].flatMap((at) => ('setting' in at ? [at.path.join('.')] : []));
  const variables = new Set([...new Set(paths)].map((path) => variableOf(path.split('.'))));
  expect(paths.length).toBeGreaterThan(50);
  expect(variables.size).toBe(new Set(paths).size);
});
