import type { LoadRandom } from './random.ts';

/* Every number is drawn in the order it is written: changing it changes every line of the load. */

/** One playback in the load. Requests of many playbacks are interleaved. */
export type LoadSession = {
  readonly sid: string;
  readonly title: number;
  readonly agent: number;
  readonly address: string;
  readonly pop: number;
  requestsLeft: number;
  segment: number;
  rendition: number;
  readonly isHls: boolean;
  isFirst: boolean;
};

/** Who watches what, from where: drawn once, before the first line. */
export type LoadWorld = {
  readonly agents: readonly string[];
  readonly pops: readonly string[];
  readonly titles: readonly string[];
};

const AGENTS = 2_000;
const POPS = 60;
const TITLES = 2_000;
export const RENDITIONS_KBPS = [400, 800, 1_600, 3_200, 6_400, 12_000] as const;

export function loadWorld(random: LoadRandom): LoadWorld {
  return {
    agents: Array.from({ length: AGENTS }, (_, index) => userAgent(random, index % 8)),
    pops: Array.from({ length: POPS }, () => pop(random)),
    titles: Array.from({ length: TITLES }, () => random.hex(12)),
  };
}

export function loadSession(random: LoadRandom): LoadSession {
  const draw = (limit: number) => random.below(limit);
  return {
    sid: random.uuid(),
    title: random.skewed(TITLES),
    agent: random.skewed(AGENTS),
    address: `${11 + draw(200)}.${draw(256)}.${draw(256)}.${1 + draw(254)}`,
    pop: draw(POPS),
    requestsLeft: 30 + draw(120),
    segment: draw(3_000),
    rendition: draw(RENDITIONS_KBPS.length),
    isHls: draw(2) === 1,
    isFirst: true,
  };
}

function pop(random: LoadRandom): string {
  const letter = () => 65 + random.below(26);
  return `${String.fromCharCode(letter(), letter(), letter())}${50 + random.below(30)}-P${1 + random.below(6)}`;
}

function userAgent(random: LoadRandom, kind: number): string {
  const draw = (limit: number) => random.below(limit);
  const version = 100 + draw(40);
  const build = draw(7_000);
  switch (kind) {
    case 0:
      return `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.${build}.${draw(200)} Safari/537.36`;
    case 1:
      return `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${12 + draw(7)}.${draw(6)} Safari/605.1.15`;
    case 2:
      return `Mozilla/5.0 (iPhone; CPU iPhone OS ${14 + draw(5)}_${draw(6)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${14 + draw(5)}.${draw(6)} Mobile/15E${draw(999)} Safari/604.1`;
    case 3:
      return `Mozilla/5.0 (Linux; Android ${9 + draw(7)}; SM-G${900 + draw(99)}B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.${build}.${draw(200)} Mobile Safari/537.36`;
    case 4:
      return `AppleCoreMedia/1.0.0.${15 + draw(8)}A${draw(999)} (Apple TV; U; CPU OS ${14 + draw(4)}_${draw(6)} like Mac OS X; en_us)`;
    case 5:
      return `Dalvik/2.1.0 (Linux; U; Android ${9 + draw(7)}; AFTMM Build/NS${6_000 + draw(999)}) ExoPlayerLib/2.${10 + draw(9)}.${draw(5)}`;
    case 6:
      return `Mozilla/5.0 (SMART-TV; LINUX; Tizen ${3 + draw(5)}.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/${3 + draw(5)}.0 TV Safari/538.${draw(9)} build/${draw(9_999)}`;
    default:
      return `Roku/DVP-${9 + draw(5)}.${draw(9)} (${9 + draw(5)}.${draw(9)}.0 build ${4_000 + draw(999)})`;
  }
}
