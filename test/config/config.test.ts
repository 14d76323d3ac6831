import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { revealAuth } from '../../collector/config/source-config.ts';
import { loadConfig } from '../../collector/config.ts';
import type { PushAuth } from '../../collector/receivers/sources.ts';
import { FORMATS, readConfig } from './read-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('without anything written, only loopback listens and nothing is exported', () => {
  const config = readConfig('');
  expect([config.ingest.host, config.metrics.host, config.api.host]).toEqual(Array(3).fill('127.0.0.1'));
  expect([config.ingest.port, config.metrics.port, config.api.port]).toEqual([4318, 9464, 8080]);
  expect(config.export.otlp.endpoint).toBe('');
  expect(config.sources).toEqual([]);
});

test('a section left empty is as it is by default', () => {
  expect(readConfig('ingest:\nlog:\n  level:\n')).toEqual(readConfig(''));
});

test('durations become milliseconds and sizes bytes, and the names say so', () => {
  const { correlate, ingest } = readConfig('correlate: { settle: 1.5m }\ningest: { limits: { line: 64KiB } }');
  expect(correlate.settleMs).toBe(90_000);
  expect(ingest.limits.lineBytes).toBe(65_536);
});

test('a source says who wrote it, and takes what it leaves out from its format', () => {
  const { sources } = readConfig(`
sources:
  - { name: edge-a, format: cloudfront-standard, tier: edge, cdn: cloudfront }
  - { name: edge-b, format: nginx-json, tier: shield, lateness: 10s, tenant: acme, sampleRate: 0.5 }
  - { name: origin-log, format: nginx-json, tier: origin, origin: origin-1, timeZone: Europe/Madrid }
  - { name: app, format: nginx-json, tier: player }
`);
  const common = { tenant: 'default', timeZone: 'UTC', sampleRate: 1, latenessMs: 300_000 };
  expect(sources.map(({ source }) => source)).toEqual([
    {
      ...common,
      index: 0,
      name: 'edge-a',
      format: 'cloudfront-standard',
      tier: 'edge',
      emitter: 'cloudfront',
      latenessMs: 86_400_000,
    },
    {
      ...common,
      index: 1,
      name: 'edge-b',
      format: 'nginx-json',
      tier: 'shield',
      emitter: 'edge-b',
      latenessMs: 10_000,
      tenant: 'acme',
      sampleRate: 0.5,
    },
    {
      ...common,
      index: 2,
      name: 'origin-log',
      format: 'nginx-json',
      tier: 'origin',
      emitter: 'origin-1',
      timeZone: 'Europe/Madrid',
    },
    { ...common, index: 3, name: 'app', format: 'nginx-json', tier: 'player', emitter: 'player' },
  ]);
});

test('files of a source start at the folder of the configuration', () => {
  const { sources } = readConfig(
    'sources: [{ name: a, format: nginx-json, tier: edge, path: [logs/*.log, /var/b.log] }]',
  );
  expect(sources[0]?.paths).toEqual(['/etc/playpath/logs/*.log', '/var/b.log']);
});

test('the dead letters lie in the data folder unless they are put elsewhere', () => {
  expect(readConfig('dataDir: /data').deadLetter.path).toBe('/data/dead-letter.ndjson');
  expect(readConfig('deadLetter: { path: dead.ndjson }').deadLetter.path).toBe('/etc/playpath/dead.ndjson');
});

test('a secret stands alone as a bearer token', () => {
  const { sources } = readConfig('sources: [{ name: a, format: nginx-json, tier: edge, secret: hunter2 }]');
  const auth = sources[0]?.auth;
  expect(auth?.kind === 'bearer' && auth.token.reveal()).toBe('hunter2');
});

for (const [written, revealed] of [
  ['{ kind: bearer, token: t }', { kind: 'bearer', token: 't' }],
  ['{ kind: basic, user: u, password: p }', { kind: 'basic', user: 'u', password: 'p' }],
  ['{ kind: header, header: X-Key, value: v }', { kind: 'header', header: 'X-Key', value: 'v' }],
  ['{ kind: firehose, accessKey: k }', { kind: 'firehose', accessKey: 'k' }],
] as const) {
  test(`senders may prove themselves by ${revealed.kind}`, () => {
    const { sources } = readConfig(`sources: [{ name: a, format: nginx-json, tier: edge, auth: ${written} }]`);
    const auth: PushAuth | null = sources[0]?.auth ? revealAuth(sources[0].auth) : null;
    expect(auth).toEqual(revealed);
  });
}

test('secrets come from the text, the environment or a file, and print as [secret]', () => {
  writeFileSync(join(folder, 'token'), 'from-file\n');
  const text = 'export: { otlp: { headers: { a: plain, b: "env:B_TOKEN", c: "file:token" } } }';
  writeFileSync(join(folder, 'playpath.yaml'), text);
  const config = loadConfig({
    file: join(folder, 'playpath.yaml'),
    formats: FORMATS,
    environment: { B_TOKEN: 'from-env' },
  });
  const { headers } = config.export.otlp;
  expect(Object.values(headers).map((secret) => secret.reveal())).toEqual(['plain', 'from-env', 'from-file']);
  for (const printed of [inspect(config, { depth: 9 }), JSON.stringify(config), `${headers.a}`]) {
    expect(printed).not.toMatch(/plain|from-env|from-file/);
    expect(printed).toContain('[secret]');
  }
});

test('the result cannot be changed', () => {
  const config = readConfig('sources: [{ name: a, format: nginx-json, tier: edge }]');
  expect(() => Object.assign(config.ingest.limits, { bodyBytes: 1 })).toThrow(TypeError);
  expect(() => Object.assign(config.sources[0]?.source ?? {}, { tenant: 'x' })).toThrow(TypeError);
});

test('the file is the one asked for, else the one PLAYPATH_CONFIG names, else none', () => {
  const write = (name: string, level: string) => {
    writeFileSync(join(folder, name), `log: { level: ${level} }`);
    return join(folder, name);
  };
  const [asked, named] = [write('a.yaml', 'warn'), write('b.yaml', 'error')];
  const environment = { PLAYPATH_CONFIG: named };
  expect(loadConfig({ file: asked, formats: FORMATS, environment }).log.level).toBe('warn');
  expect(loadConfig({ formats: FORMATS, environment }).log.level).toBe('error');
  expect(loadConfig({ formats: FORMATS, environment: {} }).log.level).toBe('info');
});

test('a file that is not there is said to be unreadable', () => {
  const read = () => loadConfig({ file: join(folder, 'nowhere.yaml'), formats: FORMATS, environment: {} });
  expect(read).toThrow(/nowhere.yaml cannot be read: ENOENT/);
  expect(read).toThrow(expect.objectContaining({ code: 'config_unreadable' }));
});
