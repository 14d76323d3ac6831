/** No network holds back every message of a player for this long. */
const MAX_TRANSIT_MS = 60_000;

/**
 * How far a player's clock is ahead of the servers', in milliseconds: the intersection of the bounds that causality
 * gives. A request cannot reach the edge before the player sent it, the player cannot have the last byte before the
 * edge wrote it, and a beacon cannot arrive before it was made (semantics.md section 8).
 */
export class ClockOffset {
  #lowerMs = Number.NEGATIVE_INFINITY;
  #upperMs = Number.POSITIVE_INFINITY;
  #pairs = 0;

  /** One joined pair, each time on its own clock. `precisionMs` is what the server's log rounds to. */
  addPair(
    playerStartMs: number,
    playerEndMs: number,
    edgeStartMs: number,
    edgeEndMs: number,
    precisionMs: number,
  ): void {
    // A log that rounds to seconds may be a second off either way; a millisecond is lost to rounding everywhere.
    const slack = Math.max(1, precisionMs);
    const lower = playerStartMs - edgeStartMs - slack;
    const upper = playerEndMs - edgeEndMs + slack;
    if (Number.isFinite(lower) && lower > this.#lowerMs) this.#lowerMs = lower;
    if (Number.isFinite(upper) && upper < this.#upperMs) this.#upperMs = upper;
    this.#pairs++;
  }

  /** The same bounds, to try pairs on that may turn out wrong. */
  copy(): ClockOffset {
    const copy = new ClockOffset();
    copy.#lowerMs = this.#lowerMs;
    copy.#upperMs = this.#upperMs;
    copy.#pairs = this.#pairs;
    return copy;
  }

  /** A message stamped by the player and received by us: it bounds how far ahead the player can be behind. */
  addMessage(playerMs: number, receivedMs: number): void {
    const lower = playerMs - receivedMs;
    if (lower > this.#lowerMs) this.#lowerMs = lower;
  }

  /** True once both sides are bounded by a joined pair. */
  get isBounded(): boolean {
    return this.#pairs > 0 && Number.isFinite(this.#upperMs) && Number.isFinite(this.#lowerMs);
  }

  /**
   * The value nearest zero that the bounds allow: clocks are presumed right until proven wrong. Contradicting bounds
   * (jitter, a clock that was set during the session) give their middle. While no pair bounds a player from above,
   * the fastest of its messages does, if all of them seem to come from long ago.
   */
  get offsetMs(): number {
    if (this.#lowerMs > this.#upperMs) return (this.#lowerMs + this.#upperMs) / 2;
    if (this.#lowerMs > 0) return this.#lowerMs;
    if (this.#upperMs < 0) return this.#upperMs;
    if (this.#pairs === 0 && this.#lowerMs < -MAX_TRANSIT_MS && Number.isFinite(this.#lowerMs)) return this.#lowerMs;
    return 0;
  }
}
