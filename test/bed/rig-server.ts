import { once } from 'node:events';
import { appendFileSync, createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const BED_PAGE = fileURLToPath(new URL('./page/', import.meta.url));

const FILES: Readonly<Record<string, string>> = {
  '/': join(BED_PAGE, 'index.html'),
  '/bed-page.js': join(BED_PAGE, 'bed-page.js'),
  '/player.js': join(REPOSITORY, 'collector/player/player.gen.js'),
  '/hls.js': join(REPOSITORY, 'node_modules/hls.js/dist/hls.min.js'),
  '/dash.js': join(REPOSITORY, 'node_modules/dashjs/dist/modern/umd/dash.all.min.js'),
  '/shaka.js': join(REPOSITORY, 'node_modules/shaka-player/dist/shaka-player.compiled.js'),
};

/** Paths of the capture sink and the `kind` each is recorded under. */
const SINKS: Readonly<Record<string, string>> = {
  '/v1/cmcd': 'cmcd',
  '/v1/beacon': 'playpath',
  '/v1/faro': 'faro',
  '/v1/traces': 'otlp',
};

export type RigServerOptions = {
  readonly captureFile: string;
  /** Milliseconds the origin has to wait before it may answer this request URI. */
  readonly originDelayMs: (uri: string) => number;
  /** Which edge content steering prefers for this film. */
  readonly steersToB: (title: string) => boolean;
};

/**
 * The rig's own HTTP server: the page, content steering, the origin's delay, and a sink that records what players post
 * in the capture format (one `{recv, kind, ct, body}` a line) when no collector is there to take it.
 */
export class RigServer {
  readonly #server: Server;
  readonly #options: RigServerOptions;
  #sinkStatus = 204;

  constructor(options: RigServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** What the sink answers from now on: 410 asks players to be silent. */
  answerSinkWith(status: number): void {
    this.#sinkStatus = status;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://rig.invalid');
    const file = FILES[url.pathname];
    if (file !== undefined) {
      response.setHeader('content-type', file.endsWith('.html') ? 'text/html' : 'text/javascript');
      createReadStream(file)
        .on('error', () => response.writeHead(404).end())
        .pipe(response);
      return;
    }
    if (url.pathname === '/delay') {
      const delayMs = this.#options.originDelayMs(url.searchParams.get('uri') ?? '');
      setTimeout(() => response.writeHead(204).end(), delayMs);
      return;
    }
    allowEveryOrigin(request, response);
    if (url.pathname.endsWith('steering.json')) this.#steer(request, response, url);
    else if (request.method === 'OPTIONS') {
      this.#record({ kind: 'preflight', url: request.url, method: request.headers['access-control-request-method'] });
      response.writeHead(204).end();
    } else if (SINKS[url.pathname] !== undefined) {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.#record({
        kind: SINKS[url.pathname],
        method: request.method,
        ct: request.headers['content-type'] ?? '',
        body: Buffer.concat(chunks).toString('utf8'),
      });
      response.writeHead(this.#sinkStatus).end();
    } else response.writeHead(404).end();
  }

  #steer(request: IncomingMessage, response: ServerResponse, url: URL): void {
    this.#record({ kind: 'steering', url: request.url });
    const title = url.pathname.split('/')[1] ?? '';
    const priority = this.#options.steersToB(title) ? ['cdn-b', 'cdn-a'] : ['cdn-a', 'cdn-b'];
    const key = url.pathname.endsWith('dash-steering.json') ? 'SERVICE-LOCATION-PRIORITY' : 'PATHWAY-PRIORITY';
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ VERSION: 1, TTL: 10, [key]: priority }));
  }

  #record(what: object): void {
    appendFileSync(this.#options.captureFile, `${JSON.stringify({ recv: Date.now(), ...what })}\n`);
  }
}

function allowEveryOrigin(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*');
  response.setHeader('access-control-allow-methods', 'POST, GET, OPTIONS');
  response.setHeader('access-control-max-age', '7200');
}
