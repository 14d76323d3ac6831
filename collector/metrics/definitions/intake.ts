import { counter, histogram } from '../definition.ts';
import { CDN, JOIN_METHOD, METRIC, OVERFLOWN_LABEL, REJECT_REASON, SOURCE, TIER } from '../labels.ts';

const LAG_BUCKETS = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400] as const;

/** What came in, what became of it, and where a bound was reached. */
export const INTAKE = [
  counter('playpath_received_total', 'records', 'Records received.', { labels: [SOURCE], clause: 'Design: receive' }),
  counter('playpath_rejected_total', 'records', 'Records that could not become an event.', {
    labels: [SOURCE, REJECT_REASON],
    clause: 'Design: receive',
  }),
  counter('playpath_duplicates_total', 'records', 'Records that had been received before.', {
    labels: [SOURCE],
    clause: 'Formats: duplicates',
  }),
  counter('playpath_late_records_total', 'records', 'Records that came after their session was closed.', {
    labels: [SOURCE],
    edge: 'Still counted in all other metrics, and drawn in the trace; no second session.',
    clause: 'Formats: lateness',
  }),
  counter(
    'playpath_suspect_clock_records_total',
    'records',
    'Records from more than a day ahead of our clock, or more than 30 days behind.',
    {
      labels: [SOURCE],
      edge: 'Still accepted: old logs may be read on purpose.',
      clause: 'Formats: time',
    },
  ),
  histogram('playpath_event_lag_seconds', 'seconds', LAG_BUCKETS, 'End of a request to its arrival here.', {
    labels: [SOURCE],
    edge: 'Server reports only: the clocks of players cannot say.',
    clause: 'Formats: lateness',
  }),
  counter('playpath_joins_total', 'requests', 'Server halves joined to the half below them.', {
    labels: [JOIN_METHOD],
    clause: 'The trace of a session: join methods',
  }),
  counter('playpath_unjoined_total', 'requests', 'Server halves no session claimed.', {
    labels: [CDN, TIER],
    edge: 'Typical for monitoring, bots and players without CMCD whose address is not in the log.',
    clause: 'The trace of a session: join methods',
  }),
  counter('playpath_label_overflow_total', 'events', 'Label values that became `other` because a budget was spent.', {
    labels: [OVERFLOWN_LABEL],
    edge: 'Counts look-ups of such values, not distinct values.',
    clause: 'Style: a closed set with a budget',
  }),
  counter(
    'playpath_series_overflow_total',
    'events',
    'Updates that went to the all-`other` series because a metric has too many.',
    {
      labels: [METRIC],
      edge: 'Sums stay right; the split is lost.',
      clause: 'Style: a closed set with a budget',
    },
  ),
] as const;
