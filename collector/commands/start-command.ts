import { fileURLToPath } from 'node:url';
import { PageBuilder } from '../api/page-builder.ts';
import { Collector } from '../collector.ts';
import { type Config, configFile, loadConfig, parseConfig } from '../config.ts';
import { FORMATS } from '../formats/index.ts';
import { SteadyClock } from '../log/steady-clock.ts';
import type { HttpServer } from '../receivers/http.ts';
import { createLogger } from '../telemetry/logger.ts';
import { Analytics, openAnalytics } from '../wiring/analytics.ts';
import { demoConfigText, startDemo } from '../wiring/demo.ts';
import { type Listening, urlOf } from '../wiring/listeners.ts';
import { reloadable } from '../wiring/reload.ts';

export type StartOptions = {
  /** '' takes PLAYPATH_CONFIG, else demo traffic. */
  readonly file: string;
  readonly version: string;
  readonly out: { write(text: string): unknown };
};

/** What `main.ts` can do with a running collector. */
export type Running = {
  readonly close: () => Promise<void>;
  /** Takes configuration and certificates from their files again; goes on with the old ones when these are wrong. */
  readonly reload: () => Promise<void>;
};

/** Builds the page with the session panel, and where it leaves it. */
const PAGE_SCRIPT = fileURLToPath(new URL('../../page/build/page-build.ts', import.meta.url));
const PAGE_FOLDER = fileURLToPath(new URL('../../.cache/page', import.meta.url));

/** `start`: the collector for real, or with demo traffic when nothing is configured. */
export async function runStart({ file, version, out }: StartOptions): Promise<Running> {
  const named = configFile(file);
  const isDemo = named === '';
  const config = isDemo ? demoConfig() : loadConfig({ formats: FORMATS, file: named });
  const log = createLogger({ ...config.log, stream: process.stderr, now: Date.now });
  const page = config.api.page
    ? new PageBuilder({ script: PAGE_SCRIPT, folder: PAGE_FOLDER, now: Date.now, log })
    : null;
  const { now, resume } = new SteadyClock(Date.now, () => performance.now());
  const analytics = await openAnalytics(config, log, now);
  const made = (from: Config, store: Analytics | null, http?: HttpServer): Collector =>
    new Collector({
      config: from,
      version,
      log,
      now,
      resume,
      ...(page ? { page } : {}),
      ...(store ? { analytics: store } : {}),
      ...(http ? { http } : {}),
    });
  let running = config;
  let collector = made(config, analytics);
  const ports = await collector.start();
  // Who starts a demo will look at it.
  if (isDemo) page?.want();
  const demo = isDemo ? startDemo(urlOf(config.ingest, ports.ingest), log) : null;
  out.write(`${banner(version, config, ports, isDemo).join('\n')}\n`);
  /** The ingest port stays open throughout: whoever posts meanwhile waits for the new collector. */
  const exchange = async (next: Config): Promise<void> => {
    const http = await collector.handOver();
    collector = made(next, analytics && new Analytics(analytics.store, next, log, now), http);
    await collector.start();
  };
  const reload = async (): Promise<void> => {
    try {
      collector.reloadTls();
      log.info('certificates were read again');
    } catch (error) {
      log.error('certificates could not be read again, the old ones stay', { error });
    }
    const next = reloadable(loadConfig({ formats: FORMATS, file: named }), running, log);
    try {
      await exchange(next);
      running = next;
    } catch (error) {
      await exchange(running);
      throw error;
    }
  };
  return {
    reload: () =>
      (isDemo ? Promise.resolve() : reload()).then(
        () => log.info('the configuration was read again', {}),
        (error: Error) => log.error('the new configuration is not used', { reason: error.message }),
      ),
    close: async () => {
      page?.close();
      await demo?.close();
      await collector.close();
    },
  };
}

function demoConfig(): Config {
  return parseConfig(demoConfigText(), { formats: FORMATS, origin: 'demo', folder: process.cwd() });
}

function banner(version: string, config: Config, ports: Listening, isDemo: boolean): string[] {
  const { ingest, metrics, api } = config;
  const lines = [
    `Playpath ${version} is ready`,
    `  ingest    ${urlOf(ingest, ports.ingest)}   OTLP, CMCD, beacons, log push, /player.js`,
    `  metrics   ${urlOf(metrics, ports.metrics)}/metrics   for Prometheus; /metrics/collector for the collector itself`,
    `  sessions  ${urlOf(api, ports.api)}   recent sessions and traces; Jaeger's query API under /jaeger`,
  ];
  if (!isDemo) return lines;
  return [
    ...lines,
    '',
    'No configuration was given, so demo traffic of a simulated fleet runs through the whole pipeline.',
    `Next: open ${urlOf(api, ports.api)} and read why a session failed,`,
    '      then connect your own players and CDNs: README.md, docs/connect/, docs/config.md.',
  ];
}
