import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import type { UnixMs } from '../../model/time.ts';
import type { SegmentFacts } from '../content/content-memory.ts';
import { segmentOf } from '../content/segment-identity.ts';
import { cmcdOf, isDelivered } from '../join/request-halves.ts';
import { objectDurationMs } from '../join/request-signs.ts';
import type { DeliveredMedia } from './delivered-media.ts';
import type { Flight } from './flight.ts';
import { SoundLanes } from './sound-lanes.ts';

/** Longer than this, or more of them, and playback is told with the length that most packagers make. */
const LONGEST_MS = 120_000;
const MOST_REQUESTS = 128;

/** A request, and what it is when it asks for media. */
type Waiting = { readonly request: JoinedRequest; readonly flight: Flight | null };

/**
 * The requests of a playback while nobody knows how long its segments are: without that nobody can tell when the buffer
 * ran dry. Its own rhythm shows the length once its buffer is full; then the beginning is told, stalls and all. Until
 * then it also turns out which objects are sound.
 */
export class LengthWait {
  readonly #media: DeliveredMedia;
  readonly #segments: SegmentFacts;
  readonly #sounds = new SoundLanes();
  #requests: Waiting[] = [];
  #isOver = false;

  constructor(media: DeliveredMedia, segments: SegmentFacts) {
    this.#media = media;
    this.#segments = segments;
  }

  get isEmpty(): boolean {
    return this.#requests.length === 0;
  }

  /** The length is known, or nobody waits for it any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** End of the first request that waits; Infinity for none. */
  get sinceMs(): UnixMs {
    return this.#requests[0]?.request.endMs ?? Number.POSITIVE_INFINITY;
  }

  /** True when it has waited as long as is sensible by `nowMs`. */
  isLong(nowMs: UnixMs): boolean {
    return nowMs - this.sinceMs > LONGEST_MS || this.#requests.length >= MOST_REQUESTS;
  }

  /** What a request is: null when it is no media. Learns in order of begin what is sound and how long a segment is. */
  flightOf(request: JoinedRequest): Flight | null {
    const { path, objectType, startMs, endMs } = request;
    if (!isMediaObject(objectType)) return null;
    const identity = segmentOf(path);
    const segmentMs = this.#media.isTimed ? this.#media.segmentMs : Number.NaN;
    const isSound = objectType === 'audio' || this.#sounds.isSound(request, identity, segmentMs);
    const track = isSound ? 'audio' : 'video';
    this.#media.heard(track, identity, startMs, isDelivered(request) ? endMs : Number.NaN);
    return { request, cmcd: cmcdOf(request), track, identity };
  }

  /** Sound where nobody says so, as far as is known now. */
  isSound(request: JoinedRequest): boolean {
    return this.#sounds.isKnown(request);
  }

  /** True when a request is to wait, and waits. A whole file has no segments. */
  keeps(request: JoinedRequest, flight: Flight | null, isWholeFile: boolean): boolean {
    const isKept = !this.#isOver && (flight === null ? !this.isEmpty : !isWholeFile && this.#isUnknown(request));
    if (isKept) this.#requests.push({ request, flight });
    return isKept;
  }

  #isUnknown(request: JoinedRequest): boolean {
    if (this.#media.isTimed || objectDurationMs(request) > 0) return false;
    return !(this.#segments.lengthMs(request.path) > 0) && !this.isLong(request.startMs);
  }

  holdInto(held: Set<JoinedRequest>): void {
    for (const { request } of this.#requests) held.add(request);
  }

  /** What waited, in order, with what is known of its tracks by now; nothing waits any more. */
  end(): readonly Waiting[] {
    const requests = this.#requests.map(({ request, flight }) => {
      const isSound = flight !== null && this.#sounds.isKnown(request);
      return { request, flight: isSound ? { ...flight, track: 'audio' as const } : flight };
    });
    this.#requests = [];
    this.#isOver = true;
    return requests;
  }
}
