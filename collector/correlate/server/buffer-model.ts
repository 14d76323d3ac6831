import type { UnixMs } from '../../model/time.ts';
import type { Track } from './delivered-media.ts';

/** What happened between two looks at the model. */
export type Drained = {
  readonly playedMs: number;
  /** Nothing was asked for although the buffer would have run dry: the viewer had paused. */
  readonly pausedMs: number;
  /** The buffer was empty while media was asked for. */
  readonly starvedMs: number;
};

const NOTHING: Drained = { playedMs: 0, pausedMs: 0, starvedMs: 0 };

/**
 * The player's buffer as its deliveries explain it (semantics.md section 6): delivered media time minus elapsed
 * time. Audio and video have buffers of their own; the emptier one stops playback. Starving is only a stall while
 * requests go on; a player that asks for nothing is paused, or done.
 */
export class BufferModel {
  /** What is left of a track; NaN while it has none. */
  #audioMs = Number.NaN;
  #videoMs = Number.NaN;
  #clockMs = Number.NaN;
  /** What was left when media was last asked for: a player with a full buffer always asks at the same level. */
  #askedLeftMs = 0;
  #flushed = { audioMs: Number.NaN, videoMs: Number.NaN, atMs: Number.NaN };
  #isPlaying = false;
  #isHeld = false;

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** Media ahead of the playhead; 0 before any was delivered. */
  get leftMs(): number {
    const audioMs = this.#audioMs;
    const videoMs = this.#videoMs;
    if (Number.isNaN(audioMs)) return Number.isNaN(videoMs) ? 0 : videoMs;
    return Number.isNaN(videoMs) ? audioMs : Math.min(audioMs, videoMs);
  }

  /** Media ahead of the playhead in one track; 0 while it has none. */
  leftOf(track: Track): number {
    return (track === 'audio' ? this.#audioMs : this.#videoMs) || 0;
  }

  /** When it runs dry if nothing comes. */
  get dryMs(): UnixMs {
    return this.#clockMs + this.leftMs;
  }

  start(atMs: UnixMs): void {
    this.#isPlaying = true;
    this.#clockMs = atMs;
  }

  /** The player said it is paused, or plays again. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  deliver(track: Track, durationMs: number): void {
    if (track === 'audio') this.#audioMs = (this.#audioMs || 0) + durationMs;
    else this.#videoMs = (this.#videoMs || 0) + durationMs;
  }

  /** The player's own word on how much it has (CMCD `bl`), of a track it has. */
  set(track: Track, leftMs: number): void {
    if (track === 'audio') {
      if (!Number.isNaN(this.#audioMs)) this.#audioMs = leftMs;
    } else if (!Number.isNaN(this.#videoMs)) this.#videoMs = leftMs;
  }

  /** Sound runs beside the pictures from here on, and has as much as they have; once. */
  splitSound(): void {
    if (Number.isNaN(this.#audioMs)) this.#audioMs = this.#videoMs;
  }

  /** Whatever was delivered, no track has less than this. */
  ensure(leftMs: number): void {
    if (this.#audioMs < leftMs) this.#audioMs = leftMs;
    if (this.#videoMs < leftMs) this.#videoMs = leftMs;
  }

  /** A track that ran dry and is not asked for any more does not hold the others up. */
  forgetEmpty(track: Track): void {
    if (track === 'audio') {
      if (this.#audioMs === 0) this.#audioMs = Number.NaN;
    } else if (this.#videoMs === 0) this.#videoMs = Number.NaN;
  }

  /** Media is asked for now. */
  asked(): void {
    this.#askedLeftMs = this.leftMs;
  }

  flush(): void {
    this.#flushed = { audioMs: this.#audioMs, videoMs: this.#videoMs, atMs: this.#clockMs };
    if (!Number.isNaN(this.#audioMs)) this.#audioMs = 0;
    if (!Number.isNaN(this.#videoMs)) this.#videoMs = 0;
  }

  /** What was flushed last was not, and has been played since. */
  restore(): void {
    const { audioMs, videoMs, atMs } = this.#flushed;
    const sinceMs = this.#clockMs - atMs;
    if (audioMs > sinceMs) this.#audioMs += audioMs - sinceMs;
    if (videoMs > sinceMs) this.#videoMs += videoMs - sinceMs;
  }

  /**
   * Plays up to `nowMs`. `askedMs` is since when media has been asked for without an answer. A player that came back
   * from a pause asks at the level it always asks at.
   */
  drain(nowMs: UnixMs, askedMs: UnixMs): Drained {
    if (!this.#isPlaying || !(nowMs > this.#clockMs)) return NOTHING;
    const idleUntilMs = Math.min(nowMs, Math.max(this.#clockMs, askedMs));
    const idleMs = idleUntilMs - this.#clockMs;
    const askedForMs = nowMs - idleUntilMs;
    this.#clockMs = nowMs;
    if (this.#isHeld) return { playedMs: 0, pausedMs: idleMs + askedForMs, starvedMs: 0 };
    const leftMs = this.leftMs;
    const isPaused = idleMs > leftMs;
    const idlePlayedMs = isPaused ? Math.max(0, leftMs - this.#askedLeftMs) : idleMs;
    const askedPlayedMs = Math.min(askedForMs, leftMs - idlePlayedMs);
    const playedMs = idlePlayedMs + askedPlayedMs;
    // NaN stays NaN: a track that was never delivered has nothing to play.
    this.#audioMs = Math.max(0, this.#audioMs - playedMs);
    this.#videoMs = Math.max(0, this.#videoMs - playedMs);
    return { playedMs, pausedMs: idleMs - idlePlayedMs, starvedMs: askedForMs - askedPlayedMs };
  }
}
