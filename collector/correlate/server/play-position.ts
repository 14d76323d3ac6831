import type { SegmentIdentity } from '../content/segment-identity.ts';
import type { DeliveredMedia, Track } from './delivered-media.ts';
import { DeliveredSegments } from './delivered-segments.ts';

/** Jumps this far in segment numbers are seeks; shorter ones are skipped or repeated segments. */
const SEEK_SEGMENTS = 3;

/** Where playback is among its segments, and which of them fill the buffer. */
export class PlayPosition {
  readonly #media: DeliveredMedia;
  #last: SegmentIdentity | null = null;
  /** What came since the last seek, which threw away what was there; null before any. */
  #fetched: Readonly<Record<Track, DeliveredSegments>> | null = null;
  #isFirst = false;
  /** Where the last jump began; null once it is beyond doubt. */
  #origin: SegmentIdentity | null = null;

  constructor(media: DeliveredMedia) {
    this.#media = media;
  }

  /** Segments may be fetched again, because what was there was thrown away. */
  get hasJumped(): boolean {
    return this.#fetched !== null;
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

  /**
   * A request right after a jump goes on where the jump began: there was none. Lines that tell whole seconds come out of
   * order, and a player may replace a segment it has played.
   */
  goesBack(track: Track, { stem, number }: SegmentIdentity): boolean {
    const origin = this.#origin;
    if (!origin || !this.#isMain(track)) return false;
    this.#origin = null;
    const segments = (number - origin.number) / this.#media.stride;
    const isBack = origin.stem === stem && segments > 0 && segments <= SEEK_SEGMENTS;
    if (isBack) this.#last = origin;
    if (isBack) this.#isFirst = false;
    return isBack;
  }

  seek(): void {
    this.#origin = this.#last;
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
