import { createServer as createPlain, type Server as PlainServer, type RequestListener } from 'node:http';
import { createServer as createSecure, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { readTls, type TlsFiles } from './tls.ts';

export type Listener = PlainServer | SecureServer;

export type ListenerLimits = {
  readonly maxConnections: number;
  /** Of one address, unless it is exempt: a proxy carries everybody's. */
  readonly maxConnectionsPerAddress: number;
  readonly isExempt: (address: string) => boolean;
  /** A request that has not arrived whole by then is answered 408 and closed. */
  readonly requestTimeoutMs: number;
};

/** Firehose access keys go up to 4 KiB, CMCD headers and cookies come on top; Node refuses more with 431. */
const MAX_HEADER_BYTES = 32 * 1024;
const MAX_HEADERS = 100;
const MAX_HEADERS_MS = 10_000;
const HANDSHAKE_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
/** A connection on which nothing moves, such as a reader that takes no more of its answer. */
const IDLE_MS = 120_000;

/** A server of HTTP, or of HTTPS when there are files for it, with limits on all that a stranger can make large or slow. */
export function createListener(limits: ListenerLimits, tls: TlsFiles, handler: RequestListener): Listener {
  const { requestTimeoutMs } = limits;
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(MAX_HEADERS_MS, requestTimeoutMs),
    connectionsCheckingInterval: Math.max(50, Math.min(5_000, requestTimeoutMs / 4)),
    keepAliveTimeout: KEEP_ALIVE_MS,
    noDelay: true,
  };
  const server =
    tls.cert === ''
      ? createPlain(options, handler)
      : createSecure(
          {
            ...options,
            ...readTls(tls),
            handshakeTimeout: Math.min(HANDSHAKE_MS, requestTimeoutMs),
            // Players have no certificate: whether one is needed is the business of who is asked for it.
            requestCert: Boolean(tls.clientCa),
            rejectUnauthorized: false,
          },
          handler,
        );
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = limits.maxConnections;
  server.setTimeout(IDLE_MS);
  limitPerAddress(server, limits);
  return server;
}

/** Takes certificate and key from their files again; open connections stay. Throws `tls_unreadable`, and keeps the old. */
export function reloadTls(server: Listener, tls: TlsFiles): void {
  if ('setSecureContext' in server) server.setSecureContext(readTls(tls));
}

function limitPerAddress(server: Listener, { maxConnectionsPerAddress, isExempt }: ListenerLimits): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    if (count > maxConnectionsPerAddress && !isExempt(address)) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
