/** Counts of what correlation had to cut short, for the collector's own metrics. */
export type CorrelatorCounts = {
  evictedSessions: number;
  eventLimitCuts: number;
};
