import { afterEach } from 'vitest';
import { NO_TLS } from '../../collector/access/tls.ts';
import { AccessTokens } from '../../collector/access/tokens.ts';
import { beaconRoute } from '../../collector/receivers/beacon.ts';
import { cmcdRoute } from '../../collector/receivers/cmcd.ts';
import { faroRoute } from '../../collector/receivers/faro.ts';
import { fastlyChallengeRoute } from '../../collector/receivers/fastly-challenge.ts';
import { healthRoutes } from '../../collector/receivers/health.ts';
import { type HttpOptions, HttpServer } from '../../collector/receivers/http.ts';
import { MemoryBudget } from '../../collector/receivers/memory-budget.ts';
import { logsRoute, tracesRoute } from '../../collector/receivers/otlp.ts';
import { trustedProxies } from '../../collector/receivers/peer.ts';
import { PlayerDoor } from '../../collector/receivers/player-door.ts';
import { type PlayerGuest, trustedGuest } from '../../collector/receivers/player-guest.ts';
import { pushRoute } from '../../collector/receivers/push.ts';
import type { Route } from '../../collector/receivers/route.ts';
import { type LineSource, SourceTable } from '../../collector/receivers/sources.ts';
import { cmcdDecoder, NOW, source, testClients, testIngest, testUrls } from './support.ts';

export const LIMITS = { maxBytes: 8 << 20, maxInflatedBytes: 32 << 20 };

/** The whole ingest port on a free port of the loopback. */
export async function startServer(
  sources: readonly LineSource[] = [],
  options: Partial<HttpOptions> & {
    extraRoutes?: readonly Route[];
    notReady?: () => string;
    budgetBytes?: number;
    tokens?: AccessTokens;
    /** Guests by key, and by the name of their token. */
    keys?: ReadonlyMap<string, PlayerGuest>;
    relays?: ReadonlyMap<string, PlayerGuest>;
  } = {},
) {
  const { bus, ingest, refused } = testIngest(options.now);
  const origins = options.origins ?? ['*'];
  const { tokens = new AccessTokens([]), keys = new Map(), relays = new Map() } = options;
  const door = new PlayerDoor({ open: trustedGuest(source('player'), origins, 'open'), keys, tokens, relays });
  const player = { ingest, door, clients: testClients, urls: testUrls };
  const table = new SourceTable(sources);
  const otlp = { ...player, sources: table, limits: LIMITS };
  const budget = new MemoryBudget(options.budgetBytes ?? 256 << 20);
  const defects: unknown[] = [];
  const server = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    routes: [
      cmcdRoute(player, cmcdDecoder()),
      beaconRoute(player),
      faroRoute(player),
      tracesRoute(otlp),
      logsRoute(otlp),
      pushRoute({ ingest, sources: table, limits: LIMITS, lineLimitBytes: 64 * 1024, tokens }),
      fastlyChallengeRoute(['service-1', '*']),
      ...healthRoutes(options.notReady ?? (() => '')),
      ...(options.extraRoutes ?? []),
    ],
    origins,
    trusted: trustedProxies([]),
    budget,
    maxConnections: 100,
    tls: NO_TLS,
    maxConnectionsPerAddress: 100,
    requestTimeoutMs: 10_000,
    drainMs: 5_000,
    now: () => NOW,
    onDefect: (error) => defects.push(error),
    ...options,
  });
  const port = await server.listen();
  const url = `http://127.0.0.1:${port}`;
  const post = (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
    method = 'POST',
  ) => fetch(url + path, { method, body, headers });
  return { server, port, url, post, bus, ingest, refused, budget, defects };
}

export type StartedServer = Awaited<ReturnType<typeof startServer>>;

/** `startServer` for the tests of one file: what a test started is closed after it. */
export function serversOfThisFile(): typeof startServer {
  const open: StartedServer[] = [];
  afterEach(async () => {
    for (const { server } of open.splice(0)) await server.close();
  });
  return async (...options) => {
    const started = await startServer(...options);
    open.push(started);
    return started;
  };
}
