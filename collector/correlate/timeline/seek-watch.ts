import type { QoeNumbers } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import type { PlaybackListener } from './playback-listener.ts';

/** Scrubs that follow each other faster than this are one seek (semantics.md section 3). */
const SCRUB_MS = 500;
/** Buffering, and rendition changes, this soon after a seek are the seek's doing (semantics.md section 2). */
const AFTERMATH_MS = 5_000;

/** The seeks of one playback. A finished one is told when no further scrub can join it. */
export class SeekWatch {
  readonly #listener: PlaybackListener;
  readonly #total: QoeNumbers;
  #beginMs = Number.NaN;
  #scrubMs = Number.NaN;
  /** First frame at the target; NaN while it is awaited. */
  #endMs = Number.NaN;
  #hasPlayedSince = true;

  constructor(listener: PlaybackListener, total: QoeNumbers) {
    this.#listener = listener;
    this.#total = total;
  }

  begin(atMs: UnixMs): void {
    const isScrub = atMs - this.#scrubMs < SCRUB_MS && !Number.isNaN(this.#beginMs);
    this.#hasPlayedSince = false;
    if (!isScrub) {
      this.#tell(atMs);
      this.#beginMs = atMs;
      this.#total.seeks++;
    }
    this.#scrubMs = atMs;
    this.#endMs = Number.NaN;
  }

  /** What began last was no seek. */
  cancel(): void {
    if (Number.isNaN(this.#beginMs)) return;
    this.#total.seeks--;
    this.#beginMs = Number.NaN;
    this.#scrubMs = Number.NaN;
    this.#endMs = Number.NaN;
    this.#hasPlayedSince = true;
  }

  /** A frame at the target: playback moves, or stands still there. */
  end(atMs: UnixMs, isPlaying: boolean): void {
    if (isPlaying) this.#hasPlayedSince = true;
    if (!Number.isNaN(this.#beginMs) && Number.isNaN(this.#endMs)) this.#endMs = atMs;
  }

  /** Tells the seek that ended, once no scrub before `nowMs` can prolong it. */
  settle(nowMs: UnixMs): void {
    if (!Number.isNaN(this.#endMs) && nowMs - this.#scrubMs >= SCRUB_MS) this.#tell(this.#endMs);
  }

  finish(atMs: UnixMs): void {
    this.#tell(atMs);
  }

  /** Buffering that begins now is seek-induced, even if it was not entered from the seeking state. */
  isCauseAt(atMs: UnixMs): boolean {
    return !this.#hasPlayedSince && this.isRecentAt(atMs);
  }

  isRecentAt(atMs: UnixMs): boolean {
    return atMs - this.#scrubMs <= AFTERMATH_MS;
  }

  #tell(endMs: UnixMs): void {
    if (Number.isNaN(this.#beginMs)) return;
    this.#listener.seek({ beginMs: this.#beginMs, endMs: Number.isNaN(this.#endMs) ? endMs : this.#endMs });
    this.#beginMs = Number.NaN;
    this.#endMs = Number.NaN;
  }
}
