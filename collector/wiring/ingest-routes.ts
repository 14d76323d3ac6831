import { readFileSync } from 'node:fs';
import type { AccessTokens } from '../access/tokens.ts';
import type { Config } from '../config.ts';
import { formatNamed } from '../formats/index.ts';
import { beaconRoute } from '../receivers/beacon.ts';
import type { BodyLimits } from '../receivers/body.ts';
import { cmcdRoute } from '../receivers/cmcd.ts';
import { faroRoute } from '../receivers/faro.ts';
import { fastlyChallengeRoute } from '../receivers/fastly-challenge.ts';
import { healthRoutes } from '../receivers/health.ts';
import { logsRoute, tracesRoute } from '../receivers/otlp.ts';
import type { PlayerReceiver } from '../receivers/player-route.ts';
import { pushRoute } from '../receivers/push.ts';
import type { Route } from '../receivers/route.ts';
import { SourceTable } from '../receivers/sources.ts';
import type { WiredSource } from './source-wiring.ts';

/** What the endpoints that players post to share. */
export type PlayerFleet = PlayerReceiver;

/** Every path of the ingest port (design.md section 3). */
export function ingestRoutes(
  config: Config,
  wired: readonly WiredSource[],
  fleet: PlayerFleet,
  tokens: AccessTokens,
  notReady: () => string,
): Route[] {
  const { limits: configured, fastlyServices } = config.ingest;
  const limits: BodyLimits = { maxBytes: configured.bodyBytes, maxInflatedBytes: configured.decompressedBytes };
  const sources = new SourceTable(wired.map(({ from }) => from));
  const cmcd = formatNamed('cmcd-event').create({
    timeZone: 'UTC',
    fields: [],
    sessionPattern: '',
    clients: fleet.clients,
    secrets: config.privacy.redact,
  });
  const otlp = { ...fleet, sources, limits };
  return [
    cmcdRoute(fleet, cmcd),
    beaconRoute(fleet),
    faroRoute(fleet),
    tracesRoute(otlp),
    logsRoute(otlp),
    pushRoute({ ingest: fleet.ingest, sources, limits, lineLimitBytes: configured.lineBytes, tokens }),
    fastlyChallengeRoute(fastlyServices),
    playerScriptRoute(),
    ...healthRoutes(notReady),
  ];
}

/** `GET /player.js`: the browser hook, built from collector/player/ and committed. */
function playerScriptRoute(): Route {
  const body = readFileSync(new URL('../player/player.gen.js', import.meta.url), 'utf8');
  const headers = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=3600' };
  return {
    path: '/player.js',
    methods: ['GET', 'HEAD'],
    isCrossOrigin: true,
    limits: null,
    handle: () => ({ status: 200, headers, body }),
  };
}
