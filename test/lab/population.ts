import type { Random } from './random.ts';
import type { LastMileSpec, PlayerKind } from './scenario.ts';
import { type DeviceClass, deviceFor } from './user-agents.ts';

/** A person at a screen: what servers see of them, and the line they sit on. */
export type Viewer = {
  readonly address: string;
  readonly country: string;
  /** Carrier, e.g. `DE-1`. */
  readonly network: string;
  /** Where they are served: an airport code. */
  readonly site: string;
  readonly userAgent: string;
  readonly deviceClass: DeviceClass;
  readonly rttMs: number;
  readonly meanKbps: number;
};

type Country = {
  readonly code: string;
  readonly weight: number;
  readonly sites: readonly string[];
  /** First two bytes of /12 blocks of consumer carriers; the hosts are made up. */
  readonly blocks: readonly (readonly [number, number])[];
};

const COUNTRIES: readonly Country[] = [
  {
    code: 'DE',
    weight: 22,
    sites: ['FRA'],
    blocks: [
      [84, 128],
      [91, 32],
    ],
  },
  { code: 'FR', weight: 12, sites: ['CDG'], blocks: [[86, 192]] },
  {
    code: 'GB',
    weight: 12,
    sites: ['LHR'],
    blocks: [
      [86, 128],
      [81, 128],
    ],
  },
  {
    code: 'ES',
    weight: 10,
    sites: ['MAD'],
    blocks: [
      [83, 32],
      [88, 0],
    ],
  },
  {
    code: 'IT',
    weight: 7,
    sites: ['MXP'],
    blocks: [
      [79, 0],
      [151, 16],
    ],
  },
  { code: 'NL', weight: 5, sites: ['AMS'], blocks: [[77, 160]] },
  { code: 'SE', weight: 4, sites: ['ARN'], blocks: [[78, 64]] },
  {
    code: 'US',
    weight: 16,
    sites: ['IAD', 'SFO'],
    blocks: [
      [73, 32],
      [98, 192],
      [71, 160],
    ],
  },
  { code: 'MX', weight: 3, sites: ['IAD'], blocks: [[189, 128]] },
  {
    code: 'JP',
    weight: 5,
    sites: ['NRT'],
    blocks: [
      [126, 32],
      [126, 160],
    ],
  },
  {
    code: 'IN',
    weight: 4,
    sites: ['BOM'],
    blocks: [
      [106, 192],
      [122, 160],
    ],
  },
];

/** Every site of the countries above. */
export const SITES: readonly string[] = [...new Set(COUNTRIES.flatMap(({ sites }) => sites))];

/** Round trip between a site and the origin, which stands in Frankfurt. */
export const ORIGIN_RTT_MS: Readonly<Record<string, number>> = {
  FRA: 4,
  CDG: 12,
  LHR: 16,
  MAD: 32,
  MXP: 14,
  AMS: 9,
  ARN: 26,
  IAD: 92,
  SFO: 148,
  NRT: 226,
  BOM: 118,
};

const DEVICE_RATE: Readonly<Record<DeviceClass, number>> = {
  desktop: 1,
  mobile: 0.55,
  tablet: 0.8,
  tv: 1.25,
  console: 1.1,
};

export function viewerFor(
  kind: PlayerKind,
  spec: LastMileSpec,
  weights: Readonly<Record<string, number>>,
  random: Random,
): Viewer {
  const country = COUNTRIES[random.weighted(COUNTRIES.map(({ code, weight }) => weights[code] ?? weight))] as Country;
  const carrier = random.index(country.blocks.length);
  const block = country.blocks[carrier] as readonly [number, number];
  const isShared = random.chance(spec.sharedAddressShare);
  const device = deviceFor(kind, random);
  const mobileRttMs = device.deviceClass === 'mobile' ? 18 : 0;
  return {
    address: addressIn(block, random, isShared),
    country: country.code,
    network: `${country.code}-${carrier + 1}`,
    site: random.pick(country.sites),
    userAgent: device.userAgent,
    deviceClass: device.deviceClass,
    rttMs: mobileRttMs + random.between(...spec.rttMs),
    meanKbps: random.logNormal(spec.medianKbps * DEVICE_RATE[device.deviceClass], spec.sigma),
  };
}

/** Shared addresses are the few gateways of a carrier; all others are spread over the whole block. */
function addressIn([first, second]: readonly [number, number], random: Random, isShared: boolean): string {
  const gateway = random.index(4);
  if (isShared) return `${first}.${second + 15}.255.${gateway + 1}`;
  return `${first}.${second + random.index(15)}.${random.index(256)}.${1 + random.index(254)}`;
}
