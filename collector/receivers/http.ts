import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, BlockList } from 'node:net';
import { createListener, type Listener, reloadTls } from '../access/listener.ts';
import { certificateNames, type TlsFiles } from '../access/tls.ts';
import { PlaypathError } from '../errors.ts';
import type { UnixMs } from '../model/time.ts';
import { readBody } from './body.ts';
import { type CorsOrigins, corsHeaders, preflightHeaders } from './cors.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { isLoopback, isTrusted, peerAddress } from './peer.ts';
import { errorAnswer, type HttpAnswer, type HttpRequest, type Route, type RouteProblem } from './route.ts';

export type HttpOptions = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly routes: readonly Route[];
  readonly origins: CorsOrigins;
  readonly trusted: BlockList;
  readonly budget: MemoryBudget;
  readonly tls: TlsFiles;
  readonly maxConnections: number;
  /** Of one address that is no trusted proxy. */
  readonly maxConnectionsPerAddress: number;
  /** A request that has not arrived whole by then is closed. */
  readonly requestTimeoutMs: number;
  /** How long `close` waits for requests that are being answered. */
  readonly drainMs: number;
  readonly now: () => UnixMs;
  /** A handler threw: a defect, for the log. */
  readonly onDefect: (error: unknown, path: string) => void;
};

const NO_QUERY = new URLSearchParams();
const SWALLOWED_BYTES = 64 * 1024;
const MESSAGES: Readonly<Record<RouteProblem['code'], string>> = {
  too_large: 'The body is larger than allowed, as sent or after decompression.',
  bad_body: 'The body does not decompress.',
  unsupported_encoding: 'Content-Encoding must be gzip, deflate, br, zstd or identity.',
  busy: 'The collector is full. Send it again later.',
  aborted: 'The request ended before its body did.',
  internal: 'The collector failed on this request.',
};

/** The ingest port: one server, a table of routes, limits on everything a stranger can make large or slow. */
export class HttpServer {
  readonly #options: HttpOptions;
  readonly #server: Listener;
  #exact: ReadonlyMap<string, Route> = new Map();
  #prefixes: readonly Route[] = [];
  readonly #answered = new Map<string, number>();
  #closing: Promise<void> | null = null;
  /** What requests wait for while the routes are exchanged. */
  #held: PromiseWithResolvers<void> | null = null;
  #running = 0;
  #onIdle: (() => void) | null = null;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#route(options.routes);
    const { maxConnections, maxConnectionsPerAddress, requestTimeoutMs, trusted } = options;
    this.#server = createListener(
      {
        maxConnections,
        maxConnectionsPerAddress,
        // What comes from loopback is a proxy on this machine, or ourselves.
        isExempt: (address) => isLoopback(address) || isTrusted(address, trusted),
        requestTimeoutMs,
      },
      options.tls,
      (request, response) => void this.#serve(request, response),
    );
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Lets new requests wait, connections and all; resolves when those that are running have been answered. */
  async hold(): Promise<void> {
    this.#held ??= Promise.withResolvers();
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }

  /** From here on these routes, for those that waited first. */
  serve(routes: readonly Route[]): void {
    this.#route(routes);
    this.#held?.resolve();
    this.#held = null;
  }

  #route(routes: readonly Route[]): void {
    this.#exact = new Map(routes.map((route) => [route.path, route]));
    this.#prefixes = routes.filter((route) => route.path.endsWith('/'));
  }

  /** Takes the certificate from its files again. Throws `tls_unreadable`, and goes on with the old one. */
  reloadTls(): void {
    reloadTls(this.#server, this.#options.tls);
  }

  /** Answers by `path status`, for telemetry; unknown paths count as `other`. */
  get answered(): ReadonlyMap<string, number> {
    return this.#answered;
  }

  /** Resolves with the port that was opened; throws `listen_failed`. */
  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const onError = (cause: Error): void =>
        reject(new PlaypathError('listen_failed', `cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
      this.#server.once('error', onError);
      this.#server.listen(port, host, () => {
        this.#server.off('error', onError);
        resolve(this.port);
      });
    });
  }

  /** Takes no new connections, lets running requests finish, then closes what is left. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      const deadline = setTimeout(() => this.#server.closeAllConnections(), this.#options.drainMs);
      this.#server.close(() => {
        clearTimeout(deadline);
        resolve();
      });
      this.#server.closeIdleConnections();
    });
    return this.#closing;
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#held !== null) await this.#held.promise;
    const { now, trusted, tls } = this.#options;
    const [path, query] = split(message.url ?? '/');
    const route = this.#routeOf(path);
    const request = {
      method: message.method ?? '',
      path,
      query: query === '' ? NO_QUERY : new URLSearchParams(query),
      headers: message.headers,
      certificateNames: tls.clientCa ? certificateNames(message.socket) : [],
      peer: peerAddress(message.socket.remoteAddress ?? '', String(message.headers['x-forwarded-for'] ?? ''), trusted),
      receivedMs: now(),
    };
    this.#running++;
    const answer = route === null ? notFound(path) : await this.#answer(route, request, message);
    this.#running--;
    if (this.#running === 0) this.#onIdle?.();
    this.#count(route?.path ?? 'other', answer.status);
    this.#send(route, answer, message, response);
  }

  async #answer(route: Route, request: Omit<HttpRequest, 'body'>, message: IncomingMessage): Promise<HttpAnswer> {
    const methods = route.methods.join(', ');
    if (request.method === 'OPTIONS' && route.isCrossOrigin) {
      return { status: 204, headers: preflightHeaders(request.headers, this.#options.origins, methods) };
    }
    if (!route.methods.includes(request.method)) {
      const answer = errorAnswer(405, 'method_not_allowed', `${request.path} takes ${methods}.`);
      return { ...answer, headers: { ...answer.headers, allow: methods } };
    }
    let release = (): void => {};
    try {
      const turnedAway = (await route.authorize?.(request)) ?? null;
      if (turnedAway !== null) return turnedAway;
      let bytes: Uint8Array = new Uint8Array(0);
      if (route.limits !== null) {
        const body = await readBody(message, route.limits, this.#options.budget);
        if (!body.isRead) return refusal(route, body.problem, request);
        ({ bytes, release } = body);
      }
      return await route.handle({ ...request, body: bytes });
    } catch (error) {
      this.#options.onDefect(error, route.path);
      return refusal(route, { code: 'internal', status: 500 }, request);
    } finally {
      release();
    }
  }

  #routeOf(path: string): Route | null {
    return this.#exact.get(path) ?? this.#prefixes.find((route) => path.startsWith(route.path)) ?? null;
  }

  #send(route: Route | null, answer: HttpAnswer, message: IncomingMessage, response: ServerResponse): void {
    if (response.destroyed) return;
    const cors = route?.isCrossOrigin ? corsHeaders(message.headers, this.#options.origins) : {};
    // A body that was not read to its end would be taken for the next request.
    const hasBody =
      message.headers['content-length'] !== undefined || message.headers['transfer-encoding'] !== undefined;
    // A small one is swallowed, so that whoever is refused at every beacon does not have to connect anew each time.
    const isUnread = hasBody && !message.complete && !(Number(message.headers['content-length']) <= SWALLOWED_BYTES);
    const body = answer.body ?? '';
    response.writeHead(answer.status, {
      ...cors,
      ...(answer.status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }),
      ...(isUnread || this.#closing !== null ? { connection: 'close' } : {}),
      ...answer.headers,
    });
    response.end(message.method === 'HEAD' || answer.status === 204 ? undefined : body);
    if (hasBody) message.resume();
  }

  #count(path: string, status: number): void {
    const key = `${path} ${status}`;
    this.#answered.set(key, (this.#answered.get(key) ?? 0) + 1);
  }
}

function refusal(route: Route, problem: RouteProblem, request: Omit<HttpRequest, 'body'>): HttpAnswer {
  return route.refuse?.(problem, request) ?? errorAnswer(problem.status, problem.code, MESSAGES[problem.code]);
}

function notFound(path: string): HttpAnswer {
  return errorAnswer(404, 'not_found', `nothing is served at ${path.slice(0, 200)}`);
}

function split(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}
