import type { UnixMs } from '../model/time.ts';

/** Seconds of the content, from begin to end without a jump. */
export type WatchedRun = { readonly beginSeconds: number; readonly endSeconds: number };

/** Who jumps more often is looking for something; what follows is not kept. */
const MAX_RUNS = 64;
/** Faster than this the playhead did not play, it jumped. */
const FASTEST = 2;
/** How far words of a player may be off: some say where they are when they post, not when it happened. */
const TOLERANCE_MS = 3_000;

/**
 * Which parts of a content a session played, from what its player says of the playhead: two words in a row between
 * which the playhead went on no faster than it can play are one run, anything else is a jump.
 */
export class WatchedRuns {
  readonly #runs: { beginMs: number; endMs: number }[] = [];
  #playheadMs = Number.NaN;
  #atMs: UnixMs = Number.NaN;

  get runs(): readonly WatchedRun[] {
    return this.#runs
      .filter(({ beginMs, endMs }) => endMs > beginMs)
      .map(({ beginMs, endMs }) => ({ beginSeconds: beginMs / 1_000, endSeconds: endMs / 1_000 }));
  }

  /** In the order of the player's clock. */
  say(playheadMs: number, atMs: UnixMs): void {
    if (!(playheadMs >= 0) || !Number.isFinite(playheadMs) || !Number.isFinite(atMs)) return;
    const playedMs = playheadMs - this.#playheadMs;
    const isJump = !(playedMs >= 0 && playedMs <= FASTEST * (atMs - this.#atMs) + TOLERANCE_MS);
    const run = this.#runs.at(-1);
    if (!isJump && run) run.endMs = playheadMs;
    else if (this.#runs.length < MAX_RUNS) this.#runs.push({ beginMs: playheadMs, endMs: playheadMs });
    this.#playheadMs = playheadMs;
    this.#atMs = atMs;
  }
}
