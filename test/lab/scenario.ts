import type { Fault } from './incident-plan.ts';

/** Whole numbers of the scenario are milliseconds, kbit/s or counts as their names say; shares are 0–1. */
export type Range = readonly [low: number, high: number];

/** How a player talks; each is one file in voices/. */
export const PLAYER_KINDS = ['hls.js', 'dash.js', 'shaka', 'cmcd-v1', 'playpath', 'plain'] as const;
export type PlayerKind = (typeof PLAYER_KINDS)[number];

/** Wire formats the lab writes for servers, by their names in the format registry. */
export const LOG_FORMATS = ['cloudfront-standard', 'fastly-json', 'nginx-json', 'nginx-combined-plus'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];
export type NginxFormat = 'nginx-json' | 'nginx-combined-plus';

export type Scenario = {
  readonly name: string;
  readonly description: string;
  readonly tenant: string;
  readonly arrivals: ArrivalSpec;
  readonly catalogue: CatalogueSpec;
  /** Weights. */
  readonly players: Readonly<Record<PlayerKind, number>>;
  /** Weights of countries that differ from the lab's own (population.ts). */
  readonly countries: Readonly<Record<string, number>>;
  readonly lastMile: LastMileSpec;
  readonly behaviour: BehaviourSpec;
  readonly cdns: readonly CdnSpec[];
  readonly origin: OriginSpec;
  readonly telemetry: TelemetrySpec;
  readonly incidents: readonly IncidentSpec[];
};

export type ArrivalSpec = {
  readonly perMinute: number;
  /** Viewers who come within the first `atStartMs`, besides the rate. */
  readonly atStart: number;
  readonly atStartMs: number;
  /** 0 is flat; 1 has an empty night and twice the rate at 20:00 UTC. */
  readonly dayShape: number;
  /** 0 is no limit. */
  readonly maxSessions: number;
};

export type CatalogueSpec = {
  readonly titles: number;
  readonly titleSeconds: Range;
  readonly channels: number;
  /** Live segment durations, dealt out in turn. */
  readonly liveSegmentMs: readonly number[];
  readonly vodSegmentMs: number;
  readonly liveShare: number;
  /** Share of contents whose URLs carry an access token. */
  readonly tokenShare: number;
};

export type LastMileSpec = {
  readonly medianKbps: number;
  /** Spread between viewers, log-normal. */
  readonly sigma: number;
  /** Spread within one viewer's line from second to second, log-normal. */
  readonly noise: number;
  /** Share of 8-second stretches in which the line is bad. */
  readonly dipShare: number;
  readonly rttMs: Range;
  /** Share of viewers behind an address that others have, too. */
  readonly sharedAddressShare: number;
};

export type BehaviourSpec = {
  readonly watchMedianMs: number;
  readonly watchSigma: number;
  readonly pauseShare: number;
  readonly seekShare: number;
  /** Of the viewers of films on pages with the hook, which have a button for it: who stores the film to watch it offline. */
  readonly downloadShare: number;
  /** Of those who leave: the page is gone at once and sends nothing more. */
  readonly tabCloseShare: number;
  /** How long people wait for a first frame, and in one stall, on average. */
  readonly startPatienceMs: number;
  readonly stallPatienceMs: number;
  readonly preRollShare: number;
  /** Share of sessions on the host name that DNS moves between CDNs; the others name the CDN in the URL. */
  readonly sharedHostShare: number;
  /** Share of contents' players that know a second CDN. */
  readonly redundantShare: number;
};

export type CdnSpec = {
  readonly name: string;
  readonly format: LogFormat;
  readonly host: string;
  readonly weight: number;
  /** How late a line is. */
  readonly latenessMs: Range;
  readonly clockSkewMs: number;
  readonly sampleRate: number;
  readonly duplicateShare: number;
  readonly cacheObjects: number;
  /** Chance that a popular object nobody asked for yet is in the cache already. */
  readonly warmth: number;
  /** Site of the shield, '' for none. */
  readonly shieldSite: string;
  /** Whether the log has the time of the first byte, where that is the operator's choice (Fastly). */
  readonly saysFirstByte: boolean;
  /** Whether the query goes on to the origin. */
  readonly forwardsQuery: boolean;
  /** False: this log is never delivered. */
  readonly isLogged: boolean;
};

export type OriginSpec = {
  readonly name: string;
  readonly format: NginxFormat;
  readonly medianTtfbMs: number;
  readonly latenessMs: Range;
  readonly clockSkewMs: number;
  readonly duplicateShare: number;
  readonly isLogged: boolean;
};

export type TelemetrySpec = {
  /** Sessions whose posts never leave the browser. */
  readonly blockedShare: number;
  /** Of those: whether CMCD stays in the URLs. */
  readonly blockedKeepsCmcd: boolean;
  readonly lossShare: number;
  readonly duplicateShare: number;
  readonly latenessMs: Range;
  /** Share of players whose clock is wrong, and by how much at most. */
  readonly skewShare: number;
  readonly skewMs: number;
  /** False: no player posts anything. */
  readonly isPosted: boolean;
  /** False: no request carries CMCD. */
  readonly hasCmcd: boolean;
};

/** A fault somebody injects: what, when (from the start of the run), where, how much. */
export type IncidentSpec = {
  readonly fault: Fault;
  readonly beginMs: number;
  readonly durationMs: number;
  /** Repeats with this period; 0 is once. */
  readonly everyMs: number;
  /** Empty fields hit everything. */
  readonly cdn: string;
  readonly site: string;
  readonly content: string;
  /** Country code, or country and carrier (`DE`, `DE-1`). */
  readonly network: string;
  /** Share of the requests, or of the sessions, that are hit. */
  readonly share: number;
  /** Added milliseconds or remaining fraction, by fault (docs/lab.md). */
  readonly strength: number;
};
