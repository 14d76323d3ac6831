import { readFileSync } from 'node:fs';
import { Reader } from 'maxmind';
import { revealAuth, type SourceConfig } from '../config/source-config.ts';
import type { Config } from '../config.ts';
import { networkLookup } from '../enrich/country.ts';
import { UserAgents } from '../enrich/user-agent.ts';
import type { FormatSettings, LineDecoder } from '../formats/format.ts';
import { formatNamed } from '../formats/index.ts';
import { UrlReader } from '../formats/parse/url-reader.ts';
import type { Source } from '../model/source.ts';
import { Clients } from '../privacy/clients.ts';
import { UrlScrubber } from '../privacy/scrub.ts';
import type { PlayerUrls } from '../receivers/player-delivery.ts';
import type { LineSource } from '../receivers/sources.ts';

/** Clients whose look-up is remembered. */
const CLIENTS = 200_000;
/** A player's report of a slow request comes when the request is over, or given up. */
const PLAYER_LATENESS_MS = 30_000;

/** One configured log, ready to be read. */
export type WiredSource = { readonly from: LineSource; readonly patterns: readonly string[] };

/** Everything that turns bytes of the configured sources into events. */
export type Wiring = {
  readonly sources: readonly WiredSource[];
  /** The fleet of players: what posts to /v1/cmcd, /v1/beacon, /v1/traces. */
  readonly player: Source;
  readonly clients: Clients;
  readonly urls: PlayerUrls;
  readonly scrub: (text: string) => string;
};

/** `salt` is the key of the device hash when the configuration has none. */
export function wiringOf(config: Config, configured: readonly SourceConfig[], salt: string): Wiring {
  const scrubber = new UrlScrubber(config.privacy.redact);
  const clients = clientsOf(config, salt);
  const sources = configured.map(
    (from): WiredSource => ({ from: lineSource(from, config, clients), patterns: from.paths }),
  );
  const urls = new UrlReader('', scrubber);
  return {
    sources,
    player: playerSource(config, configured.length),
    clients,
    urls,
    scrub: (text) => scrubber.sample(text),
  };
}

/** A decoder for one stream of a source's lines. */
export function decoderOf(from: SourceConfig, config: Config, clients: Clients): LineDecoder {
  const { format, timeZone } = from.source;
  const settings: FormatSettings = {
    timeZone,
    clients,
    fields: from.fields,
    sessionPattern: from.sessionPattern,
    secrets: config.privacy.redact,
  };
  return formatNamed(format).create(settings);
}

function lineSource(from: SourceConfig, config: Config, clients: Clients): LineSource {
  const { source, auth } = from;
  return {
    source,
    createDecoder: () => decoderOf(from, config, clients),
    auth: auth && revealAuth(auth),
    otlpNames: from.otlpNames,
  };
}

function playerSource({ player }: Config, index: number): Source {
  return {
    index,
    name: 'player',
    format: 'player',
    tier: 'player',
    emitter: 'player',
    tenant: player.tenant,
    latenessMs: PLAYER_LATENESS_MS,
    sampleRate: 1,
    timeZone: 'UTC',
  };
}

function clientsOf({ privacy, geo }: Config, salt: string): Clients {
  return new Clients({
    secret: privacy.salt?.reveal() ?? salt,
    rotateMs: privacy.rotateMs,
    cut: { ipv4Prefix: privacy.ipv4Prefix, ipv6Prefix: privacy.ipv6Prefix },
    limit: CLIENTS,
    networks: networkLookup(geo.mmdb === '' ? null : new Reader(readFileSync(geo.mmdb))),
    userAgents: new UserAgents(),
  });
}
