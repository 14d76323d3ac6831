/** Newest pairs that are remembered, to tell the many from the few when they contradict each other. */
const PAIR_LIMIT = 256;

type Bounds = { readonly lowerMs: number; readonly upperMs: number };

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
  #messageLowerMs = Number.NEGATIVE_INFINITY;
  #pairs = 0;
  #bounds: Bounds[] = [];
  #majorityMs = Number.NaN;

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
    const lowerMs = Number.isFinite(lower) ? lower : Number.NEGATIVE_INFINITY;
    const upperMs = Number.isFinite(upper) ? upper : Number.POSITIVE_INFINITY;
    if (lowerMs > this.#lowerMs) this.#lowerMs = lowerMs;
    if (upperMs < this.#upperMs) this.#upperMs = upperMs;
    this.#pairs++;
    this.#bounds.push({ lowerMs, upperMs });
    if (this.#bounds.length > PAIR_LIMIT) this.#bounds.shift();
    this.#majorityMs = Number.NaN;
  }

  /** The same bounds, to try pairs on that may turn out wrong. */
  copy(): ClockOffset {
    const copy = new ClockOffset();
    copy.#lowerMs = this.#lowerMs;
    copy.#upperMs = this.#upperMs;
    copy.#messageLowerMs = this.#messageLowerMs;
    copy.#pairs = this.#pairs;
    copy.#bounds = this.#bounds.slice();
    return copy;
  }

  /** A message stamped by the player and received by us: it bounds how far ahead the player can be behind. */
  addMessage(playerMs: number, receivedMs: number): void {
    const lower = playerMs - receivedMs;
    if (lower > this.#messageLowerMs) {
      this.#messageLowerMs = lower;
      this.#majorityMs = Number.NaN;
    }
    if (lower > this.#lowerMs) this.#lowerMs = lower;
  }

  /** True once both sides are bounded by a joined pair. */
  get isBounded(): boolean {
    return this.#pairs > 0 && Number.isFinite(this.#upperMs) && Number.isFinite(this.#lowerMs);
  }

  /**
   * The value nearest zero that the bounds allow: clocks are presumed right until proven wrong. When pairs contradict
   * each other (Shaka dates a retried request by its first try) the most of them that agree are believed. While no pair bounds a player from above,
   * the fastest of its messages does, if all of them seem to come from long ago.
   */
  get offsetMs(): number {
    if (this.#lowerMs > this.#upperMs) return this.#majority();
    if (this.#lowerMs > 0) return this.#lowerMs;
    if (this.#upperMs < 0) return this.#upperMs;
    if (this.#pairs === 0 && this.#lowerMs < -MAX_TRANSIT_MS && Number.isFinite(this.#lowerMs)) return this.#lowerMs;
    return 0;
  }

  #majority(): number {
    if (Number.isNaN(this.#majorityMs)) {
      const least = this.#messageLowerMs;
      const bounds = this.#bounds.map(({ lowerMs, upperMs }) => ({ lowerMs: Math.max(lowerMs, least), upperMs }));
      this.#majorityMs = mostAgreed(bounds.filter(({ lowerMs, upperMs }) => lowerMs <= upperMs));
    }
    return this.#majorityMs;
  }
}

/** Marzullo's algorithm: the value nearest zero in the stretch that most intervals share. */
function mostAgreed(bounds: readonly Bounds[]): number {
  const edges = bounds.flatMap(({ lowerMs, upperMs }) => [
    { atMs: lowerMs, step: 1 },
    { atMs: upperMs, step: -1 },
  ]);
  edges.sort((a, b) => a.atMs - b.atMs || b.step - a.step);
  let agreeing = 0;
  let most = 0;
  let best = 0;
  for (const [index, { atMs, step }] of edges.entries()) {
    agreeing += step;
    if (step < 0 || agreeing < most) continue;
    const nearest = Math.min(Math.max(0, atMs), edges[index + 1]?.atMs ?? atMs);
    if (agreeing > most || Math.abs(nearest) < Math.abs(best)) best = nearest;
    most = agreeing;
  }
  return best;
}
