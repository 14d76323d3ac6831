import type { JoinedRequest } from '../../model/joined-request.ts';
import type { UnixMs } from '../../model/time.ts';
import type { SegmentFacts } from '../content/content-memory.ts';
import type { PlaybackListener, Stall } from '../timeline/playback-listener.ts';
import { ServerPlayback } from './server-playback.ts';

const nothing = (): void => {};

/**
 * The stalls of a player that talks but never says its state (Shaka's minified build): its requests show them as they
 * would without a player (semantics.md section 6). Everything else it does is its own word.
 */
export class UnheardStalls {
  readonly #playback: ServerPlayback;

  /** `stalled` is told each stall in server time. */
  constructor(segments: SegmentFacts, stalled: (stall: Stall) => void) {
    const listener: PlaybackListener = {
      attempt: nothing,
      startup: nothing,
      stateChanged: nothing,
      stall: stalled,
      renditionSwitch: nothing,
      qualityCollapse: nothing,
      seek: nothing,
      pause: nothing,
      ad: nothing,
      liveLatency: nothing,
      error: nothing,
    };
    this.#playback = new ServerPlayback(listener, { segments });
  }

  /** As of any `ServerPlayback`. */
  get awaitedMs(): UnixMs {
    return this.#playback.awaitedMs;
  }

  /** As much came as it takes to begin. */
  get hasStarted(): boolean {
    return this.#playback.hasStarted;
  }

  holdInto(held: Set<JoinedRequest>): void {
    this.#playback.holdInto(held);
  }

  step(request: JoinedRequest): void {
    this.#playback.step(request);
  }

  /** Returns how much longer, or shorter, all of them were than was told when they seemed to be over. */
  finish(endMs: UnixMs): number {
    this.#playback.finish(endMs);
    return this.#playback.correctedMs;
  }
}
