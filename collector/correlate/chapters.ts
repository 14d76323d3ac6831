import type { UnixMs } from '../model/time.ts';

/** Logs that write whole seconds tell the first requests of a player in any order; nobody loads anew within this. */
const RELOAD_MS = 3_000;

/**
 * Where one sid stops being one playback (semantics.md section 8): players reuse a session id across loads. A new
 * content id begins a new playback; so does a counter that starts again, together with a new main manifest on the
 * wire or with a start in the player. Each lane (requests, player events) counts on its own, so that the k-th
 * playback of a content is the same one in both.
 */
export class ChapterLane {
  #contentId = '';
  #ordinal = 0;
  #highest = -1;
  #beganMs: UnixMs = Number.NaN;
  /** Ordinals of the contents before the current one; made when there is a second. */
  #ordinals: Map<string, number> | null = null;

  /** Content of the current chapter. */
  get contentId(): string {
    return this.#contentId;
  }

  /** How often that content had begun before. */
  get ordinal(): number {
    return this.#ordinal;
  }

  /** The next item in order of time, whose chapter is the current one after. `atMs` on any clock. */
  next(contentId: string, counter: number, atMs: UnixMs, mayRestart: boolean): void {
    if (Number.isNaN(this.#beganMs)) this.#beganMs = atMs;
    if (contentId !== '' && this.#contentId !== '' && contentId !== this.#contentId) {
      this.#begin(contentId, (this.#ordinals?.get(contentId) ?? -1) + 1, atMs);
    } else if (contentId !== '' && this.#contentId === '') this.#begin(contentId, 0, this.#beganMs);
    // A first manifest asked for twice also repeats its counter; a player that has moved on does not.
    else if (mayRestart && counter === 0 && this.#highest >= 3 && atMs - this.#beganMs > RELOAD_MS)
      this.#begin(this.#contentId, this.#ordinal + 1, atMs);
    if (counter > this.#highest) this.#highest = counter;
  }

  #begin(contentId: string, ordinal: number, atMs: UnixMs): void {
    if (contentId !== this.#contentId && this.#contentId !== '') {
      this.#ordinals ??= new Map();
      this.#ordinals.set(this.#contentId, this.#ordinal);
    }
    this.#beganMs = atMs;
    this.#contentId = contentId;
    this.#ordinal = ordinal;
    this.#highest = -1;
  }
}
