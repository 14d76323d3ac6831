import type { NamedQuery, QueryPlan } from '../named-query.ts';

/** Who was there before the time asked for began: as far back as this. */
const LONGEST_SESSION_HOURS = 48;

/** Sessions that were going on in the time asked for, whenever they started. */
function ongoing(filters: string): string {
  return `${filters}
    AND started_at >= fromUnixTimestamp64Milli({from:Int64}) - INTERVAL ${LONGEST_SESSION_HOURS} HOUR
    AND started_at < fromUnixTimestamp64Milli({to:Int64}) AND ended_at > fromUnixTimestamp64Milli({from:Int64})
    AND NOT is_bot`;
}

/** One row per change: somebody came (1) or went (-1), cut to the time asked for. */
function changes({ filters }: QueryPlan, columns: string): string {
  return `
    SELECT ${columns}, change.1 AS at, change.2 AS delta FROM (
      SELECT ${columns}, arrayJoin([
        (greatest(started_at, fromUnixTimestamp64Milli({from:Int64})), 1),
        (least(ended_at, fromUnixTimestamp64Milli({to:Int64})), -1)]) AS change
      FROM ${ongoing(filters)})`;
}

const CHANNEL =
  "c.content_id AS content_id, c.stream_type AS stream_type, if(c.title = '', c.content_id, c.title) AS title";

const concurrency: NamedQuery = {
  name: 'concurrency',
  answers: 'How many sessions went on at once, over time: the most and the last of every step.',
  note: 'From begin and end of sessions, so a pause counts as being there. Peaks are never added up.',
  of: 'sessions',
  takes: ['interval'],
  needs: [],
  statement: (plan) => `
    SELECT time, max(present) AS peak_sessions, argMax(present, at) AS sessions FROM (
      SELECT toStartOfInterval(at, INTERVAL ${plan.stepSeconds} SECOND) AS time, at,
        sum(delta) OVER (ORDER BY at, delta ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS present
      FROM (${changes(plan, '1 AS one')}))
    GROUP BY 1 ORDER BY 1`,
};

const peaks: NamedQuery = {
  name: 'peaks',
  answers: 'The most sessions at once of every content, and when that was.',
  note: '',
  of: 'sessions',
  takes: ['limit'],
  needs: [],
  statement: (plan) => `
    SELECT content_id, any(p.title) AS title, any(p.stream_type) AS stream_type, max(present) AS peak_sessions,
      argMax(at, present) AS peak_at
    FROM (
      SELECT *, sum(delta) OVER (PARTITION BY content_id ORDER BY at, delta
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS present
      FROM (SELECT ${CHANNEL}, at, delta FROM (${changes(plan, 'content_id, stream_type, title')}) AS c) AS t)
    AS p GROUP BY 1 ORDER BY peak_sessions DESC, 1 LIMIT ${plan.limit}`,
};

const channels: NamedQuery = {
  name: 'channels',
  answers: 'Live channels: viewers, hours and quality of each.',
  note: 'A channel is a content that is live or can be rewound. `channel_history` shows one of them over time.',
  of: 'sessions',
  takes: ['limit'],
  needs: [],
  statement: ({ filters, limit }) => `
    SELECT content_id, any(if(s.title = '', s.content_id, s.title)) AS title, min(started_at) AS first_at,
      max(ended_at) AS last_at, countIf(is_open) AS watching, count() AS sessions,
      uniqExact(if(viewer_id = '', device_id, viewer_id)) AS viewers, sum(s.playing_seconds) AS playing_seconds,
      sum(s.stalls) AS stalls
    FROM ${ongoing(filters)} AND stream_type IN ('live', 'dvr')
    GROUP BY 1 ORDER BY sessions DESC, 1 LIMIT ${limit}`,
};

const channelHistory: NamedQuery = {
  name: 'channel_history',
  answers: 'One live channel step by step: who came, who was there, how well it played.',
  note: '`sessions` were there at some time of the step; they do not add up over steps.',
  of: 'sessions',
  takes: ['content', 'interval'],
  needs: ['content'],
  statement: ({ filters, stepSeconds }) => `
    SELECT toDateTime(step * ${stepSeconds}) AS time, uniqExact(trace_id) AS sessions,
      uniqExact(if(viewer_id = '', device_id, viewer_id)) AS viewers,
      countIf(step = intDiv(toUnixTimestamp(started_at), ${stepSeconds})) AS arrivals,
      sumIf(stalls, step = intDiv(toUnixTimestamp(started_at), ${stepSeconds})) AS stalls_of_arrivals
    FROM (SELECT * FROM ${ongoing(filters)})
    ARRAY JOIN range(
      intDiv(greatest(toUnixTimestamp(started_at), intDiv({from:Int64}, 1000)), ${stepSeconds}),
      intDiv(least(toUnixTimestamp(ended_at), intDiv({to:Int64}, 1000) - 1), ${stepSeconds}) + 1) AS step
    GROUP BY 1 ORDER BY 1`,
};

export const LIVE_QUERIES: readonly NamedQuery[] = [concurrency, peaks, channels, channelHistory];
