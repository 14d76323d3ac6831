import type { NamedQuery } from '../named-query.ts';

/** A content is cut into so many equal parts. */
const PARTS = 100;
const SECONDS_OF_PART = `((SELECT seconds FROM asked) / ${PARTS})`;

/** The first part whose middle is not before this second. */
const partAt = (second: string): string =>
  `toUInt32(least(${PARTS}, greatest(0, ceil(${second} / ${SECONDS_OF_PART} - 0.5))))`;

const retention: NamedQuery = {
  name: 'retention',
  answers: 'Which parts of one content were watched: by what share of the sessions, and how often.',
  note: 'Of sessions whose player says where its playhead is. A part was watched when its middle was. Its length is that of the catalogue, else the farthest anybody got.',
  of: 'sessions',
  takes: ['content'],
  needs: ['content'],
  statement: ({ database, rows }) => `
    WITH
      watched AS (SELECT tenant, content_id, trace_id, run_begins, run_ends FROM ${rows} AND notEmpty(run_begins)),
      known AS (SELECT max(duration_seconds) AS seconds FROM ${database}.catalogue FINAL
        WHERE (tenant, content_id) IN (SELECT tenant, content_id FROM watched)),
      asked AS (SELECT count() AS total,
        ifNull(nullIf((SELECT seconds FROM known), 0), max(arrayMax(run_ends))) AS seconds FROM watched)
    SELECT part, part * ${SECONDS_OF_PART} AS begin_seconds, uniqExact(trace_id) AS sessions, count() AS plays,
      sessions / (SELECT total FROM asked) AS retention_ratio, plays / (SELECT total FROM asked) AS plays_per_session
    FROM (SELECT trace_id, run_begin, run_end FROM watched ARRAY JOIN run_begins AS run_begin, run_ends AS run_end)
    ARRAY JOIN range(${partAt('run_begin')}, ${partAt('run_end')}) AS part
    GROUP BY 1 ORDER BY 1`,
};

export const RETENTION_QUERIES: readonly NamedQuery[] = [retention];
