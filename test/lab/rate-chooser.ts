import type { Rendition } from './catalogue.ts';

const SAFETY = 0.8;
const UP_SAFETY = 0.68;
const MIN_SAMPLE_BYTES = 12_000;
const FAST_MS = 3000;
const SLOW_MS = 9000;
/** A player that ignores its line: so many segments at the top, then one at the bottom. */
const STUBBORN_RUN = 5;

/**
 * Adaptive bitrate: the lower of a fast and a slow throughput average, and caution while the buffer is short.
 * `isStubborn` is the broken rule of the fault `abr_oscillation`.
 */
export class RateChooser {
  readonly #ladder: readonly Rendition[];
  readonly #isStubborn: () => boolean;
  #fastKbps = Number.NaN;
  #slowKbps = Number.NaN;
  #turn = 0;

  constructor(ladder: readonly Rendition[], isStubborn: () => boolean) {
    this.#ladder = ladder;
    this.#isStubborn = isStubborn;
  }

  /** NaN before the first sample. */
  get measuredKbps(): number {
    return Number.isNaN(this.#fastKbps) ? Number.NaN : Math.min(this.#fastKbps, this.#slowKbps);
  }

  sample(bytes: number, tookMs: number): void {
    if (bytes < MIN_SAMPLE_BYTES) return;
    const kbps = (bytes * 8) / Math.max(tookMs, 1);
    if (Number.isNaN(this.#fastKbps)) {
      this.#fastKbps = kbps;
      this.#slowKbps = kbps;
      return;
    }
    const fast = 1 - 0.5 ** (Math.max(tookMs, 250) / FAST_MS);
    const slow = 1 - 0.5 ** (Math.max(tookMs, 250) / SLOW_MS);
    this.#fastKbps += fast * (kbps - this.#fastKbps);
    this.#slowKbps += slow * (kbps - this.#slowKbps);
  }

  /** The rendition for the next segment. */
  choose(current: Rendition, bufferMs: number, targetBufferMs: number): Rendition {
    const lowest = this.#ladder[0] as Rendition;
    const top = this.#ladder.at(-1) as Rendition;
    if (this.#isStubborn()) return this.#turn++ % (STUBBORN_RUN + 1) === STUBBORN_RUN ? lowest : top;
    const kbps = this.measuredKbps;
    if (Number.isNaN(kbps)) return current;
    const isShort = bufferMs < targetBufferMs * 0.2;
    let best = lowest;
    for (const rendition of this.#ladder) {
      const isUp = rendition.index > current.index;
      const share = isShort ? 0.55 : isUp ? UP_SAFETY : SAFETY;
      if (rendition.kbps <= kbps * share) best = rendition;
    }
    // A full buffer carries a rendition that the line just about carries, too.
    const isFull = bufferMs > targetBufferMs * 0.75;
    return best.index < current.index && isFull && current.kbps <= kbps ? current : best;
  }

  /** After giving up a segment: what the line carries now, and at least one step down. */
  chooseLower(current: Rendition): Rendition {
    let best = this.#ladder[0] as Rendition;
    for (const rendition of this.#ladder) {
      if (rendition.index < current.index && rendition.kbps <= this.#fastKbps * SAFETY) best = rendition;
    }
    return best;
  }
}
