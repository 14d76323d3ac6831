import type { PlayerEvent } from '../../model/player-event.ts';
import type { UnixMs } from '../../model/time.ts';
import { least, most } from './known-times.ts';

/** When a player was first and last heard; all times NaN until it is. */
export class SignsOfLife {
  /** On the player's clock. */
  firstMs: UnixMs = Number.NaN;
  lastMs: UnixMs = Number.NaN;
  /** On our clock. */
  lastReceivedMs: UnixMs = Number.NaN;
  /** The player said that playback is over. */
  hasEnded = false;
  #stateSinceMs: UnixMs = Number.NaN;

  note(event: PlayerEvent): void {
    this.firstMs = least(this.firstMs, event.tsMs);
    this.lastMs = most(this.lastMs, event.tsMs);
    this.lastReceivedMs = most(this.lastReceivedMs, event.receivedMs);
    const { state } = event;
    if (event.name === 'state' && state) this.hasEnded = state === 'ended' || state === 'failed' || state === 'quit';
  }

  /**
   * When the player was last there, on its clock; `servedMs`: when a server last answered it. A page that is gone says
   * nothing, but what it had asked for broke off with it. Had it gone on for a heartbeat more, it would have said so.
   */
  lastSeenMs(servedMs: UnixMs, heartbeatMs: number): UnixMs {
    return this.hasEnded ? this.lastMs : most(this.lastMs, Math.min(servedMs, this.lastMs + heartbeatMs));
  }

  stateChanged(atMs: UnixMs): void {
    this.#stateSinceMs = atMs;
  }

  /** Since when the current state holds, on the player's clock moved to ours. */
  get stateSinceMs(): UnixMs {
    return this.#stateSinceMs - this.lastMs + this.lastReceivedMs;
  }
}
