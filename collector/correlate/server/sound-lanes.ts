import type { JoinedRequest } from '../../model/joined-request.ts';
import type { SegmentIdentity } from '../content/segment-identity.ts';
import { bodyBytesOf, cmcdOf, isDelivered } from '../join/request-halves.ts';

/** Sound takes no more than this. */
const MOST_KBPS = 200;
/** And no more than this share of the pictures of its position. */
const MOST_SHARE = 0.5;
/** Once a poorer copy of what the player has could be chance: a seek back, a second viewer behind one address. */
const PROOFS = 2;
/** Languages and qualities of one playback. */
const LANES = 8;
/** Sound is fetched within so many segments of its pictures. */
const POSITIONS = 16;
/** The shortest that packagers make: while nobody knows the length, an object looks as little like sound as it can. */
const SHORTEST_MS = 2_000;

/**
 * Which of a player's media objects are sound where nobody says so: `chunk-4-00009.m4s` beside `chunk-1-00009.m4s`,
 * without CMCD. No player fetches a much smaller copy of a position it has, so what comes small where a larger object
 * came before is another track. Until that is known sound passes for pictures of the same position, which adds nothing.
 */
export class SoundLanes {
  readonly #numbers: number[] = [];
  readonly #bytes: number[] = [];
  #at = 0;
  /** Proofs by lane; made for the first. */
  #proofs: Map<string, number> | null = null;

  /** Learns from every media object, in order of begin. `segmentMs` is NaN while it is a guess. */
  isSound(request: JoinedRequest, { number }: SegmentIdentity, segmentMs: number): boolean {
    if (cmcdOf(request).objectType !== '' || Number.isNaN(number)) return false;
    if (this.isKnown(request)) return true;
    const bytes = isDelivered(request) ? bodyBytesOf(request) : Number.NaN;
    if (!(bytes > 0)) return false;
    const at = this.#numbers.indexOf(number);
    const kbps = (bytes * 8) / (segmentMs > 0 ? segmentMs : SHORTEST_MS);
    if (at >= 0 && kbps <= MOST_KBPS && bytes <= MOST_SHARE * (this.#bytes[at] as number)) {
      this.#prove(request);
      return this.isKnown(request);
    }
    if (at >= 0) this.#bytes[at] = Math.max(bytes, this.#bytes[at] as number);
    else this.#note(number, bytes);
    return false;
  }

  /** As far as is known now, without learning from it. */
  isKnown({ path }: JoinedRequest): boolean {
    return this.#proofs !== null && (this.#proofs.get(laneOf(path)) ?? 0) >= PROOFS;
  }

  #prove({ path }: JoinedRequest): void {
    const lane = laneOf(path);
    this.#proofs ??= new Map();
    if (this.#proofs.size < LANES || this.#proofs.has(lane)) this.#proofs.set(lane, (this.#proofs.get(lane) ?? 0) + 1);
  }

  #note(number: number, bytes: number): void {
    this.#numbers[this.#at] = number;
    this.#bytes[this.#at] = bytes;
    this.#at = (this.#at + 1) % POSITIONS;
  }
}

/** A name without its number and extension: the segments of one rendition share it. */
function laneOf(path: string): string {
  return path.replace(/\d+(?:\.\w+)?$/, '');
}
