import { BASE, CLOUDFRONT, FASTLY, incident, ORIGIN } from './base-scenario.ts';
import type { Scenario } from './scenario.ts';

/** Faults begin when the first viewers have a picture, and end while there are some left to see it end. */
const BEGIN_MS = 60_000;
const LENGTH_MS = 120_000;

/** Europe in one place: enough viewers at one site for a fault at one site. */
const FRANKFURT = { cdn: 'cloudfront', site: 'FRA' } as const;
const MOSTLY_GERMAN = { countries: { DE: 80 } };

function oneFault(
  name: string,
  description: string,
  incidents: Scenario['incidents'],
  rest: Partial<Scenario> = {},
): Scenario {
  return { ...BASE, name, description, incidents, ...rest };
}

const edge5xx = oneFault(
  'edge-5xx',
  'CloudFront in Frankfurt answers 503 to most segment requests.',
  [incident('edge_5xx', BEGIN_MS, LENGTH_MS, { ...FRANKFURT, share: 0.9 })],
  MOSTLY_GERMAN,
);

const edgeSlow = oneFault(
  'edge-slow',
  'CloudFront in Frankfurt takes seconds to the first byte, also from cache.',
  [incident('edge_slow', BEGIN_MS, LENGTH_MS, { ...FRANKFURT, share: 1, strength: 7000 })],
  MOSTLY_GERMAN,
);

/** Faults of the origin hurt what is not in a cache: live, and titles nobody else watches. */
const COLD = {
  catalogue: { ...BASE.catalogue, liveShare: 0.5 },
  cdns: [
    { ...CLOUDFRONT, warmth: 0.15 },
    { ...FASTLY, warmth: 0.15 },
  ],
};

const origin5xx = oneFault(
  'origin-5xx',
  'The origin answers 500 and 503 to most requests.',
  [incident('origin_5xx', BEGIN_MS, LENGTH_MS, { share: 0.85 })],
  COLD,
);

const originSlow = oneFault(
  'origin-slow',
  'The origin takes seconds to the first byte.',
  [incident('origin_slow', BEGIN_MS, LENGTH_MS, { share: 1, strength: 6500 })],
  COLD,
);

const missStorm = oneFault(
  'miss-storm',
  'CloudFront stops using its caches; the origin is well, the way to it is full.',
  [incident('miss_storm', BEGIN_MS, LENGTH_MS, { cdn: 'cloudfront', share: 0.95, strength: 3000 })],
);

const congestion = oneFault('congestion', 'The lines of German and British viewers carry almost nothing.', [
  incident('congestion', BEGIN_MS, LENGTH_MS, { network: 'DE', share: 0.9, strength: 0.015 }),
  incident('congestion', BEGIN_MS, LENGTH_MS, { network: 'GB', share: 0.9, strength: 0.015 }),
]);

const abrOscillation = oneFault(
  'abr-oscillation',
  'A player release swings between the highest and the lowest rendition.',
  [incident('abr_oscillation', BEGIN_MS / 2, 2 * LENGTH_MS, { share: 0.6 })],
  { lastMile: { ...BASE.lastMile, medianKbps: 4200, sigma: 0.35 } },
);

const manifestStale = oneFault(
  'manifest-stale',
  'The packager of a live channel stops writing its playlist.',
  [incident('manifest_stale', BEGIN_MS, 45_000, { content: 'news-1' })],
  { catalogue: { ...BASE.catalogue, liveShare: 0.8, channels: 2 } },
);

const tokenExpired = oneFault(
  'token-expired',
  'Access tokens are refused before their time.',
  [incident('token_expired', BEGIN_MS, LENGTH_MS, { share: 0.5 })],
  { catalogue: { ...BASE.catalogue, tokenShare: 1 } },
);

const playerCrash = oneFault('player-crash', 'Decoders fail on some devices: a frozen picture, then silence.', [
  incident('player_crash', BEGIN_MS, LENGTH_MS, { share: 0.5 }),
]);

const steering = oneFault(
  'steering',
  'A steering server moves viewers from CloudFront to Fastly; nothing is wrong.',
  [incident('steering', BEGIN_MS, 3 * LENGTH_MS, { cdn: 'cloudfront', share: 0.8 })],
  { behaviour: { ...BASE.behaviour, sharedHostShare: 0 } },
);

const silentReroute = oneFault(
  'silent-reroute',
  'DNS moves viewers from CloudFront to Fastly under one host name; no player notices.',
  [incident('silent_reroute', BEGIN_MS, LENGTH_MS, { cdn: 'cloudfront', share: 1 })],
  { behaviour: { ...BASE.behaviour, sharedHostShare: 0.7 } },
);

/** Something new every few seconds, for ever: what `npm start` shows. */
const demo: Scenario = {
  ...BASE,
  name: 'demo',
  description: 'A lively evening with small troubles that come back: what npm start shows.',
  arrivals: { perMinute: 26, atStart: 16, atStartMs: 5000, dayShape: 0, maxSessions: 0 },
  catalogue: { ...BASE.catalogue, titles: 60, channels: 3, liveShare: 0.35 },
  players: { 'hls.js': 34, 'dash.js': 16, shaka: 8, 'cmcd-v1': 8, playpath: 24, plain: 10 },
  countries: { DE: 60 },
  lastMile: { ...BASE.lastMile, medianKbps: 11_000, dipShare: 0.02 },
  behaviour: { ...BASE.behaviour, watchMedianMs: 150_000, stallPatienceMs: 20_000 },
  incidents: [
    incident('edge_5xx', 1500, 30_000, { everyMs: 180_000, cdn: 'cloudfront', site: 'FRA', share: 0.95 }),
    incident('congestion', 3000, 22_000, { everyMs: 120_000, share: 0.2, strength: 0.02 }),
    incident('edge_slow', 50_000, 30_000, { everyMs: 240_000, cdn: 'fastly', site: 'LHR', strength: 7000 }),
    incident('origin_slow', 95_000, 25_000, { everyMs: 300_000, content: 'news-1', strength: 6000 }),
    incident('miss_storm', 130_000, 30_000, { everyMs: 360_000, cdn: 'fastly', share: 0.9, strength: 2500 }),
    incident('steering', 75_000, 40_000, { everyMs: 420_000, cdn: 'cloudfront', share: 0.5 }),
    incident('silent_reroute', 20_000, 60_000, { everyMs: 240_000, cdn: 'cloudfront' }),
    incident('manifest_stale', 160_000, 25_000, { everyMs: 480_000, content: 'sport-1' }),
    incident('token_expired', 200_000, 20_000, { everyMs: 540_000, share: 0.3 }),
    incident('player_crash', 30_000, 40_000, { everyMs: 200_000, share: 0.06 }),
    incident('abr_oscillation', 10_000, 90_000, { everyMs: 200_000, share: 0.1 }),
    incident('origin_5xx', 250_000, 15_000, { everyMs: 600_000, share: 0.7 }),
  ],
};

/** One fault after the other, each on another part of the fleet. */
const mixed: Scenario = {
  ...BASE,
  name: 'mixed',
  description: 'Every fault in turn, on different parts of one fleet, with a tier of its own for each.',
  arrivals: { ...BASE.arrivals, perMinute: 60, atStart: 40 },
  catalogue: { ...BASE.catalogue, liveShare: 0.4, tokenShare: 0.4 },
  cdns: [
    { ...CLOUDFRONT, warmth: 0.6 },
    { ...FASTLY, warmth: 0.6, shieldSite: 'FRA' },
  ],
  incidents: [
    incident('edge_5xx', 40_000, 60_000, { ...FRANKFURT, share: 0.9 }),
    incident('congestion', 60_000, 80_000, { network: 'GB', share: 0.7, strength: 0.015 }),
    incident('edge_slow', 90_000, 70_000, { cdn: 'fastly', site: 'CDG', strength: 7000 }),
    incident('origin_slow', 150_000, 60_000, { strength: 6000 }),
    incident('player_crash', 30_000, 300_000, { network: 'ES', share: 0.4 }),
    incident('abr_oscillation', 30_000, 330_000, { network: 'IT', share: 0.6 }),
    incident('manifest_stale', 230_000, 40_000, { content: 'news-1' }),
    incident('steering', 240_000, 90_000, { cdn: 'cloudfront', share: 0.4 }),
    incident('silent_reroute', 120_000, 120_000, { cdn: 'cloudfront' }),
    incident('miss_storm', 280_000, 60_000, { cdn: 'fastly', share: 0.95, strength: 3000 }),
    incident('token_expired', 320_000, 40_000, { network: 'US', share: 0.4 }),
    incident('origin_5xx', 370_000, 30_000, { share: 0.8 }),
  ],
};

/** The mixed fleet as the world delivers it: late, doubled, lost, sampled, in wrong time, by people who block scripts. */
const hard: Scenario = {
  ...mixed,
  name: 'hard',
  description: 'The mixed fleet with late, lost, doubled and sampled records, wrong clocks, and no logs of one origin.',
  lastMile: { ...BASE.lastMile, medianKbps: 8000, sigma: 0.8, noise: 0.45, dipShare: 0.05, sharedAddressShare: 0.2 },
  cdns: [
    { ...CLOUDFRONT, warmth: 0.6, latenessMs: [120_000, 420_000], clockSkewMs: 340, duplicateShare: 0.01 },
    {
      ...FASTLY,
      warmth: 0.6,
      shieldSite: 'FRA',
      latenessMs: [2000, 20_000],
      clockSkewMs: -180,
      duplicateShare: 0.02,
      saysFirstByte: false,
    },
  ],
  origin: { ...ORIGIN, isLogged: false },
  telemetry: {
    ...BASE.telemetry,
    blockedShare: 0.3,
    blockedKeepsCmcd: false,
    lossShare: 0.05,
    duplicateShare: 0.02,
    latenessMs: [0, 4000],
    skewShare: 0.3,
    skewMs: 3 * 3600_000,
  },
};

const logsOnly: Scenario = {
  ...mixed,
  name: 'logs-only',
  description: 'The mixed fleet, of which no player posts anything: what CDNs and origin log is all there is.',
  telemetry: { ...BASE.telemetry, isPosted: false },
};

const noCmcd: Scenario = {
  ...mixed,
  name: 'no-cmcd',
  description: 'The mixed fleet without CMCD: only the hook names its sessions, the others are guessed.',
  telemetry: { ...BASE.telemetry, hasCmcd: false },
};

const sampled: Scenario = {
  ...mixed,
  name: 'sampled',
  description: 'The mixed fleet, of whose CDN logs every second line is thrown away.',
  cdns: mixed.cdns.map((cdn) => ({ ...cdn, sampleRate: 0.5 })),
};

const ALL: readonly Scenario[] = [
  BASE,
  demo,
  edge5xx,
  edgeSlow,
  origin5xx,
  originSlow,
  missStorm,
  congestion,
  abrOscillation,
  manifestStale,
  tokenExpired,
  playerCrash,
  steering,
  silentReroute,
  mixed,
  hard,
  logsOnly,
  noCmcd,
  sampled,
];

/** Every scenario by its name. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(ALL.map((scenario) => [scenario.name, scenario]));
