import type { UnixMs } from '../../model/time.ts';
import type { SegmentIdentity } from '../content/segment-identity.ts';
import { DeliveredSegments } from './delivered-segments.ts';
import { SegmentDuration } from './segment-duration.ts';

/** Demuxed audio runs beside video and adds no viewing time. */
export type Track = 'audio' | 'video';

type Amount = { readonly seen: DeliveredSegments; knownMs: number; untimed: number };

function nothing(): Amount {
  return { seen: new DeliveredSegments(), knownMs: 0, untimed: 0 };
}

/** Distinct media time delivered to one playback, per track. */
export class DeliveredMedia {
  #configuredMs: number;
  readonly #rhythm = new SegmentDuration();
  readonly #video = nothing();
  /** Made when there is demuxed audio. */
  #audio: Amount | null = null;
  #statedMs = Number.NaN;
  #hasPictures = false;

  /** `configuredMs`: duration of segments that do not state theirs; NaN when not configured. */
  constructor(configuredMs: number) {
    this.#configuredMs = configuredMs;
  }

  /** The track whose media time is the playback's: video as soon as there is any. */
  get main(): Track {
    const { knownMs, untimed } = this.#video;
    return knownMs > 0 || untimed > 0 ? 'video' : 'audio';
  }

  /** Duration of a segment: stated, configured or estimated. */
  get segmentMs(): number {
    if (this.#statedMs > 0) return this.#statedMs;
    return this.#configuredMs > 0 ? this.#configuredMs : this.#rhythm.estimateMs;
  }

  /** Somebody whose word counts said it. */
  get isStated(): boolean {
    return this.#statedMs > 0 || this.#configuredMs > 0;
  }

  /** What the rhythm of its requests shows; NaN until it is more than a first guess. */
  get rhythmMs(): number {
    return this.#rhythm.isSettled ? this.#rhythm.estimateMs : Number.NaN;
  }

  /** Duration of segments that do not state theirs; NaN changes nothing. */
  assume(segmentMs: number): void {
    if (segmentMs > 0) this.#configuredMs = segmentMs;
  }

  /** That duration is more than a first guess. */
  get isTimed(): boolean {
    return this.isStated || this.#rhythm.isSettled;
  }

  /** Distance of neighbouring segment numbers; NaN until two were seen. */
  get stride(): number {
    return this.#rhythm.stride;
  }

  /** Estimated durations count with the latest estimate. */
  mediaMs(track: Track): number {
    const amount = track === 'video' ? this.#video : this.#audio;
    return amount === null ? 0 : amount.knownMs + amount.untimed * this.segmentMs;
  }

  has(track: Track, identity: SegmentIdentity): boolean {
    return (track === 'video' ? this.#video : this.#audio)?.seen.has(identity) === true;
  }

  /** A request in order of begin, for the rhythm of them all; `endMs` is NaN when it brought nothing. */
  heard(track: Track, identity: SegmentIdentity, startMs: UnixMs, endMs: UnixMs): void {
    if (track === 'video') this.#hasPictures = true;
    else if (this.#hasPictures) return;
    this.#rhythm.asked(identity, startMs);
    if (!Number.isNaN(endMs)) this.#rhythm.step(identity, startMs, endMs);
  }

  /** True when this position was not delivered before. `statedMs` is its own duration, NaN when unknown. */
  add(track: Track, identity: SegmentIdentity, statedMs: number): boolean {
    if (statedMs > 0) this.#statedMs = statedMs;
    if (track === 'audio') this.#audio ??= nothing();
    const amount = track === 'audio' && this.#audio !== null ? this.#audio : this.#video;
    const isNew = amount.seen.add(identity, this.#rhythm.stride);
    if (isNew && statedMs > 0) amount.knownMs += statedMs;
    else if (isNew) amount.untimed++;
    return isNew;
  }
}
