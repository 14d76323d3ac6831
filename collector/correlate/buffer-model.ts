import type { UnixMs } from '../model/time.ts';

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
  readonly #leftMs = new Map<string, number>();
  #clockMs = Number.NaN;
  /** What was left when media was last asked for: a player with a full buffer always asks at the same level. */
  #askedLeftMs = 0;
  #isPlaying = false;
  #isHeld = false;

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** Media ahead of the playhead; 0 before any was delivered. */
  get leftMs(): number {
    return this.#leftMs.size === 0 ? 0 : Math.min(...this.#leftMs.values());
  }

  start(atMs: UnixMs): void {
    this.#isPlaying = true;
    this.#clockMs = atMs;
  }

  /** The player said it is paused, or plays again. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  deliver(track: string, durationMs: number): void {
    this.#leftMs.set(track, (this.#leftMs.get(track) ?? 0) + durationMs);
  }

  /** The player's own word on how much it has (CMCD `bl`). */
  set(track: string, leftMs: number): void {
    if (this.#leftMs.has(track)) this.#leftMs.set(track, leftMs);
  }

  /** Whatever was delivered, no track has less than this. */
  ensure(leftMs: number): void {
    for (const [track, ms] of this.#leftMs) this.#leftMs.set(track, Math.max(ms, leftMs));
  }

  /** A track that ran dry and is not asked for any more does not hold the others up. */
  forgetEmpty(track: string): void {
    if (this.#leftMs.get(track) === 0) this.#leftMs.delete(track);
  }

  /** Media is asked for now. */
  asked(): void {
    this.#askedLeftMs = this.leftMs;
  }

  flush(): void {
    for (const track of this.#leftMs.keys()) this.#leftMs.set(track, 0);
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
    for (const [track, ms] of this.#leftMs) this.#leftMs.set(track, Math.max(0, ms - playedMs));
    return { playedMs, pausedMs: idleMs - idlePlayedMs, starvedMs: askedForMs - askedPlayedMs };
  }
}
