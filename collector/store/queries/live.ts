import { withCatalogue } from '../catalogue-table.ts';
import { ratio } from '../measures.ts';
import type { NamedQuery, QueryPlan } from '../named-query.ts';

/** Who was there before the time asked for began: as far back as this. */
const LONGEST_SESSION_HOURS = 48;

/** Sessions that were going on in the time asked for, whenever they started. */
function ongoing({ database, from }: QueryPlan): string {
  return from(
    `${database}.sessions AS s FINAL`,
    `s.started_at >= fromUnixTimestamp64Milli({from:Int64}) - INTERVAL ${LONGEST_SESSION_HOURS} HOUR
      AND s.started_at < fromUnixTimestamp64Milli({to:Int64}) AND s.ended_at > fromUnixTimestamp64Milli({from:Int64})
      AND NOT s.is_bot`,
  );
}

/** One row per change: somebody came (1) or went (-1), cut to the time asked for. */
function changes(plan: QueryPlan, columns: string): string {
  return `
    SELECT ${columns}, change.1 AS at, change.2 AS delta FROM (
      SELECT ${columns}, arrayJoin([
        (greatest(started_at, fromUnixTimestamp64Milli({from:Int64})), 1),
        (least(ended_at, fromUnixTimestamp64Milli({to:Int64})), -1)]) AS change
      FROM ${ongoing(plan)})`;
}

/** Nobody watching for so long ends a stream. */
const PAUSE_MINUTES = 30;

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
  statement: (plan) => {
    const grouped = `
    SELECT tenant, content_id, max(p.title) AS title, max(p.stream_type) AS stream_type, max(present) AS peak_sessions,
      argMax(at, present) AS peak_at
    FROM (
      SELECT *, sum(delta) OVER (PARTITION BY tenant, content_id ORDER BY at, delta
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS present
      FROM (${changes(plan, 'tenant, content_id, stream_type, title')})) AS p
    GROUP BY 1, 2 ORDER BY peak_sessions DESC, 2 LIMIT ${plan.limit}`;
    return `SELECT content_id, title, stream_type, peak_sessions, peak_at
      FROM (${withCatalogue(plan.database, grouped)}) AS g ORDER BY peak_sessions DESC, 1`;
  },
};

const channels: NamedQuery = {
  name: 'channels',
  answers: 'Live channels: viewers, hours and quality of each.',
  note: 'A channel is a content that is live or can be rewound. `channel_streams` lists the streams of one of them, `channel_history` shows it over time.',
  of: 'sessions',
  takes: ['limit'],
  needs: [],
  statement: (plan) => {
    const grouped = `
    SELECT tenant, content_id, max(s.title) AS title, min(started_at) AS first_at, max(ended_at) AS last_at,
      countIf(is_open) AS watching, count() AS sessions, uniqExact(if(viewer_id = '', device_id, viewer_id)) AS viewers,
      sum(s.playing_seconds) AS playing_seconds, sum(s.stalls) AS stalls
    FROM ${ongoing(plan)} AND stream_type IN ('live', 'dvr')
    GROUP BY 1, 2 ORDER BY sessions DESC, 2 LIMIT ${plan.limit}`;
    return `SELECT content_id, title, first_at, last_at, watching, sessions, viewers, playing_seconds, stalls
      FROM (${withCatalogue(plan.database, grouped)}) AS g ORDER BY sessions DESC, 1`;
  },
};

const channelHistory: NamedQuery = {
  name: 'channel_history',
  answers: 'One live channel step by step: who came, who was there, how well it played.',
  note: '`sessions` were there at some time of the step; they do not add up over steps.',
  of: 'sessions',
  takes: ['content', 'interval'],
  needs: ['content'],
  statement: (plan) => {
    const { stepSeconds } = plan;
    return `
    SELECT toDateTime(step * ${stepSeconds}) AS time, uniqExact(trace_id) AS sessions,
      uniqExact(if(viewer_id = '', device_id, viewer_id)) AS viewers,
      countIf(step = intDiv(toUnixTimestamp(started_at), ${stepSeconds})) AS arrivals,
      sumIf(stalls, step = intDiv(toUnixTimestamp(started_at), ${stepSeconds})) AS stalls_of_arrivals
    FROM (SELECT * FROM ${ongoing(plan)})
    ARRAY JOIN range(
      intDiv(greatest(toUnixTimestamp(started_at), intDiv({from:Int64}, 1000)), ${stepSeconds}),
      intDiv(least(toUnixTimestamp(ended_at), intDiv({to:Int64}, 1000) - 1), ${stepSeconds}) + 1) AS step
    GROUP BY 1 ORDER BY 1`;
  },
};

const channelStreams: NamedQuery = {
  name: 'channel_streams',
  answers:
    'The streams of one live channel: when each began and ended, who watched, how many at once, how well it played.',
  note: `A stream is a stretch in which somebody watched; ${PAUSE_MINUTES} minutes of nobody end it. \`channel_history\` of its time shows it step by step.`,
  of: 'sessions',
  takes: ['content', 'limit'],
  needs: ['content'],
  statement: (plan) => `
    SELECT min(p.started_at) AS began_at, max(p.ended_at) AS over_at, countIf(delta = 1) AS sessions,
      uniqExact(if(p.viewer_id = '', p.device_id, p.viewer_id)) AS viewers, max(present) AS peak_sessions,
      sumIf(p.playing_seconds, delta = 1) AS playing_seconds, sumIf(p.stalls, delta = 1) AS stalls,
      ${ratio('sum(p.waiting)', 'sum(p.playing_seconds) + sum(p.waiting)')} AS rebuffer_ratio
    FROM (
      SELECT *, delta, stalled_seconds + seek_stalled_seconds AS waiting,
        sum(delta) OVER (PARTITION BY stream ORDER BY at, delta ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS present
      FROM (
        SELECT *, sum(isFirst) OVER (ORDER BY started_at, trace_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stream
        FROM (
          SELECT trace_id, started_at, ended_at, viewer_id, device_id, playing_seconds, stalled_seconds,
            seek_stalled_seconds, stalls,
            toUInt8(started_at > max(ended_at) OVER (ORDER BY started_at, trace_id
              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + INTERVAL ${PAUSE_MINUTES} MINUTE) AS isFirst
          FROM ${ongoing(plan)}))
      ARRAY JOIN [started_at, ended_at] AS at, [1, -1] AS delta) AS p
    GROUP BY stream ORDER BY began_at DESC LIMIT ${plan.limit}`,
};

export const LIVE_QUERIES: readonly NamedQuery[] = [concurrency, peaks, channels, channelStreams, channelHistory];
