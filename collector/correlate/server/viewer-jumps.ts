import type { UnixMs } from '../../model/time.ts';
import type { SeekWatch } from '../timeline/seek-watch.ts';
import type { BufferModel } from './buffer-model.ts';
import type { DeliveredMedia } from './delivered-media.ts';
import type { Flight } from './flight.ts';
import { PlayPosition } from './play-position.ts';
import type { ViewedMedia } from './viewed-media.ts';

/** Where a viewer jumps to, by what is asked for, and what becomes of the buffer. */
export class ViewerJumps {
  readonly #buffer: BufferModel;
  readonly #viewed: ViewedMedia;
  readonly #seeks: SeekWatch;
  readonly #position: PlayPosition;

  constructor(media: DeliveredMedia, buffer: BufferModel, viewed: ViewedMedia, seeks: SeekWatch) {
    this.#buffer = buffer;
    this.#viewed = viewed;
    this.#seeks = seeks;
    this.#position = new PlayPosition(media);
  }

  /**
   * A segment is asked for. `isSteady`: an unexpected one is a jump; `isSeeking`: the player says so. `none_after_all`:
   * the jump before it was none.
   */
  asked({ request, track, identity }: Flight, isSteady: boolean, isSeeking: boolean): 'jumped' | 'none_after_all' | '' {
    const isBack = this.#position.goesBack(track, identity);
    if (isBack) this.#stay();
    const isJump = isSteady && this.#position.isJump(track, identity, this.#buffer.leftMs);
    if (isJump || isSeeking) this.#leave(request.startMs);
    this.#position.asked(track, identity, isJump);
    return isJump || isSeeking ? 'jumped' : isBack ? 'none_after_all' : '';
  }

  /** Media the buffer gains by a segment that arrived; `isLacking`: it was never delivered, or the player lacks it. */
  arrived(flight: Flight, durationMs: number, isNew: boolean, isLacking: boolean): number {
    const gainMs = this.#position.gainMs(flight.track, flight.identity, durationMs, isLacking);
    const isWatched = isNew || this.#position.hasJumped;
    this.#viewed.arrived(flight, isNew ? durationMs : 0, isWatched ? gainMs : 0);
    return gainMs;
  }

  #leave(atMs: UnixMs): void {
    this.#seeks.begin(atMs);
    this.#viewed.thrownAway();
    this.#buffer.flush();
    this.#position.seek();
  }

  #stay(): void {
    this.#seeks.cancel();
    this.#viewed.kept();
    this.#buffer.restore();
  }
}
