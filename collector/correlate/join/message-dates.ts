import type { UnixMs } from '../../model/time.ts';

/** Between two messages of one player; a post that waited for the network is younger. */
const CLOCK_JUMP_MS = 24 * 3_600_000;

/** When the messages of one player were, by its own clock, as far as that can be believed. */
export class MessageDates {
  /** Shortest time between a player's stamp and our receipt, clock difference included; Infinity before the first. */
  transitMs = Number.POSITIVE_INFINITY;

  add(tsMs: UnixMs, receivedMs: UnixMs): void {
    this.transitMs = Math.min(this.transitMs, receivedMs - tsMs);
  }

  /**
   * When a player says something was. A clock that is set right in the middle of a session, or one stamp that is mad,
   * would make it last for years: what is a day off the player's other messages was when it arrived.
   */
  dated(atMs: UnixMs, receivedMs: UnixMs): UnixMs {
    const jumpMs = Math.abs(receivedMs - atMs - this.transitMs);
    return jumpMs > CLOCK_JUMP_MS && jumpMs !== Number.POSITIVE_INFINITY ? receivedMs - this.transitMs : atMs;
  }
}
