import type { Random } from './random.ts';
import type { PlayerKind } from './scenario.ts';

/** What kind of screen it is: `desktop, mobile, tablet, tv, console`. */
export type DeviceClass = 'desktop' | 'mobile' | 'tablet' | 'tv' | 'console';
export type Device = { readonly deviceClass: DeviceClass; readonly userAgent: string };

type Make = (random: Random) => string;
type Family = { readonly deviceClass: DeviceClass; readonly weight: number; readonly make: Make };

const KHTML = '(KHTML, like Gecko)';
const chrome = (random: Random) => `Chrome/${140 + random.index(17)}.0.0.0`;

/** Browsers that play through Media Source Extensions: where hls.js, dash.js and Shaka run. */
const BROWSERS: readonly Family[] = [
  {
    deviceClass: 'desktop',
    weight: 30,
    make: (random) =>
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 ${KHTML} ${chrome(random)} Safari/537.36`,
  },
  {
    deviceClass: 'desktop',
    weight: 12,
    make: (random) =>
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 ${KHTML} ${chrome(random)} Safari/537.36`,
  },
  {
    deviceClass: 'desktop',
    weight: 8,
    make: (random) => {
      const version = 138 + random.index(14);
      return `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;
    },
  },
  {
    deviceClass: 'desktop',
    weight: 6,
    make: (random) =>
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 ${KHTML} Version/${17 + random.index(3)}.${random.index(6)} Safari/605.1.15`,
  },
  {
    deviceClass: 'mobile',
    weight: 26,
    make: (random) =>
      `Mozilla/5.0 (Linux; Android ${random.pick(['12', '13', '14', '15', '10'])}; K) AppleWebKit/537.36 ${KHTML} ${chrome(random)} Mobile Safari/537.36`,
  },
  {
    deviceClass: 'tablet',
    weight: 4,
    make: (random) =>
      `Mozilla/5.0 (iPad; CPU OS ${16 + random.index(3)}_${random.index(6)} like Mac OS X) AppleWebKit/605.1.15 ${KHTML} Version/${16 + random.index(3)}.0 Mobile/15E148 Safari/604.1`,
  },
  {
    deviceClass: 'tv',
    weight: 9,
    make: (random) =>
      `Mozilla/5.0 (SMART-TV; LINUX; Tizen ${5 + random.index(4)}.0) AppleWebKit/537.36 ${KHTML} Version/${5 + random.index(4)}.0 TV Safari/537.36`,
  },
  {
    deviceClass: 'tv',
    weight: 5,
    make: (random) =>
      `Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 ${KHTML} Chrome/${[79, 87, 94, 108][random.index(4)]}.0.0.0 Safari/537.36 WebAppManager`,
  },
];

/** Players of the operating system or of a device, which tell nobody anything. */
const NATIVE: readonly Family[] = [
  {
    deviceClass: 'mobile',
    weight: 35,
    make: (random) =>
      `AppleCoreMedia/1.0.0.${20 + random.index(3)}${random.pick(['A', 'B', 'D'])}${50 + random.index(400)} (iPhone; U; CPU OS ${16 + random.index(3)}_${random.index(6)} like Mac OS X; en_us)`,
  },
  {
    deviceClass: 'tv',
    weight: 25,
    make: (random) =>
      `AppleCoreMedia/1.0.0.${20 + random.index(3)}K${50 + random.index(400)} (Apple TV; U; CPU OS ${16 + random.index(3)}_${random.index(6)} like Mac OS X; en_us)`,
  },
  {
    deviceClass: 'tv',
    weight: 20,
    make: (random) =>
      `Roku/DVP-${11 + random.index(3)}.${random.index(6)} (${11 + random.index(3)}.${random.index(6)}.0.${4100 + random.index(300)}-29)`,
  },
  {
    deviceClass: 'mobile',
    weight: 20,
    make: (random) =>
      `ExampleTV/${4 + random.index(3)}.${random.index(20)} (Linux;Android ${12 + random.index(4)}) AndroidXMedia3/1.${2 + random.index(6)}.1`,
  },
];

export function deviceFor(kind: PlayerKind, random: Random): Device {
  const families = kind === 'plain' ? NATIVE : BROWSERS;
  const family = families[random.weighted(families.map(({ weight }) => weight))] as Family;
  return { deviceClass: family.deviceClass, userAgent: family.make(random) };
}
