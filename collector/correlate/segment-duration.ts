import type { UnixMs } from '../model/time.ts';
import type { SegmentIdentity } from './segment-identity.ts';

/** Assumed until something is known: Apple's authoring recommendation for HLS. */
const DEFAULT_MS = 6_000;
/** Shorter spacing is a buffer being filled, not media time passing. */
const MIN_SPACING_MS = 1_000;
const MIN_SAMPLES = 3;
const SAMPLE_LIMIT = 33;

type Previous = { readonly identity: SegmentIdentity; readonly startMs: UnixMs; readonly endMs: UnixMs };

/**
 * How long a segment plays when no one says: a player with a full buffer fetches one segment per segment duration,
 * so the median spacing of consecutive segments is it. Only spacing with an idle pause in it counts; without one
 * the network set the pace.
 */
export class SegmentDuration {
  #samples: number[] = [];
  #previous: Previous | null = null;
  #stride = Number.NaN;
  #median = DEFAULT_MS;

  get estimateMs(): number {
    return this.#median;
  }

  get isSettled(): boolean {
    return this.#samples.length >= MIN_SAMPLES;
  }

  /** Smallest step between two segment numbers: 1 for counters, the duration in ticks for media times. */
  get stride(): number {
    return this.#stride;
  }

  step(identity: SegmentIdentity, startMs: UnixMs, endMs: UnixMs): void {
    const previous = this.#previous;
    this.#previous = { identity, startMs, endMs };
    if (!previous || previous.identity.stem !== identity.stem) return;
    const delta = identity.number - previous.identity.number;
    if (!(delta > 0)) return;
    if (!(this.#stride <= delta)) this.#stride = delta;
    const spacingMs = startMs - previous.startMs;
    const isIdle = previous.endMs - previous.startMs < spacingMs / 2;
    if (delta !== this.#stride || !isIdle || spacingMs < MIN_SPACING_MS) return;
    this.#samples.push(spacingMs);
    if (this.#samples.length > SAMPLE_LIMIT) this.#samples.shift();
    if (this.isSettled) this.#median = this.#samples.toSorted((a, b) => a - b)[this.#samples.length >> 1] as number;
  }
}
