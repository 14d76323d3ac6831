import type { PlaybackDelta } from '../../model/output.ts';
import type { QoeNumbers } from '../../model/session.ts';

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

type Mark = { -readonly [Key in keyof PlaybackDelta]: number };

/**
 * Totals of one playback that can be read as windows: `takeDelta` feeds counters every few seconds.
 *
 * Time learnt late can move from playing to stalled (a CMCD `bsd` names a stall after it happened), so a total may
 * shrink. A window never goes below zero: what was counted too early is held against the next windows.
 */
export class PlaybackNumbers {
  readonly total: QoeNumbers = emptyQoe();
  readonly #counted: Mark = {
    playingMs: 0,
    seekingMs: 0,
    pausedMs: 0,
    renderedKbit: 0,
    renderedMediaSeconds: 0,
    switchesUp: 0,
    switchesDown: 0,
    droppedFrames: 0,
    decodedFrames: 0,
  };

  /** What was added since the last call; null when nothing was. */
  takeDelta(): PlaybackDelta | null {
    const { total } = this;
    const mark = this.#counted;
    if (!isAhead(total, mark)) return null;
    const delta = {
      playingMs: Math.max(0, total.playingMs - mark.playingMs),
      seekingMs: Math.max(0, total.seekingMs - mark.seekingMs),
      pausedMs: Math.max(0, total.pausedMs - mark.pausedMs),
      renderedKbit: Math.max(0, total.renderedKbit - mark.renderedKbit),
      renderedMediaSeconds: Math.max(0, total.renderedMediaSeconds - mark.renderedMediaSeconds),
      switchesUp: Math.max(0, total.switchesUp - mark.switchesUp),
      switchesDown: Math.max(0, total.switchesDown - mark.switchesDown),
      droppedFrames: Math.max(0, total.droppedFrames - mark.droppedFrames),
      decodedFrames: Math.max(0, total.decodedFrames - mark.decodedFrames),
    };
    mark.playingMs += delta.playingMs;
    mark.seekingMs += delta.seekingMs;
    mark.pausedMs += delta.pausedMs;
    mark.renderedKbit += delta.renderedKbit;
    mark.renderedMediaSeconds += delta.renderedMediaSeconds;
    mark.switchesUp += delta.switchesUp;
    mark.switchesDown += delta.switchesDown;
    mark.droppedFrames += delta.droppedFrames;
    mark.decodedFrames += delta.decodedFrames;
    return delta;
  }
}

function isAhead(total: QoeNumbers, mark: Mark): boolean {
  return (
    total.playingMs > mark.playingMs ||
    total.pausedMs > mark.pausedMs ||
    total.renderedMediaSeconds > mark.renderedMediaSeconds ||
    total.renderedKbit > mark.renderedKbit ||
    total.seekingMs > mark.seekingMs ||
    total.switchesUp > mark.switchesUp ||
    total.switchesDown > mark.switchesDown ||
    total.droppedFrames > mark.droppedFrames ||
    total.decodedFrames > mark.decodedFrames
  );
}
