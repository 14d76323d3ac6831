import type { StallKind } from '../../model/incident.ts';
import type { QoeNumbers } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import type { PlaybackListener, Stall, StallPrecision } from './playback-listener.ts';

/** Shorter interruptions are not stalls to a viewer (semantics.md section 3); their time still counts. */
export const MIN_STALL_MS = 250;
/** A starvation flag rides on the next request, which a full buffer delays; later than this it is another stall. */
const FLAG_DELAY_MS = 30_000;
/** A flag without a length this soon after the first frame still tells of the initial buffering. */
const STARTUP_FLAG_MS = 2_000;

type OpenStall = {
  readonly kind: StallKind;
  readonly beginMs: UnixMs;
  endMs: UnixMs;
  stalledMs: number;
  readonly isInAd: boolean;
};

/**
 * The stalls of one playback: what the states say exactly, and what CMCD `bs`/`bsd` flags add where the states said
 * nothing. A pause or background inside a stall stops its clock and does not make two of it.
 */
export class StallWatch {
  readonly #listener: PlaybackListener;
  readonly #total: QoeNumbers;
  readonly #precision: StallPrecision;
  #open: OpenStall | null = null;
  /** End of the last stall the states showed, of any length, that no flag has told about yet. */
  #unclaimedMs = Number.NaN;
  /** Length of the stalls that no flag has told about yet. */
  #unclaimedStalledMs = 0;
  #lastFlagMs = Number.NaN;
  /** How much longer, or shorter, stalls were than what was told when they seemed to be over. */
  correctedMs = 0;

  constructor(listener: PlaybackListener, total: QoeNumbers, precision: StallPrecision) {
    this.#listener = listener;
    this.#total = total;
    this.#precision = precision;
  }

  get kind(): StallKind | '' {
    return this.#open?.kind ?? '';
  }

  /** Rebuffering begins, or goes on after a pause. */
  enter(kind: StallKind, atMs: UnixMs, isInAd: boolean): void {
    this.#open ??= { kind, beginMs: atMs, endMs: atMs, stalledMs: 0, isInAd };
  }

  /** The stall clock ran up to `toMs`. */
  run(durationMs: number, toMs: UnixMs): void {
    const open = this.#open;
    if (!open) return;
    const isCounted = open.stalledMs >= MIN_STALL_MS;
    open.stalledMs += durationMs;
    open.endMs = toMs;
    if (open.kind === 'seek') this.#total.seekStalledMs += durationMs;
    else this.#total.stalledMs += durationMs;
    if (!isCounted && open.stalledMs >= MIN_STALL_MS) this.#count(open.kind);
  }

  leave(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    this.#unclaimedMs = open.endMs;
    this.#unclaimedStalledMs += open.stalledMs;
    if (open.stalledMs >= MIN_STALL_MS) this.#listener.stall({ ...open, precision: this.#precision });
  }

  /** The player says it plays: what was taken for a stall was none. */
  cancel(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    const isSeek = open.kind === 'seek';
    this.#total[isSeek ? 'seekStalledMs' : 'stalledMs'] -= open.stalledMs;
    if (open.stalledMs >= MIN_STALL_MS) this.#total[isSeek ? 'seekStalls' : 'stalls']--;
  }

  /**
   * A report says the buffer had run dry since the one before it. Returns the milliseconds to take from the playing
   * time: the flag's own length when no state covered it, what an inferred stall was too short or too long, else 0.
   */
  flag(
    starvedMs: number,
    kind: StallKind,
    atMs: UnixMs,
    previousMs: UnixMs,
    firstFrameMs: UnixMs,
    isInAd: boolean,
  ): number {
    const hasLength = starvedMs >= 0 && Number.isFinite(starvedMs);
    const sinceMs = Number.isNaN(this.#lastFlagMs) ? firstFrameMs : this.#lastFlagMs;
    const isCorrection = hasLength && this.#precision === 'inferred';
    // A player tells the length of what is over.
    if (isCorrection) this.leave();
    const isCovered = this.#open !== null || atMs - this.#unclaimedMs <= FLAG_DELAY_MS;
    const coveredMs = this.#unclaimedStalledMs;
    this.#unclaimedMs = Number.NaN;
    this.#unclaimedStalledMs = 0;
    this.#lastFlagMs = atMs;
    // What was only inferred is as long as the player says.
    if (isCovered) return isCorrection ? Math.min(starvedMs, atMs - sinceMs) - coveredMs : 0;
    // dash.js tells of its initial buffering in the first reports after the picture came.
    if (atMs - firstFrameMs < STARTUP_FLAG_MS) return 0;
    if (!hasLength) {
      this.#total.flaggedStalls++;
      const beginMs = Math.min(atMs, Math.max(previousMs, firstFrameMs));
      this.#listener.stall({ kind, beginMs, endMs: atMs, stalledMs: 0, precision: 'flag', isInAd });
      return 0;
    }
    const beginMs = atMs - starvedMs;
    // It began before the first frame: initial buffering. Or it is longer than the time since the flag before it.
    if (beginMs < firstFrameMs) return 0;
    const stalledMs = Math.min(starvedMs, atMs - sinceMs);
    if (stalledMs < MIN_STALL_MS) return 0;
    this.#count(kind);
    this.#listener.stall({ kind, beginMs: atMs - stalledMs, endMs: atMs, stalledMs, precision: 'flag', isInAd });
    return stalledMs;
  }

  /** The stalls of late were so much longer, or shorter, than they were counted. */
  correct(stalledMs: number): void {
    const correctionMs = Math.max(stalledMs, -this.#total.stalledMs);
    this.correctedMs += correctionMs;
    this.#total.stalledMs += correctionMs;
    this.#unclaimedStalledMs += correctionMs;
  }

  /** Somebody else saw it: it is counted and told, its time is the caller's to move. */
  infer(stall: Stall): void {
    this.#count(stall.kind);
    this.#listener.stall(stall);
  }

  #count(kind: StallKind): void {
    if (kind === 'seek') this.#total.seekStalls++;
    else this.#total.stalls++;
  }
}
