import type { RecentSessions } from '../api/recent.ts';
import { concurrencyOf } from '../correlate/concurrency.ts';
import type { CorrelateSettings } from '../correlate/settings.ts';
import type { Metrics } from '../metrics/index.ts';
import type { UnixMs } from '../model/time.ts';
import type { Pipeline } from '../pipeline.ts';
import type { SessionFeed } from '../store/session-feed.ts';
import type { FleetNumbers } from './fleet-numbers.ts';

/** Who is told how open sessions are doing. */
export type SweepParts = {
  readonly metrics: Metrics;
  readonly fleet: FleetNumbers;
  readonly recent: RecentSessions;
  readonly feed: SessionFeed | undefined;
};

/** Counts who is there now, and tells of every open session that changed since the last sweep. */
export function sweepLive(
  pipeline: Pipeline,
  settings: CorrelateSettings,
  { metrics, fleet, recent, feed }: SweepParts,
  everyMs: number,
  nowMs: UnixMs,
): void {
  const concurrency = concurrencyOf(pipeline.present, nowMs, settings);
  metrics.concurrency(concurrency);
  fleet.sweep(concurrency);
  for (const { session, changedMs } of pipeline.sessions()) {
    if (nowMs - changedMs > everyMs) continue;
    for (const playback of session.playbacks) {
      const summary = playback.summary('live');
      recent.session(summary, playback.incidents);
      feed?.live(summary, playback.incidents, nowMs);
    }
  }
}
