import type { UnixMs } from '../../model/time.ts';
import type { SegmentIdentity } from '../content/segment-identity.ts';

/** Assumed until something is known: Apple's authoring recommendation for HLS. */
const DEFAULT_MS = 6_000;
/** Shorter pauses, and fewer milliseconds for a segment, are a buffer being filled, not media time passing. */
const MIN_SPACING_MS = 1_000;
const MIN_SAMPLES = 3;
/** Two are enough when they are that much alike. */
const ALIKE = 1.15;
const SAMPLE_LIMIT = 33;

/**
 * How long a segment plays when no one says: a player with a full buffer pauses, and fetches after every pause what was
 * played since the one before. The time from pause to pause, divided by the segments that came, is it, in the median.
 * Without a pause the network sets the pace; a player that pauses while it fills its buffer fetches more than it plays.
 */
export class SegmentDuration {
  #samples: number[] = [];
  #previous: SegmentIdentity | null = null;
  #previousStartMs = Number.NaN;
  #previousEndMs = Number.NaN;
  #askedNumber = Number.NaN;
  #askedMs = Number.NaN;
  #stride = Number.NaN;
  /** The first segment after the last pause. */
  #resumedNumber = Number.NaN;
  #resumedMs = Number.NaN;
  /** The first pause: it was as long as a segment if one segment is what came until the next. */
  #firstPauseMs = Number.NaN;
  #median = DEFAULT_MS;
  #isStale = false;

  get estimateMs(): number {
    if (this.#isStale) this.#median = this.#samples.toSorted(ascending)[(this.#samples.length - 1) >> 1] as number;
    this.#isStale = false;
    return this.#median;
  }

  get isSettled(): boolean {
    const [first, second] = this.#samples;
    if (first === undefined || second === undefined) return false;
    return this.#samples.length >= MIN_SAMPLES || Math.max(first, second) <= ALIKE * Math.min(first, second);
  }

  /** Smallest step between two segment numbers: 1 for counters, the duration in ticks for media times. */
  get stride(): number {
    return this.#stride;
  }

  /** A segment was asked for: when it comes at the second try, the first one kept the rhythm. */
  asked({ number }: SegmentIdentity, startMs: UnixMs): void {
    if (number === this.#askedNumber) return;
    this.#askedNumber = number;
    this.#askedMs = startMs;
  }

  step(identity: SegmentIdentity, requestMs: UnixMs, endMs: UnixMs): void {
    const startMs = identity.number === this.#askedNumber ? this.#askedMs : requestMs;
    const previous = this.#previous;
    // Audio of the same number, or another rendition of it.
    if (previous?.stem === identity.stem && previous.number === identity.number) return;
    const spacingMs = startMs - this.#previousStartMs;
    const isIdle = this.#previousEndMs - this.#previousStartMs < spacingMs / 2;
    this.#previous = identity;
    this.#previousStartMs = startMs;
    this.#previousEndMs = endMs;
    if (!previous || previous.stem !== identity.stem) return;
    const delta = identity.number - previous.number;
    // A jump back, or another file: what comes fills the buffer again.
    if (!(delta > 0)) this.#resumedNumber = Number.NaN;
    if (!(delta > 0)) return;
    if (!(this.#stride <= delta)) this.#stride = delta;
    if (!isIdle || spacingMs < MIN_SPACING_MS) return;
    const segments = (identity.number - this.#resumedNumber) / this.#stride;
    const segmentMs = (startMs - this.#resumedMs) / segments;
    this.#resumedNumber = identity.number;
    this.#resumedMs = startMs;
    const firstPauseMs = this.#firstPauseMs;
    this.#firstPauseMs = segments > 0 || delta !== this.#stride ? Number.NaN : spacingMs;
    if (segments === 1) this.#sample(firstPauseMs);
    this.#sample(segmentMs);
  }

  #sample(segmentMs: number): void {
    if (!(segmentMs >= MIN_SPACING_MS)) return;
    this.#samples.push(segmentMs);
    if (this.#samples.length > SAMPLE_LIMIT) this.#samples.shift();
    this.#isStale = this.isSettled;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
