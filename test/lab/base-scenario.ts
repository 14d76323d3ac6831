import type { Fault } from './incident-plan.ts';
import type { CdnSpec, IncidentSpec, OriginSpec, Scenario } from './scenario.ts';

const CDN: Omit<CdnSpec, 'name' | 'format' | 'host' | 'weight'> = {
  latenessMs: [1000, 3000],
  clockSkewMs: 0,
  sampleRate: 1,
  duplicateShare: 0,
  cacheObjects: 20_000,
  warmth: 0.9,
  shieldSite: '',
  saysFirstByte: true,
  forwardsQuery: true,
  isLogged: true,
};

export const CLOUDFRONT: CdnSpec = {
  ...CDN,
  name: 'cloudfront',
  format: 'cloudfront-standard',
  host: 'cf.media.example.com',
  weight: 6,
};

/** Strips the query on its way to the origin, as edge B of the bed does. */
export const FASTLY: CdnSpec = {
  ...CDN,
  name: 'fastly',
  format: 'fastly-json',
  host: 'fs.media.example.com',
  weight: 4,
  forwardsQuery: false,
};

export const ORIGIN: OriginSpec = {
  name: 'origin',
  format: 'nginx-json',
  medianTtfbMs: 24,
  latenessMs: [1000, 3000],
  clockSkewMs: 0,
  duplicateShare: 0,
  isLogged: true,
};

/** A fleet nobody hurts: good lines, right clocks, logs within seconds. Every other scenario changes some of it. */
export const BASE: Scenario = {
  name: 'healthy',
  description: 'No fault at all: what a quiet evening looks like.',
  tenant: 'default',
  arrivals: { perMinute: 30, atStart: 12, atStartMs: 6000, dayShape: 0, maxSessions: 0 },
  catalogue: {
    titles: 300,
    titleSeconds: [150, 5400],
    channels: 4,
    liveSegmentMs: [4000, 2000, 6000],
    vodSegmentMs: 4000,
    liveShare: 0.3,
    tokenShare: 0.25,
  },
  players: { 'hls.js': 34, 'dash.js': 18, shaka: 12, 'cmcd-v1': 10, playpath: 16, plain: 10 },
  countries: {},
  lastMile: { medianKbps: 14_000, sigma: 0.55, noise: 0.22, dipShare: 0.01, rttMs: [6, 34], sharedAddressShare: 0.06 },
  behaviour: {
    watchMedianMs: 240_000,
    watchSigma: 0.9,
    pauseShare: 0.15,
    seekShare: 0.2,
    downloadShare: 0,
    tabCloseShare: 0.4,
    startPatienceMs: 25_000,
    stallPatienceMs: 30_000,
    preRollShare: 0.1,
    sharedHostShare: 0.1,
    redundantShare: 0.9,
  },
  cdns: [CLOUDFRONT, FASTLY],
  origin: ORIGIN,
  telemetry: {
    blockedShare: 0.2,
    blockedKeepsCmcd: true,
    lossShare: 0.002,
    duplicateShare: 0,
    latenessMs: [0, 40],
    skewShare: 0,
    skewMs: 0,
    isPosted: true,
    hasCmcd: true,
  },
  incidents: [],
};

/** A fault with everything else at "everywhere, everyone, once". */
export function incident(fault: Fault, beginMs: number, durationMs: number, rest: Partial<IncidentSpec>): IncidentSpec {
  return {
    fault,
    beginMs,
    durationMs,
    everyMs: 0,
    cdn: '',
    site: '',
    content: '',
    network: '',
    share: 1,
    strength: 0,
    ...rest,
  };
}
