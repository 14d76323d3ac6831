import type { PlayerEvent } from '../../model/player-event.ts';
import type { QoeNumbers } from '../../model/session.ts';

/** Turns a media element's running totals into frames dropped and decoded while playing and visible. */
export class FrameCounter {
  readonly #total: QoeNumbers;
  #dropped = 0;
  #decoded = 0;

  constructor(total: QoeNumbers) {
    this.#total = total;
  }

  /** `isCounting`: the stretch before this reading was playing and visible. */
  read({ droppedFrames, decodedFrames }: PlayerEvent, isCounting: boolean): void {
    const decoded = isCount(decodedFrames) ? decodedFrames : this.#decoded;
    const dropped = isCount(droppedFrames) ? droppedFrames : this.#dropped;
    if (decoded < this.#decoded || dropped < this.#dropped) {
      // A new media element counts from zero again.
      this.#decoded = 0;
      this.#dropped = 0;
    }
    if (isCounting) {
      if (isCount(decodedFrames)) this.#total.decodedFrames += decoded - this.#decoded;
      if (isCount(droppedFrames)) this.#total.droppedFrames += dropped - this.#dropped;
    }
    if (isCount(decodedFrames)) this.#decoded = decoded;
    if (isCount(droppedFrames)) this.#dropped = dropped;
  }
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0;
}
