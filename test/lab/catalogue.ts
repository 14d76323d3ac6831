import { hash32, hashRatio, Random } from './random.ts';
import type { CatalogueSpec } from './scenario.ts';

export type Rendition = { readonly index: number; readonly kbps: number; readonly height: number };

/** One thing that can be watched. Times of a live channel count from `epochMs`, those of a title from its begin. */
export type Content = {
  readonly index: number;
  readonly id: string;
  readonly title: string;
  readonly isLive: boolean;
  /** Infinity for a live channel. */
  readonly durationMs: number;
  readonly segmentMs: number;
  /** Worst first. */
  readonly ladder: readonly Rendition[];
  readonly hasToken: boolean;
  readonly epochMs: number;
};

const LADDERS: readonly (readonly (readonly [kbps: number, height: number])[])[] = [
  [
    [390.4, 234],
    [880.2, 360],
    [1790.6, 540],
    [3480.8, 720],
    [5930.4, 1080],
  ],
  [
    [310.4, 234],
    [720.4, 360],
    [1480.2, 480],
    [2860.4, 720],
    [4720.8, 1080],
    [8140.2, 1440],
  ],
  [
    [480.2, 270],
    [1120.6, 432],
    [2430.4, 720],
    [4510.2, 1080],
  ],
];

const FIRST = ['Long', 'Silent', 'Northern', 'Copper', 'Paper', 'Second', 'Hidden', 'Slow', 'Last', 'Glass'];
const SECOND = ['Tide', 'Harbour', 'Winter', 'Garden', 'Signal', 'Orchard', 'Frontier', 'Letter', 'Bridge', 'River'];
const CHANNELS = ['news', 'sport', 'music', 'kids', 'nature', 'parliament'];
/** A channel is on air long before the run, so that its segment numbers look like a channel's. */
const ON_AIR_MS = 2 * 3600_000;

/** The catalogue of a run: channels first, then titles from popular to obscure. */
export function catalogueOf(spec: CatalogueSpec, seed: number, startMs: number): readonly Content[] {
  const random = new Random(seed, 0xca7a);
  const contents: Content[] = [];
  for (let channel = 0; channel < spec.channels; channel++) {
    const index = contents.length;
    const name = `${CHANNELS[channel % CHANNELS.length]}-${1 + Math.floor(channel / CHANNELS.length)}`;
    contents.push({
      index,
      id: name,
      title: `Channel ${name}`,
      isLive: true,
      durationMs: Number.POSITIVE_INFINITY,
      segmentMs: spec.liveSegmentMs[channel % spec.liveSegmentMs.length] ?? 4000,
      ladder: ladderOf(index),
      hasToken: hashRatio(seed, index, 0x70) < spec.tokenShare,
      epochMs: Math.floor(startMs / 1000) * 1000 - ON_AIR_MS,
    });
  }
  for (let title = 0; title < spec.titles; title++) {
    const index = contents.length;
    contents.push({
      index,
      id: `title-${String(title + 1).padStart(4, '0')}`,
      title: `The ${random.pick(FIRST)} ${random.pick(SECOND)}`,
      isLive: false,
      durationMs: Math.round(random.between(...spec.titleSeconds)) * 1000,
      segmentMs: spec.vodSegmentMs,
      ladder: ladderOf(index),
      hasToken: hashRatio(seed, index, 0x70) < spec.tokenShare,
      epochMs: 0,
    });
  }
  return contents;
}

function ladderOf(index: number): readonly Rendition[] {
  const steps = LADDERS[hash32(index, 0x1add) % LADDERS.length] ?? [];
  return steps.map(([kbps, height], step) => ({ index: step, kbps, height }));
}
