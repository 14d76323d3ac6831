import type { BufferModel } from './buffer-model.ts';
import type { DeliveredMedia } from './delivered-media.ts';
import type { Flight } from './flight.ts';
import type { MediaGate } from './media-gate.ts';

/** A player asks this soon for what it wants after something came. */
const IDLE_MS = 300;

/**
 * Media time that was watched: what was delivered, less what the buffer holds, and less what a jump threw away. What
 * somebody had buffered when they left was never watched, and nobody says when that was; their requests tell:
 *
 * - A player that fills its buffer asks for the next segment when one has come. Whoever leaves then cuts a request off.
 *   When none was cut off, there was nothing more to ask for, and the rest was watched.
 * - A player with a full buffer asks when it has played a segment's worth. Whoever is there no more left before it would
 *   have asked again; on average in the middle. But at the end of a title there is nothing to ask for either, so where
 *   nobody got any further all of it was watched.
 */
export class ViewedMedia {
  readonly #media: DeliveredMedia;
  readonly #buffer: BufferModel;
  readonly #gate: MediaGate;
  /** What was fetched again because it had been thrown away, less what was. */
  #balanceMs = 0;
  #thrownMs = 0;
  /** What the player has when it asks because it has played; NaN until it did. */
  #targetMs = Number.NaN;
  /** The one that was asked for last, and whether its answer broke off. */
  #last: Flight['identity'] | null = null;
  #isCutOff = false;

  constructor(media: DeliveredMedia, buffer: BufferModel, gate: MediaGate) {
    this.#media = media;
    this.#buffer = buffer;
    this.#gate = gate;
  }

  /** `flights` are under way; for `idleMs` nothing had come that was waited for. */
  asked(flight: Flight, flights: readonly Flight[], idleMs: number): void {
    const { track } = flight;
    if (track !== this.#media.main) return;
    this.#last = flight.identity;
    const isFull = idleMs > IDLE_MS && this.#buffer.isPlaying && !flights.some((other) => other.track === track);
    if (isFull) this.#targetMs = this.#leftMs;
  }

  /** It counts with `countedMs`, of which the buffer gained `gainMs`. */
  arrived(flight: Flight, countedMs: number, gainMs: number): void {
    if (flight.track !== this.#media.main) return;
    if (Number.isFinite(gainMs)) this.#balanceMs += gainMs - countedMs;
    if (flight.identity === this.#last) this.#isCutOff = false;
  }

  /** An answer broke off, or there was none. A log may tell of it long after, when the player had given it up. */
  failed(flight: Flight): void {
    if (flight.identity === this.#last) this.#isCutOff = true;
  }

  /** The viewer jumped: what is in the buffer will not be watched. */
  thrownAway(): void {
    this.#thrownMs = this.#leftMs;
    this.#balanceMs -= this.#thrownMs;
  }

  /** The viewer did not. */
  kept(): void {
    this.#balanceMs += this.#thrownMs;
  }

  /** So far, in ms. */
  get soFarMs(): number {
    return Math.max(0, this.#media.mediaMs(this.#media.main) + this.#balanceMs - this.#leftMs);
  }

  /** When nothing is asked for any more, in ms; `isFurthest`: nobody got any further. What is live has no end. */
  finallyMs(isFurthest: boolean): number {
    if (this.#isCutOff) return this.soFarMs;
    const isLive = !Number.isNaN(this.#gate.polledMs);
    const leftMs = this.#leftMs;
    const isLeft = leftMs > this.#targetMs && (isLive || !isFurthest);
    return this.soFarMs + (isLeft ? (leftMs - this.#targetMs) / 2 : leftMs);
  }

  get #leftMs(): number {
    return this.#buffer.isPlaying ? this.#buffer.leftOf(this.#media.main) : 0;
  }
}
