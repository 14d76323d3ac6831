import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../collector/config.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import { BOARD_IDS } from '../../dashboards/src/board-ids.ts';
import { SESSION_PANEL } from '../../dashboards/src/boards/session.ts';
import { importsOf, ROOT, sources, text } from '../house/tree.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { labSources } from '../lab/sources.ts';
import { requireSystem, systemCommand } from '../support/system-packages.ts';
import { composeFile, hostAndPort, isBind, mountsOf, repositoryPath, type Service, yamlFile } from './compose-file.ts';

const compose = composeFile();
const service = (name: string): Service => compose.services[name] as Service;
const services = Object.entries(compose.services);
/** Made by `npm run build` of the plugin, not committed. */
const PLUGIN_DIST = 'grafana-plugin/dist';

type PrometheusConfig = {
  readonly rule_files: readonly string[];
  readonly alerting: {
    readonly alertmanagers: readonly { static_configs: readonly { targets: readonly string[] }[] }[];
  };
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly metrics_path?: string;
    readonly static_configs: readonly { targets: readonly string[] }[];
  }[];
};
type TempoConfig = {
  readonly server: { readonly http_listen_port: number };
  readonly distributor: {
    readonly receivers: { readonly otlp: { readonly protocols: { http: { endpoint: string } } } };
  };
};
type Datasources = {
  readonly apiVersion: number;
  readonly datasources: readonly {
    readonly uid: string;
    readonly type: string;
    readonly url: string;
    readonly jsonData?: { readonly exemplarTraceIdDestinations?: readonly { name: string; url: string }[] };
  }[];
};
type Providers = { readonly apiVersion: number; readonly providers: readonly { options: { path: string } }[] };

const prometheus = yamlFile('dashboards/compose/prometheus.yml') as PrometheusConfig;
const tempo = yamlFile('dashboards/compose/tempo.yaml') as TempoConfig;
const playpath = parseConfig(text('dashboards/compose/playpath.yaml'), {
  formats: FORMATS,
  environment: {},
  origin: 'dashboards/compose/playpath.yaml',
  folder: ROOT,
});
const datasources = yamlFile('dashboards/provisioning/datasources/playpath.yaml') as Datasources;
const dockerfile = text('Dockerfile');

/** Where each service listens, from its own configuration or as its makers document it. */
const LISTENING: Readonly<Record<string, readonly number[]>> = {
  collector: [playpath.ingest.port, playpath.api.port, playpath.metrics.port],
  lab: [],
  prometheus: [9090],
  alertmanager: [9093],
  tempo: [tempo.server.http_listen_port, hostAndPort(tempo.distributor.receivers.otlp.protocols.http.endpoint).port],
  grafana: [3000],
};

test('the list of services is known', () => {
  expect(Object.keys(compose.services).toSorted()).toEqual(Object.keys(LISTENING).toSorted());
});

describe.each(services)('%s', (name, one) => {
  test('mounts files that exist, and cannot change them', () => {
    for (const { source, target, mode } of mountsOf(one)) {
      expect(target, source).toMatch(/^\//);
      if (!isBind(source)) expect(Object.keys(compose.volumes)).toContain(source);
      else {
        expect(mode, source).toBe('ro');
        const path = normalize(source).replace(/\/$/, '');
        expect(path === PLUGIN_DIST || existsSync(join(ROOT, path)), source).toBe(true);
      }
    }
  });

  test('publishes what it listens on, and waits for services that exist', () => {
    const published = (one.ports ?? []).map((port) => Number(port.split(':')[2]));
    expect(published.filter((port) => !LISTENING[name]?.includes(port))).toEqual([]);
    const needed = Array.isArray(one.depends_on) ? one.depends_on : Object.keys(one.depends_on ?? {});
    expect(needed.filter((other) => !Object.hasOwn(compose.services, other))).toEqual([]);
  });

  test('is given configuration files that are mounted where it looks', () => {
    const paths = (one.command ?? []).flatMap((word) => /config\.file=(.+)$/.exec(word)?.[1] ?? []);
    for (const path of paths) expect(existsSync(join(ROOT, repositoryPath(one, path))), path).toBe(true);
  });
});

test('every volume is used', () => {
  const used = services.flatMap(([, one]) => mountsOf(one).map(({ source }) => source));
  expect(Object.keys(compose.volumes).filter((volume) => !used.includes(volume))).toEqual([]);
});

describe('Prometheus', () => {
  test('scrapes both pages of the collector, under the names that rules and dashboards use', () => {
    expect(
      prometheus.scrape_configs.map(({ job_name, metrics_path = '/metrics' }) => [job_name, metrics_path]),
    ).toEqual([
      ['playpath', '/metrics'],
      ['playpath-collector', '/metrics/collector'],
    ]);
    const targets = prometheus.scrape_configs.flatMap((one) => one.static_configs.flatMap((list) => [...list.targets]));
    expect(new Set(targets)).toEqual(new Set([`collector:${playpath.metrics.port}`]));
  });

  test('finds its rules and its Alertmanager', () => {
    expect(prometheus.rule_files.map((path) => repositoryPath(service('prometheus'), path))).toEqual([
      'dashboards/rules/recording.yaml',
      'dashboards/rules/alerts.yaml',
    ]);
    const targets = prometheus.alerting.alertmanagers.flatMap((one) =>
      one.static_configs.flatMap(({ targets }) => targets),
    );
    for (const target of targets) reaches(target);
  });

  test('keeps exemplars', () => {
    expect(service('prometheus').command).toContain('--enable-feature=exemplar-storage');
  });

  test.skipIf(requireSystem('promtool') !== '')('accepts its configuration', () => {
    const file = join(ROOT, 'dashboards/compose/prometheus.yml');
    const { status, stderr } = spawnSync(systemCommand('promtool'), ['check', 'config', '--syntax-only', file]);
    expect(status, stderr?.toString()).toBe(0);
  });
});

test.skipIf(requireSystem('amtool') !== '')('Alertmanager accepts its configuration', () => {
  const file = join(ROOT, 'dashboards/compose/alertmanager.yml');
  const { status, stderr } = spawnSync(systemCommand('amtool'), ['check-config', file]);
  expect(status, stderr?.toString()).toBe(0);
});

describe('the collector', () => {
  test('listens for the other containers and sends its traces to Tempo', () => {
    expect([playpath.ingest.host, playpath.metrics.host, playpath.api.host]).toEqual(['0.0.0.0', '0.0.0.0', '0.0.0.0']);
    reaches(playpath.export.otlp.endpoint);
    const { endpoint } = tempo.distributor.receivers.otlp.protocols.http;
    expect(hostAndPort(playpath.export.otlp.endpoint)).toEqual({ host: 'tempo', port: hostAndPort(endpoint).port });
    expect(hostAndPort(endpoint).host).toBe('0.0.0.0');
  });

  test('keeps what must survive in a volume that is its own', () => {
    const volume = mountsOf(service('collector')).find(({ target }) => target === playpath.dataDir);
    expect(isBind(volume?.source ?? './')).toBe(false);
    expect(dockerfile).toContain(`chown node:node ${playpath.dataDir}`);
  });

  test('reads the configuration that is mounted', () => {
    const [, path = ''] = /^CMD \["start", "--config", "(.+)"\]$/m.exec(dockerfile) ?? [];
    expect(repositoryPath(service('collector'), path)).toBe('dashboards/compose/playpath.yaml');
  });

  test('has the sources the lab writes', () => {
    const demo = SCENARIOS.get('demo') as Scenario;
    const written = labSources(demo).filter(({ tier }) => tier !== 'player');
    expect(playpath.sources.map(({ source }) => source)).toMatchObject(
      written.map(({ name, format, tier, latenessMs }) => ({ name, format, tier, latenessMs })),
    );
    const command = service('lab').command ?? [];
    expect(command[0]).toBe('lab');
    expect(command[command.indexOf('--scenario') + 1]).toBe('demo');
    reaches(command[command.indexOf('--post') + 1] ?? '');
  });
});

describe('the image', () => {
  test('is not run by root, and says whether it is well', () => {
    const lines = dockerfile.split('\n');
    const user = lines.findIndex((line) => line.startsWith('USER '));
    expect(lines[user]).toBe('USER node');
    expect(lines.slice(user).filter((line) => /^(RUN|COPY|ADD|USER root)/.test(line))).toEqual([]);
    expect(dockerfile).toMatch(
      new RegExp(`^HEALTHCHECK[\\s\\S]*127\\.0\\.0\\.1:${playpath.metrics.port}/healthz`, 'm'),
    );
    const [, exposed = ''] = /^EXPOSE (.+)$/m.exec(dockerfile) ?? [];
    expect(exposed.split(' ').map(Number).toSorted()).toEqual([...(LISTENING.collector ?? [])].toSorted());
  });

  test('has every file that the collector and the lab import, and nothing keeps them from it', () => {
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, list = '']) => list.split(' '));
    const allowed = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(copied.toSorted()).toEqual(allowed.toSorted());
    const folders = ['collector/', 'test/lab/'];
    expect(folders.filter((folder) => !copied.includes(folder.slice(0, -1)))).toEqual([]);
    const run = [...sources('collector'), ...sources('test/lab')].filter(
      (path) => path !== 'collector/player/build.ts',
    );
    const missing = run.flatMap((path) =>
      importsOf(path)
        .filter(({ specifier, isType }) => specifier.startsWith('.') && !isType)
        .map(({ specifier }) => join(dirname(path), specifier))
        .filter((target) => !folders.some((folder) => target.startsWith(folder))),
    );
    expect(missing).toEqual([]);
  });

  test('runs on the Node this repository is tested with', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: { node: string };
    };
    expect(dockerfile).toContain(`FROM node:${devDependencies.node.split('.')[0]}-`);
  });
});

describe('Tempo', () => {
  test('has no key that version 3 refuses', () => {
    const refused = ['ingester', 'ingester_client', 'compactor', 'metrics_generator_client'];
    expect(Object.keys(tempo).filter((key) => refused.includes(key))).toEqual([]);
    expect(service('tempo').image).toMatch(/^grafana\/tempo:3\./);
    expect(service('tempo').command).toContain('-target=all');
  });
});

describe('Grafana', () => {
  test('has data sources that it reaches, under the ids that rules use', () => {
    for (const { url } of datasources.datasources) reaches(url);
    const uids = datasources.datasources.map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(uids.length);
    const used = text('dashboards/provisioning/alerting/rules.yaml').matchAll(/datasourceUid: (\S+)/g);
    expect([...new Set([...used].map(([, uid]) => uid))].toSorted()).toEqual(['__expr__', 'prometheus']);
    expect(uids).toEqual(expect.arrayContaining(['prometheus', 'tempo']));
  });

  test('opens the session of an exemplar', () => {
    const [source] = datasources.datasources.filter(({ type }) => type === 'prometheus');
    const [link] = source?.jsonData?.exemplarTraceIdDestinations ?? [];
    expect(link?.name).toBe('trace_id');
    const [, board = ''] = /^\/d\/([\w-]+)\?var-traceId=\$\$\{__value\.raw\}$/.exec(link?.url ?? '') ?? [];
    expect(BOARD_IDS).toContain(board);
  });

  test('finds provisioning, dashboards and the first one to show', () => {
    const grafana = service('grafana');
    expect(repositoryPath(grafana, '/etc/grafana/provisioning')).toBe('dashboards/provisioning');
    const { providers } = yamlFile('dashboards/provisioning/dashboards/playpath.yaml') as Providers;
    expect(providers.map(({ options }) => repositoryPath(grafana, options.path))).toEqual([
      'dashboards/grafana',
      'dashboards/analytics',
    ]);
    const home = repositoryPath(grafana, grafana.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '');
    expect(existsSync(join(ROOT, home)), home).toBe(true);
  });

  test('may load the plugin, which is the panel that the session dashboard asks for, and the data source inside', () => {
    const grafana = service('grafana');
    const { id } = JSON.parse(text('grafana-plugin/src/plugin.json')) as { id: string };
    expect(id).toBe(SESSION_PANEL);
    const { id: source } = JSON.parse(text('grafana-plugin/src/datasource/plugin.json')) as { id: string };
    expect(grafana.environment?.GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS).toBe(`${id},${source}`);
    expect(repositoryPath(grafana, `/var/lib/grafana/plugins/${id}`)).toBe(PLUGIN_DIST);
    const { scripts } = JSON.parse(text('grafana-plugin/package.json')) as { scripts: Record<string, string> };
    expect(scripts.build).toBeDefined();
  });
});

/** Host is a service and port one it listens on. */
function reaches(address: string): void {
  const { host, port } = hostAndPort(address);
  expect(Object.keys(compose.services), address).toContain(host);
  expect(LISTENING[host], address).toContain(port);
}
