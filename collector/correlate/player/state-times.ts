/** Where the wall-clock time of a playback went. Every millisecond is in exactly one of these. */
export type StateTimes = {
  /** Before the player said anything about its state. */
  unknown: number;
  preloading: number;
  /** Asked to play, first content frame not shown: loading, buffering, seeking to the start position. */
  starting: number;
  playing: number;
  seeking: number;
  seekStalled: number;
  stalled: number;
  paused: number;
  waiting: number;
  /** Ads on screen. */
  ad: number;
  /** Rebuffering nobody saw: the stall clock stands still in the background. */
  hidden: number;
  /** Ended, failed or quit. */
  over: number;
};

export function noTimes(): StateTimes {
  return {
    unknown: 0,
    preloading: 0,
    starting: 0,
    playing: 0,
    seeking: 0,
    seekStalled: 0,
    stalled: 0,
    paused: 0,
    waiting: 0,
    ad: 0,
    hidden: 0,
    over: 0,
  };
}
