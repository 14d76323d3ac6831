import { VERDICTS } from '../model/incident.ts';
import type { UnixMs } from '../model/time.ts';
import type { RecentSession } from './recent-session.ts';

const OUTCOMES: ReadonlySet<string> = new Set([
  'played',
  'start_failure',
  'exit_before_start',
  'lost_signal',
  'in_progress',
]);
const VERDICT_NAMES: ReadonlySet<string> = new Set(VERDICTS);
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

/** Which sessions are asked for; '' and null ask for nothing in particular. */
export type SessionQuery = {
  readonly limit: number;
  /** Sessions with any part of them in this range. */
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly outcome: string;
  readonly verdict: string;
  readonly cdn: string;
  readonly content: string;
  readonly tenant: string;
  readonly isLive: boolean | null;
  readonly hasIncident: boolean | null;
  /** Lower case. */
  readonly text: string;
};

/** The newest sessions, whatever they are. */
export const ANY_SESSION: SessionQuery = {
  limit: DEFAULT_LIMIT,
  fromMs: Number.NEGATIVE_INFINITY,
  toMs: Number.POSITIVE_INFINITY,
  outcome: '',
  verdict: '',
  cdn: '',
  content: '',
  tenant: '',
  isLive: null,
  hasIncident: null,
  text: '',
};

/** Reads the parameters of `GET /api/sessions`; a value that cannot be meant is a problem, not an empty answer. */
export function parseSessionQuery(parameters: URLSearchParams): SessionQuery | { readonly problem: string } {
  const get = (name: string): string => parameters.get(name) ?? '';
  const limit = get('limit') === '' ? ANY_SESSION.limit : Number(get('limit'));
  if (!Number.isInteger(limit) || limit < 1) return { problem: 'limit must be a whole number from 1' };
  const fromMs = timeOf(get('from'), ANY_SESSION.fromMs);
  const toMs = timeOf(get('to'), ANY_SESSION.toMs);
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) {
    return { problem: 'from and to must be milliseconds since 1970 or ISO 8601 times' };
  }
  const outcome = get('outcome');
  if (outcome !== '' && !OUTCOMES.has(outcome))
    return { problem: `outcome must be one of ${[...OUTCOMES].join(', ')}` };
  const verdict = get('verdict');
  if (verdict !== '' && !VERDICT_NAMES.has(verdict)) {
    return { problem: `verdict must be one of ${VERDICTS.join(', ')}` };
  }
  const live = get('live');
  if (live !== '' && live !== 'true' && live !== 'false') return { problem: 'live must be true or false' };
  const incidents = get('incidents');
  if (incidents !== '' && incidents !== 'true' && incidents !== 'false') {
    return { problem: 'incidents must be true or false' };
  }
  return {
    limit: Math.min(limit, MAX_LIMIT),
    fromMs,
    toMs,
    outcome,
    verdict,
    cdn: get('cdn'),
    content: get('content'),
    tenant: get('tenant'),
    isLive: live === '' ? null : live === 'true',
    hasIncident: incidents === '' ? null : incidents === 'true',
    text: get('q').toLowerCase(),
  };
}

/** The sessions that match, newest first and at most `limit`, and how many matched. */
export function selectSessions(
  sessions: Iterable<RecentSession>,
  query: SessionQuery,
): { readonly matched: number; readonly selected: readonly RecentSession[] } {
  const matching = [...sessions].filter((session) => matches(session, query));
  matching.sort((a, b) => order(b.beginMs) - order(a.beginMs) || (a.traceId < b.traceId ? -1 : 1));
  return { matched: matching.length, selected: matching.slice(0, query.limit) };
}

function matches(session: RecentSession, query: SessionQuery): boolean {
  const { summary, incidents } = session;
  if (session.beginMs > query.toMs || session.endMs < query.fromMs) return false;
  if (query.outcome !== '' && (summary?.outcome ?? 'in_progress') !== query.outcome) return false;
  if (query.verdict !== '' && !incidents.some((incident) => incident.verdict === query.verdict)) return false;
  if (query.cdn !== '' && summary?.cdns.includes(query.cdn) !== true) return false;
  if (query.content !== '' && summary?.contentId !== query.content) return false;
  if (query.tenant !== '' && session.tenant !== query.tenant) return false;
  if (query.isLive !== null && session.isLive !== query.isLive) return false;
  if (query.hasIncident !== null && incidents.length > 0 !== query.hasIncident) return false;
  if (query.text === '') return true;
  return [
    session.sessionId,
    session.traceId,
    summary?.contentId,
    summary?.title,
    ...incidents.map((incident) => incident.sentence),
  ].some((text) => text?.toLowerCase().includes(query.text));
}

function timeOf(text: string, absent: UnixMs): UnixMs {
  if (text === '') return absent;
  if (/^\d{1,16}$/.test(text)) return Number(text);
  // Only the ISO form: `Date.parse` alone finds a year in nearly any text.
  return /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text) ? Date.parse(text) : Number.NaN;
}

/** Sessions without any time sort last. */
function order(beginMs: UnixMs): UnixMs {
  return Number.isNaN(beginMs) ? Number.MIN_SAFE_INTEGER : beginMs;
}
