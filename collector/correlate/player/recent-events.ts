import type { PlayerEvent } from '../../model/player-event.ts';

/** Redelivery follows within seconds; older repeats are out of the state machine's reach anyway. */
const LIMIT = 64;

/** Recognises an event delivered twice. Bounded: remembers the last 64. */
export class RecentEvents {
  readonly #keys = new Set<string>();

  isNew(event: PlayerEvent): boolean {
    const key = keyOf(event);
    if (this.#keys.has(key)) return false;
    if (this.#keys.size >= LIMIT) {
      for (const oldest of this.#keys) {
        this.#keys.delete(oldest);
        break;
      }
    }
    this.#keys.add(key);
    return true;
  }
}

/**
 * One report may become several events of one `seq`, so its name and what it states belong to the key. With a `seq`
 * only the minute does: a second delivery may be corrected by another clock offset, and a counter that was reset
 * (hls.js, every loadSource) must not look like one.
 */
function keyOf(event: PlayerEvent): string {
  const { seq, name, state, phase, bitrateKbps, errorCode, isBackground } = event;
  const order =
    seq !== undefined && Number.isFinite(seq) ? `#${seq} ${Math.round(event.tsMs / 60_000)}` : `@${event.tsMs}`;
  return `${order} ${name} ${state} ${phase} ${bitrateKbps} ${errorCode} ${isBackground}`;
}
