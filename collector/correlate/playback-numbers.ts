import type { PlaybackDelta } from '../model/output.ts';
import type { QoeNumbers } from '../model/session.ts';

/** QoE of nothing yet: startup unknown, everything else zero. */
export function emptyQoe(): QoeNumbers {
  return {
    startupMs: Number.NaN,
    playingMs: 0,
    stalledMs: 0,
    seekStalledMs: 0,
    seekingMs: 0,
    pausedMs: 0,
    stalls: 0,
    seekStalls: 0,
    flaggedStalls: 0,
    seeks: 0,
    switchesUp: 0,
    switchesDown: 0,
    renderedKbit: 0,
    renderedMediaSeconds: 0,
    droppedFrames: 0,
    decodedFrames: 0,
    fatalErrors: 0,
    warnings: 0,
  };
}

const QOE_KEYS = Object.keys(emptyQoe()) as (keyof QoeNumbers)[];

/**
 * Totals of one playback that can be read as windows. Two readers with their own marks: `takeDelta` feeds counters
 * every few seconds, `takeQoe` feeds rows cut on the grid.
 *
 * Time learnt late can move from playing to stalled (a CMCD `bsd` names a stall after it happened), so a total may
 * shrink. A window never goes below zero: what was counted too early is held against the next windows.
 */
export class PlaybackNumbers {
  readonly total: QoeNumbers = emptyQoe();
  readonly #counted = emptyQoe();
  readonly #cut = emptyQoe();

  takeDelta(): PlaybackDelta {
    const delta = this.#take(this.#counted);
    return {
      playingMs: delta.playingMs,
      seekingMs: delta.seekingMs,
      pausedMs: delta.pausedMs,
      renderedKbit: delta.renderedKbit,
      renderedMediaSeconds: delta.renderedMediaSeconds,
      switchesUp: delta.switchesUp,
      switchesDown: delta.switchesDown,
      droppedFrames: delta.droppedFrames,
      decodedFrames: delta.decodedFrames,
    };
  }

  /** QoE since the last call. `startupMs` is set in the window that saw the first frame and NaN in the others. */
  takeQoe(): QoeNumbers {
    return this.#take(this.#cut);
  }

  #take(mark: QoeNumbers): QoeNumbers {
    const delta = emptyQoe();
    for (const key of QOE_KEYS) {
      if (key === 'startupMs') continue;
      delta[key] = Math.max(0, this.total[key] - mark[key]);
      mark[key] += delta[key];
    }
    if (Number.isNaN(mark.startupMs)) {
      delta.startupMs = this.total.startupMs;
      mark.startupMs = this.total.startupMs;
    }
    return delta;
  }
}
