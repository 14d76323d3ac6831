import { contentsWhere, withCatalogue } from '../catalogue-table.ts';
import { FAILURES, HURT, ratio } from '../measures.ts';
import type { NamedQuery } from '../named-query.ts';

const LISTED = `
  trace_id, session_id, tenant, started_at, ended_at, is_open, outcome, verdict, content_id, title, stream_type,
  property, player, device_class, software, os, country, asn, cdns, pops, visibility, startup_seconds,
  playing_seconds, stalled_seconds, stalls, fatal_errors, error_code, requests, request_errors, bytes,
  incident_kinds, platform_class, is_bot`;

/** Words of a player's, a person's or the catalogue's: lower case on both sides. */
function isFound(database: string): string {
  const inTitle = 'positionCaseInsensitiveUTF8(title, {search:String}) > 0';
  return `(${inTitle} OR positionCaseInsensitiveUTF8(content_id, {search:String}) > 0
    OR (tenant, content_id) IN (${contentsWhere(database, inTitle)})
    OR startsWith(trace_id, lower({search:String})) OR startsWith(session_id, {search:String})
    OR viewer_id = {search:String})`;
}

const sessions: NamedQuery = {
  name: 'sessions',
  answers: 'Sessions, newest first: the explorer.',
  note: 'A trace id leads to the trace, in Tempo or at `/jaeger`.',
  of: 'sessions',
  takes: ['search', 'limit'],
  needs: [],
  statement: ({ database, rows: from, hasSearch, limit }) => {
    const found = hasSearch ? `AND ${isFound(database)}` : '';
    const listed = `SELECT * FROM ${from} ${found} ORDER BY started_at DESC, trace_id LIMIT ${limit}`;
    return `SELECT ${LISTED} FROM (${withCatalogue(database, listed)}) ORDER BY started_at DESC, trace_id`;
  },
};

const session: NamedQuery = {
  name: 'session',
  answers: 'Everything known of one session.',
  note: 'Found by its index, whatever time is asked for.',
  of: 'sessions',
  takes: ['id'],
  needs: ['id'],
  statement: ({ database, from }) => {
    const isIt = '(s.trace_id = lower({id:String}) OR s.session_id = {id:String})';
    return withCatalogue(database, `SELECT * FROM ${from(`${database}.sessions AS s FINAL`, isIt)} LIMIT 10`);
  },
};

const incidents: NamedQuery = {
  name: 'incidents',
  answers: 'What hurt viewers, newest first, with cause and sentence.',
  note: '',
  of: 'sessions',
  takes: ['limit'],
  needs: [],
  statement: ({ database, rows: from, limit }) => {
    const listed = `
    SELECT begin AS began_at, end AS ended_at, kind, cause AS verdict, confidence, incident_cdn AS cdn,
      incident_pop AS pop, sentence, tenant, title, content_id, country, player, trace_id
    FROM (SELECT * FROM ${from}) AS i
    ARRAY JOIN incident_begins AS begin, incident_ends AS end, incident_kinds AS kind, incident_verdicts AS cause,
      incident_confidences AS confidence, incident_cdns AS incident_cdn, incident_pops AS incident_pop,
      incident_sentences AS sentence
    ORDER BY began_at DESC LIMIT ${limit}`;
    return `SELECT began_at, ended_at, kind, verdict, confidence, cdn, pop, sentence, tenant, title, content_id, country,
      player, trace_id FROM (${withCatalogue(database, listed)}) ORDER BY began_at DESC`;
  },
};

const failuresBy: NamedQuery = {
  name: 'failures_by',
  answers: 'Which part of the audience fails and suffers most, by a dimension.',
  note: 'A session failed when it never began for an error or broke off for one; it is hurt when it had any incident.',
  of: 'sessions',
  takes: ['group', 'order', 'limit'],
  needs: [],
  group: 'cdn',
  orders: ['failed', 'failed_ratio', 'hurt', 'hurt_ratio', 'sessions'],
  statement: ({ rows: from, group, groupValue, order, limit }) => `
    SELECT ${groupValue} AS ${group}, count() AS sessions, ${FAILURES} AS failed,
      ${ratio(FAILURES, 'count()')} AS failed_ratio, ${HURT} AS hurt, ${ratio(HURT, 'count()')} AS hurt_ratio
    FROM ${from} GROUP BY 1 ORDER BY ${order} DESC NULLS LAST, 1 LIMIT ${limit}`,
};

const verdicts: NamedQuery = {
  name: 'verdicts',
  answers: 'Incidents by cause over time.',
  note: 'A session counts in the step it started in.',
  of: 'sessions',
  takes: ['interval'],
  needs: [],
  statement: ({ rows: from, step }) => `
    SELECT ${step} AS time, cause AS verdict, count() AS incidents, uniqExact(trace_id) AS sessions
    FROM (SELECT started_at, trace_id, incident_verdicts FROM ${from}) AS s ARRAY JOIN incident_verdicts AS cause
    GROUP BY 1, 2 ORDER BY 1, 2`,
};

const values: NamedQuery = {
  name: 'values',
  answers: 'The values of a dimension, most seen first: for variables and pickers.',
  note: '',
  of: 'sessions',
  takes: ['group', 'limit'],
  needs: ['group'],
  statement: ({ rows: from, groupValue, limit }) => `
    SELECT ${groupValue} AS value, count() AS sessions
    FROM ${from} GROUP BY 1 HAVING value != '' ORDER BY sessions DESC, 1 LIMIT ${limit}`,
};

export const SESSION_QUERIES: readonly NamedQuery[] = [sessions, session, incidents, failuresBy, verdicts, values];
