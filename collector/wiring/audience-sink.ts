import type { AudienceSink } from '../audience/audience.ts';
import type { SessionFeed } from '../store/session-feed.ts';

/** Gives audience numbers to the counters and, where there is a store, to the rows of the sessions they are about. */
export function audienceSink(metrics: AudienceSink, feed: SessionFeed | undefined): AudienceSink {
  if (!feed) return metrics;
  return {
    audience: (dimensions, counts, session) => {
      metrics.audience(dimensions, counts, session);
      feed.audience(session, counts);
    },
    excluded: (reason, count, session) => {
      metrics.excluded(reason, count, session);
      if (session) feed.excluded(session, reason);
    },
  };
}
