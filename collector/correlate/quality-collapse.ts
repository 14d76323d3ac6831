import type { UnixMs } from '../model/time.ts';
import type { PlaybackListener } from './playback-listener.ts';

/** Below this share of the sustained bitrate, for this long: a collapse (semantics.md section 1). */
const COLLAPSE_SHARE = 0.5;
const COLLAPSE_MS = 10_000;
/** A collapse that lasts is told after this, while what caused it is still on record. */
const TELL_MS = 60_000;

/**
 * Watches the rendered bitrate of one playback fall. Sustained is the mean over everything rendered outside
 * collapses, once there are 10 s of it, so a long collapse does not become the new normal.
 */
export class QualityCollapse {
  readonly #listener: PlaybackListener;
  #sustainedKbit = 0;
  #sustainedMs = 0;
  #lowMs = 0;
  #lowKbit = 0;
  #beginMs = Number.NaN;
  #endMs = Number.NaN;
  #isTold = false;

  constructor(listener: PlaybackListener) {
    this.#listener = listener;
  }

  /** `kbps` was on screen from `fromMs` to `toMs`. How a stretch is cut into calls changes nothing. */
  render(kbps: number, fromMs: UnixMs, toMs: UnixMs): void {
    const learnMs = Math.min(toMs - fromMs, Math.max(0, COLLAPSE_MS - this.#sustainedMs));
    if (learnMs > 0) this.#sustain(kbps, learnMs);
    const durationMs = toMs - fromMs - learnMs;
    if (durationMs <= 0) return;
    if (kbps >= COLLAPSE_SHARE * this.#sustainedKbps) {
      this.finish();
      this.#sustain(kbps, durationMs);
      return;
    }
    if (Number.isNaN(this.#beginMs)) this.#beginMs = fromMs + learnMs;
    const tellableMs = Math.min(durationMs, TELL_MS - this.#lowMs);
    if (tellableMs <= 0) return;
    this.#lowMs += tellableMs;
    this.#lowKbit += (kbps * tellableMs) / 1000;
    this.#endMs = toMs - durationMs + tellableMs;
    if (this.#lowMs >= TELL_MS) this.#tell();
  }

  /** Quality is back, or playback is over. */
  finish(): void {
    if (this.#lowMs >= COLLAPSE_MS) this.#tell();
    else if (this.#lowMs > 0) this.#sustain((this.#lowKbit * 1000) / this.#lowMs, this.#lowMs);
    this.#lowMs = 0;
    this.#lowKbit = 0;
    this.#beginMs = Number.NaN;
    this.#isTold = false;
  }

  get #sustainedKbps(): number {
    return (this.#sustainedKbit * 1000) / this.#sustainedMs;
  }

  #sustain(kbps: number, durationMs: number): void {
    this.#sustainedKbit += (kbps * durationMs) / 1000;
    this.#sustainedMs += durationMs;
  }

  #tell(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#listener.qualityCollapse({
      beginMs: this.#beginMs,
      endMs: this.#endMs,
      sustainedKbps: this.#sustainedKbps,
      renderedKbps: (this.#lowKbit * 1000) / this.#lowMs,
    });
  }
}
