import type { UnixMs } from '../../model/time.ts';
import type { PlaybackListener } from './playback-listener.ts';

/** Below this share of the sustained bitrate, for this long: a collapse (semantics.md section 1). */
const COLLAPSE_SHARE = 0.5;
const COLLAPSE_MS = 10_000;
/** Sustained is the mean of the last minute rendered, once there are 20 s of it. */
const MEMORY_MS = 60_000;
const MIN_BEFORE_MS = 20_000;
/** A collapse that lasts is told after this, while what caused it is still on record. */
const TELL_MS = 60_000;

type Run = { readonly kbps: number; ms: number };

/** Watches the rendered bitrate of one playback fall. How a stretch is cut into calls changes nothing. */
export class QualityCollapse {
  readonly #listener: PlaybackListener;
  /** What was rendered before the low stretch, oldest first, and the low stretch itself. */
  readonly #before: Run[] = [];
  #low: Run[] = [];
  #lowMs = 0;
  #thresholdKbps = 0;
  #beginMs = Number.NaN;
  #endMs = Number.NaN;
  #isTold = false;

  constructor(listener: PlaybackListener) {
    this.#listener = listener;
  }

  /** `kbps` was on screen from `fromMs` to `toMs`. */
  render(kbps: number, fromMs: UnixMs, toMs: UnixMs): void {
    if (this.#lowMs > 0 && kbps >= this.#thresholdKbps) this.finish();
    if (this.#lowMs === 0 && !this.#falls(kbps)) {
      append(this.#before, kbps, toMs - fromMs);
      return;
    }
    if (this.#lowMs === 0) this.#beginMs = fromMs;
    const untilTellMs = Math.min(toMs - fromMs, Math.max(0, TELL_MS - this.#lowMs));
    if (untilTellMs > 0) {
      append(this.#low, kbps, untilTellMs);
      this.#lowMs += untilTellMs;
      this.#endMs = fromMs + untilTellMs;
      if (this.#lowMs >= TELL_MS) this.#tell();
    }
    append(this.#low, kbps, toMs - fromMs - untilTellMs);
  }

  /** Quality is back, or playback is over. */
  finish(): void {
    if (this.#lowMs >= COLLAPSE_MS) this.#tell();
    for (const { kbps, ms } of this.#low) append(this.#before, kbps, ms);
    this.#low = [];
    this.#lowMs = 0;
    this.#isTold = false;
  }

  /** Only another rendition can be a fall: the mean that slides under a steady one is not. */
  #falls(kbps: number): boolean {
    if (this.#before.at(-1)?.kbps === kbps || lengthMs(this.#before) < MIN_BEFORE_MS) return false;
    this.#thresholdKbps = meanKbps(this.#before) * COLLAPSE_SHARE;
    return kbps < this.#thresholdKbps;
  }

  #tell(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#listener.qualityCollapse({
      beginMs: this.#beginMs,
      endMs: this.#endMs,
      sustainedKbps: this.#thresholdKbps / COLLAPSE_SHARE,
      renderedKbps: meanKbps(this.#low),
    });
  }
}

/** Adds a stretch and forgets what is older than the memory. */
function append(runs: Run[], kbps: number, ms: number): void {
  if (ms <= 0) return;
  const last = runs.at(-1);
  if (last?.kbps === kbps) last.ms += ms;
  else runs.push({ kbps, ms });
  let surplusMs = lengthMs(runs) - MEMORY_MS;
  while (surplusMs > 0) {
    const first = runs[0] as Run;
    if (first.ms <= surplusMs) runs.shift();
    else first.ms -= surplusMs;
    surplusMs = lengthMs(runs) - MEMORY_MS;
  }
}

function lengthMs(runs: readonly Run[]): number {
  let sum = 0;
  for (const { ms } of runs) sum += ms;
  return sum;
}

function meanKbps(runs: readonly Run[]): number {
  return runs.reduce((sum, { kbps, ms }) => sum + kbps * ms, 0) / lengthMs(runs);
}
