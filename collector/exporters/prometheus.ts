import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry, type RegistryContentType } from 'prom-client';
import { authorize } from '../access/authorize.ts';
import { createListener, type Listener, reloadTls } from '../access/listener.ts';
import type { TlsFiles } from '../access/tls.ts';
import type { AccessTokens } from '../access/tokens.ts';
import { PlaypathError } from '../errors.ts';
import { ALL_TENANTS } from '../model/grant.ts';
import type { MetricFamily } from '../model/metric.ts';
import { FirstSight, type Sight } from './first-sight.ts';
import { PrometheusMetric } from './prometheus-metric.ts';

/** Answers one scrape; takes over the response. */
export type ScrapeHandler = (request: IncomingMessage, response: ServerResponse) => void;

export type PrometheusOptions = {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Read at every scrape. */
  readonly families: () => readonly MetricFamily[];
  /** `/metrics/collector`: the collector's own. */
  readonly collector: ScrapeHandler;
  /** A scrape holds the numbers of all tenants, so it takes a token for all of them. */
  readonly tokens: AccessTokens;
  readonly tls: TlsFiles;
  /** Empty when all is well, otherwise what is not, as `/healthz` says it. */
  readonly health: () => string;
};

/** Scrapers are few. */
const LIMITS = { maxConnections: 256, maxConnectionsPerAddress: 256, requestTimeoutMs: 30_000 };

/** Renders families through prom-client: classic text, or OpenMetrics with exemplars. */
export async function renderText(families: readonly MetricFamily[], format: 'text' | 'openmetrics' = 'text') {
  return registryOf(families, format).metrics();
}

/** The scrape endpoint: `/metrics`, `/metrics/collector` and `/healthz`. */
export class PrometheusEndpoint {
  readonly #options: PrometheusOptions;
  readonly #server: Listener;
  readonly #firstSight = new FirstSight();
  #isClosed = false;

  constructor(options: PrometheusOptions) {
    this.#options = options;
    const limits = { ...LIMITS, isExempt: () => true };
    this.#server = createListener(limits, options.tls, (request, response) => this.#answer(request, response));
  }

  /** Takes the certificate from its files again. Throws `tls_unreadable`, and goes on with the old one. */
  reloadTls(): void {
    reloadTls(this.#server, this.#options.tls);
  }

  /** Resolves with the port that was opened. */
  async start(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause) => {
        reject(new PlaypathError('listen_failed', `metrics: cannot listen on ${host}:${port}`, { cause }));
      });
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (this.#isClosed || !this.#server.listening) return;
    this.#isClosed = true;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== '/healthz' && !this.#isAdmitted(request, response)) return;
    switch (path) {
      case '/metrics':
        void this.#scrape(request, response);
        break;
      case '/metrics/collector':
        this.#options.collector(request, response);
        break;
      case '/healthz':
        this.#health(response);
        break;
      default:
        send(response, 404, 'Not found: /metrics, /metrics/collector and /healthz are here.\n');
    }
  }

  #isAdmitted({ headers }: IncomingMessage, response: ServerResponse): boolean {
    const access = authorize(headers, 'query', this.#options.tokens);
    if ('refusal' in access) {
      for (const [name, value] of Object.entries(access.refusal.headers)) response.setHeader(name, value);
      send(response, access.refusal.status, `${access.refusal.message}\n`);
      return false;
    }
    if (access.grant.tenant === ALL_TENANTS) return true;
    send(response, 403, 'The metrics are those of all tenants: a token for tenant "*" is needed.\n');
    return false;
  }

  async #scrape(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const format = wantsOpenMetrics(request) ? 'openmetrics' : 'text';
      const { families, received } = this.#sightOf(request);
      const registry = registryOf(families, format);
      const text = await registry.metrics();
      response.once('finish', received);
      response.writeHead(200, { 'content-type': registry.contentType, vary: 'Accept' }).end(text);
    } catch (error) {
      // A scrape that fails must look failed: half a page would look like counters that were reset.
      send(response, 500, `The metrics could not be rendered: ${String(error)}\n`);
    }
  }

  /** A person sees the values; a scraper that computes rates needs to see where they began. */
  #sightOf({ headers, socket }: IncomingMessage): Sight {
    const families = this.#options.families();
    if (headers['x-prometheus-scrape-timeout-seconds'] === undefined) return { families, received: () => {} };
    return this.#firstSight.for(`${socket.remoteAddress} ${headers['user-agent']}`, families);
  }

  #health(response: ServerResponse): void {
    const problem = this.#options.health();
    if (problem === '') send(response, 200, 'ok\n');
    else send(response, 503, `${problem}\n`);
  }
}

function registryOf(families: readonly MetricFamily[], format: 'text' | 'openmetrics') {
  const registry = new Registry<RegistryContentType>();
  if (format === 'openmetrics') registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const family of families) registry.registerMetric(new PrometheusMetric(family).asMetric());
  return registry;
}

/** Prometheus asks for OpenMetrics first when exemplar storage is on; a browser never does. */
function wantsOpenMetrics(request: IncomingMessage): boolean {
  return (request.headers.accept ?? '').split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === 'application/openmetrics-text' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}
