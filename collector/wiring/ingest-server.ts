import type { Config } from '../config.ts';
import type { UnixMs } from '../model/time.ts';
import { HttpServer } from '../receivers/http.ts';
import { MemoryBudget } from '../receivers/memory-budget.ts';
import { trustedProxies } from '../receivers/peer.ts';
import type { Route } from '../receivers/route.ts';
import type { Logger } from '../telemetry/logger.ts';

export type IngestServerOptions = {
  readonly config: Pick<Config, 'ingest' | 'drainMs'>;
  readonly log: Logger;
  readonly now: () => UnixMs;
};

/** The ingest port with the limits of the configuration. */
export function ingestServer(
  { config: { ingest, drainMs }, log, now }: IngestServerOptions,
  routes: readonly Route[],
): HttpServer {
  const { host, port, limits, cors } = ingest;
  return new HttpServer({
    host,
    port,
    routes,
    origins: cors.origins,
    trusted: trustedProxies(ingest.trustedProxies),
    budget: new MemoryBudget(limits.memoryBytes),
    tls: ingest.tls,
    maxConnections: limits.connections,
    maxConnectionsPerAddress: limits.connectionsPerAddress,
    requestTimeoutMs: limits.requestTimeoutMs,
    drainMs,
    now,
    onDefect: (error, path) => log.error('a request failed inside the collector', { path, error }),
  });
}
