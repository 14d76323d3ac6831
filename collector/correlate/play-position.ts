import type { DeliveredMedia, Track } from './delivered-media.ts';
import { DeliveredSegments } from './delivered-segments.ts';
import type { SegmentIdentity } from './segment-identity.ts';

/** Jumps this far in segment numbers are seeks; shorter ones are skipped or repeated segments. */
const SEEK_SEGMENTS = 3;

/** Where playback is among its segments, and which of them fill the buffer. */
export class PlayPosition {
  readonly #media: DeliveredMedia;
  #last: SegmentIdentity | null = null;
  /** What came since the last seek, which threw away what was there; null before any. */
  #fetched: Readonly<Record<Track, DeliveredSegments>> | null = null;
  #isFirst = false;

  constructor(media: DeliveredMedia) {
    this.#media = media;
  }

  /** Audio beside video says nothing of the position. */
  #isMain(track: Track): boolean {
    return track === 'video' || this.#media.main === track;
  }

  /** A request for this segment shows that the viewer went elsewhere. */
  isJump(track: Track, { stem, number }: SegmentIdentity, bufferedMs: number): boolean {
    const last = this.#last;
    if (!last || last.stem !== stem || !this.#isMain(track)) return false;
    const segments = (number - last.number) / this.#media.stride;
    // A player may fetch what it has buffered again, in another rendition.
    const bufferedSegments = Math.ceil(bufferedMs / this.#media.segmentMs);
    return segments > SEEK_SEGMENTS || segments < -(bufferedSegments + SEEK_SEGMENTS);
  }

  seek(): void {
    this.#fetched = { audio: new DeliveredSegments(), video: new DeliveredSegments() };
    this.#isFirst = true;
  }

  /** A position fetched again in another rendition is no place the playhead went to. */
  asked(track: Track, identity: SegmentIdentity, isJump: boolean): void {
    const isThere = this.#fetched === null ? this.#media.has(track, identity) : this.#fetched[track].has(identity);
    if (this.#isMain(track) && (isJump || !isThere)) this.#last = identity;
  }

  /** Media the buffer gains by a segment; `isNew`: it was never delivered before, or the player lacks it. */
  gainMs(track: Track, identity: SegmentIdentity, durationMs: number, isNew: boolean): number {
    const isFetchedAgain = this.#fetched?.[track].add(identity, this.#media.stride) === true;
    // The playhead is somewhere in the first segment after a seek.
    const gainMs = this.#isFirst ? durationMs / 2 : durationMs;
    if (track === this.#media.main) this.#isFirst = false;
    return isNew || isFetchedAgain ? gainMs : 0;
  }
}
