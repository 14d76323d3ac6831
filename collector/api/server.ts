import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Access, authorize, type Refusal } from '../access/authorize.ts';
import { createListener, type Listener, reloadTls } from '../access/listener.ts';
import { PlaypathError, systemCode } from '../errors.ts';
import { answerForget } from './forget.ts';
import { json, problem, type Reply } from './reply.ts';
import { type ApiOptions, answer } from './routes.ts';

export type { ApiOptions } from './routes.ts';

/** Far more than a page and a data source use; a socket leak elsewhere must not take this process's descriptors. */
const LIMITS = { maxConnections: 512, maxConnectionsPerAddress: 512, requestTimeoutMs: 30_000 };

const ANALYTICS_PATH = '/api/v1/';
const FORGET_PATH = '/api/v1/sessions';

const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * The query API, Jaeger's query API and the landing page on one port. It shows each token what its tenant may
 * see, changes nothing but what is to be forgotten, and sends no CORS headers.
 */
export class ApiServer {
  readonly #options: ApiOptions;
  readonly #server: Listener;
  #isLoopback = false;
  #closing: Promise<void> | null = null;

  constructor(options: ApiOptions) {
    this.#options = options;
    const limits = { ...LIMITS, isExempt: () => true };
    this.#server = createListener(limits, options.tls, (request, response) => void this.#handle(request, response));
  }

  /** Takes the certificate from its files again. Throws `tls_unreadable`, and goes on with the old one. */
  reloadTls(): void {
    reloadTls(this.#server, this.#options.tls);
  }

  /** Opens the port (0 takes a free one) and says which it is. */
  async listen(port: number, host: string): Promise<{ readonly host: string; readonly port: number }> {
    try {
      this.#server.listen(port, host);
      await once(this.#server, 'listening');
    } catch (cause) {
      const message = `The query API cannot listen on ${host} port ${port}: ${systemCode(cause)}`;
      throw new PlaypathError('listen_failed', message, { cause });
    }
    const address = this.#server.address() as AddressInfo;
    this.#isLoopback = isLoopback(address.address);
    return { host: address.address, port: address.port };
  }

  /** Stops listening and ends open connections; may be called twice. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#closing;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await send(response, await this.#reply(request), request.method === 'HEAD');
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#options.log.error('query API failed to answer', {
        path: request.url?.split('?', 1)[0]?.slice(0, 200),
        error: message,
      });
      if (response.headersSent) response.destroy();
      else await send(response, problem(500, 'internal error'), false);
    }
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    const { tokens } = this.#options;
    // A page of any site can point its own name at 127.0.0.1 and read what it gets; the Host header gives it away.
    if (this.#isLoopback && !tokens.guards('query') && !isLoopbackName(request.headers.host ?? '')) {
      return problem(421, 'this port answers to localhost only');
    }
    const [path = '', ...query] = (request.url ?? '').split('?');
    const parameters = new URLSearchParams(query.join('?'));
    if (request.method === 'DELETE' && path === FORGET_PATH) return this.#forget(request, parameters);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { ...problem(405, 'only GET and HEAD'), headers: { allow: 'GET, HEAD' } };
    }
    if (path === '/healthz') return json({ status: 'ok' });
    const access = this.#access(request, path);
    if ('refusal' in access) return refused(access.refusal);
    return answer(path, parameters, this.#options, access.grant.tenant);
  }

  async #forget({ headers }: IncomingMessage, parameters: URLSearchParams): Promise<Reply> {
    const { tokens, analytics, forgetLive } = this.#options;
    const access = authorize(headers, 'admin', tokens);
    return 'refusal' in access
      ? refused(access.refusal)
      : answerForget(parameters, access.grant, forgetLive, analytics);
  }

  /** Who may query may see everything; analysts see the answers of named queries and no traces or single requests. */
  #access({ headers }: IncomingMessage, path: string): Access {
    const { tokens } = this.#options;
    const access = authorize(headers, 'query', tokens);
    if ('grant' in access || !tokens.guards('analytics') || !path.startsWith(ANALYTICS_PATH)) return access;
    const other = authorize(headers, 'analytics', tokens);
    return 'grant' in other ? other : access;
  }
}

function refused({ status, message, headers }: Refusal): Reply {
  return { ...problem(status, message), headers };
}

async function send(response: ServerResponse, reply: Reply, isHead: boolean): Promise<void> {
  response.writeHead(reply.status, { ...COMMON_HEADERS, 'content-type': reply.type, ...reply.headers });
  if (!isHead) {
    const { body } = reply;
    for (const piece of typeof body === 'string' || Buffer.isBuffer(body) ? [body] : body) {
      if (response.destroyed) return;
      if (!response.write(piece)) await writable(response);
    }
  }
  if (!response.destroyed) response.end();
}

/** Resolves when the response takes more, or its reader is gone. */
function writable(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      response.off('drain', finish);
      response.off('close', finish);
      resolve();
    };
    response.on('drain', finish);
    response.on('close', finish);
  });
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function isLoopbackName(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
}
