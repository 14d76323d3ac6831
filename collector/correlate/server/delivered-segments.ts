import type { SegmentIdentity } from '../content/segment-identity.ts';

const STEM_LIMIT = 8;
const RANGE_LIMIT = 64;
const NAME_LIMIT = 256;

/** Numbers from `first` to `last` in steps; the step of a single number is any. */
type Range = { first: number; last: number; step: number };

/**
 * Which segments were delivered, each position once. Numbers are kept as ranges, so a session of hours costs a few
 * of them; names without a number are remembered for the last 256. Past the bounds the oldest is forgotten and
 * could count again.
 */
export class DeliveredSegments {
  // Nearly every playback has one stem, and numbers; the collections are made for the others.
  #stem = '';
  #stemRanges: Range[] = [];
  #ranges: Map<string, Range[]> | null = null;
  #names: Set<string> | null = null;

  has({ stem, number }: SegmentIdentity): boolean {
    if (Number.isNaN(number)) return this.#names?.has(stem) === true;
    const ranges = stem === this.#stem ? this.#stemRanges : this.#ranges?.get(stem);
    if (ranges === undefined) return false;
    // Playback goes on where it was.
    for (let i = ranges.length - 1; i >= 0; i--) {
      const { first, last, step } = ranges[i] as Range;
      if (number < first || number > last) continue;
      // The first neighbours of a player that probes its timeline lie far apart, and others between them.
      if (number === first || (number - first) % step === 0) return true;
    }
    return false;
  }

  /** True when this position was not delivered before. `stride` is the distance of neighbours. */
  add(identity: SegmentIdentity, stride: number): boolean {
    if (this.has(identity)) return false;
    const { stem, number } = identity;
    if (Number.isNaN(number)) {
      this.#names ??= new Set();
      this.#names.add(stem);
      if (this.#names.size > NAME_LIMIT) forgetFirst(this.#names);
      return true;
    }
    const ranges = this.#rangesOf(stem);
    let before: Range | undefined;
    let after: Range | undefined;
    for (const range of ranges) {
      if (range.first !== range.last && range.step !== stride) continue;
      if (range.last + stride === number) before ??= range;
      if (range.first - stride === number) after ??= range;
    }
    if (before) before.last = after ? after.last : number;
    else if (after) after.first = number;
    else ranges.push({ first: number, last: number, step: stride });
    if (before) before.step = stride;
    if (after) after.step = stride;
    if (before && after) ranges.splice(ranges.indexOf(after), 1);
    if (ranges.length > RANGE_LIMIT) ranges.shift();
    return true;
  }

  #rangesOf(stem: string): Range[] {
    if (stem === this.#stem) return this.#stemRanges;
    if (this.#stemRanges.length === 0) {
      this.#stem = stem;
      return this.#stemRanges;
    }
    this.#ranges ??= new Map();
    let ranges = this.#ranges.get(stem);
    if (!ranges) {
      ranges = [];
      this.#ranges.set(stem, ranges);
      if (this.#ranges.size >= STEM_LIMIT) forgetFirst(this.#ranges);
    }
    return ranges;
  }
}

function forgetFirst(entries: Map<string, unknown> | Set<string>): void {
  for (const key of entries.keys()) {
    entries.delete(key);
    return;
  }
}
