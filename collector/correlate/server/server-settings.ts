import type { SegmentFacts } from '../content/content-memory.ts';

/** What a playback known from logs alone may assume. */
export type ServerPlaybackSettings = {
  /** Segment duration by configuration; NaN leaves it to CMCD and the requests' rhythm. */
  readonly segmentMs: number;
  /** What other viewers told of the content. */
  readonly segments: SegmentFacts;
  /** Media a player keeps ahead: viewing time may exceed the wall clock by this much. */
  readonly bufferTargetMs: number;
  /** Assumed bitrate of whole files whose player names none. */
  readonly progressiveKbps: number;
};

export const DEFAULTS: ServerPlaybackSettings = {
  segmentMs: Number.NaN,
  segments: { lengthMs: () => Number.NaN, showedLength: () => {}, reached: () => true },
  bufferTargetMs: 30_000,
  progressiveKbps: 128,
};
