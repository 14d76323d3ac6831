import type { Packaging } from './media-object.ts';
import type { PlayerKind } from './scenario.ts';

/** How a kind of player loads, waits, retries and changes CDN. Values follow the defaults of the real ones. */
export type PlayerPolicy = {
  readonly packaging: Packaging;
  readonly targetBufferMs: number;
  /** Media needed before the first frame, and after a stall or seek. */
  readonly startBufferMs: number;
  readonly resumeBufferMs: number;
  readonly firstByteTimeoutMs: number;
  readonly timeoutMs: number;
  /** Further tries on one CDN, and the wait before the first of them; it doubles when `backsOff`. */
  readonly retries: number;
  readonly retryDelayMs: number;
  readonly backsOff: boolean;
  /** Changes of CDN within a minute after which it gives up. */
  readonly maxFailovers: number;
  /** Goes back to its first CDN after this long; Infinity stays. */
  readonly returnsAfterMs: number;
  /** Obeys a steering server. */
  readonly isSteered: boolean;
  /** Gives up a segment that will come too late and takes a smaller one. */
  readonly abandons: boolean;
  /** When play is asked for: at once, or by the page when the manifest is there. */
  readonly playsOn: 'load' | 'manifest';
};

const HLS_JS: PlayerPolicy = {
  packaging: 'hls',
  targetBufferMs: 30_000,
  startBufferMs: 2000,
  resumeBufferMs: 2000,
  firstByteTimeoutMs: 10_000,
  timeoutMs: 20_000,
  retries: 2,
  retryDelayMs: 600,
  backsOff: true,
  maxFailovers: 3,
  returnsAfterMs: Number.POSITIVE_INFINITY,
  isSteered: true,
  abandons: true,
  playsOn: 'manifest',
};

export const PLAYER_POLICIES: Readonly<Record<PlayerKind, PlayerPolicy>> = {
  'hls.js': HLS_JS,
  // dash.js goes back to its first base URL after a while, and fails there again (bed run dash-failover-nokeys).
  'dash.js': {
    ...HLS_JS,
    packaging: 'dash',
    targetBufferMs: 18_000,
    retries: 3,
    retryDelayMs: 1000,
    backsOff: false,
    returnsAfterMs: 30_000,
    playsOn: 'load',
  },
  shaka: { ...HLS_JS, targetBufferMs: 14_000, retryDelayMs: 1000, isSteered: false, playsOn: 'load' },
  'cmcd-v1': { ...HLS_JS, isSteered: false, playsOn: 'load' },
  playpath: { ...HLS_JS, playsOn: 'load' },
  plain: {
    ...HLS_JS,
    targetBufferMs: 40_000,
    retries: 3,
    retryDelayMs: 1000,
    isSteered: false,
    abandons: false,
    playsOn: 'load',
  },
};
