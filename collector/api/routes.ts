import type { TlsFiles } from '../access/tls.ts';
import type { AccessTokens } from '../access/tokens.ts';
import type { Log } from '../exporters/exporter.ts';
import { otlpJson } from '../exporters/otlp-json.ts';
import type { UnixMs } from '../model/time.ts';
import type { Forget } from '../store/forget.ts';
import { type AnalyticsApi, answerAnalytics } from './analytics.ts';
import { fleetVerdicts } from './fleet-verdicts.ts';
import { answerJaeger } from './jaeger.ts';
import { type Listener, PAGE_POLICY, renderPage } from './page.ts';
import type { PageSource } from './page-builder.ts';
import type { RecentSessions, SessionsView } from './recent.ts';
import type { RecentSession } from './recent-session.ts';
import { json, problem, type Reply } from './reply.ts';
import { ANY_SESSION, parseSessionQuery, selectSessions } from './session-query.ts';
import { sessionView } from './session-view.ts';

export type ApiOptions = {
  readonly recent: RecentSessions;
  /** Version of this program. */
  readonly version: string;
  /** Live numbers of a tenant's sessions, or of all, as one JSON object. */
  readonly fleet: (tenant: string) => object;
  readonly tokens: AccessTokens;
  readonly tls: TlsFiles;
  /** Erases what the process itself holds; returns how many sessions that were. */
  readonly forgetLive: (what: Forget) => number;
  /** What the page says about ports; called per request, because ports are known after listening. */
  readonly listeners: () => readonly Listener[];
  readonly nowMs: () => UnixMs;
  /** Whether Jaeger's query API is answered. */
  readonly hasJaeger: boolean;
  /** The page with the session panel; without one, the plain page is all there is. */
  readonly page?: PageSource;
  /** The analytics store; without one its queries are answered 503. */
  readonly analytics?: AnalyticsApi;
  readonly log: Log;
};

/** Answers `GET` on a path and its parameters, with what this tenant, or `*`, may see. */
export async function answer(
  path: string,
  parameters: URLSearchParams,
  options: ApiOptions,
  tenant: string,
): Promise<Reply> {
  const segments = decodedSegments(path);
  if (segments === null) return problem(400, 'the path is not valid percent-encoding');
  const [first = '', second = '', ...rest] = segments;
  const recent = options.recent.of(tenant);
  if (first === 'jaeger' && second === 'api' && options.hasJaeger) {
    const context = { version: options.version, nowMs: options.nowMs() };
    return answerJaeger(rest, parameters, recent, context) ?? noSuchPath();
  }
  if (first === 'api' && second === 'v1') {
    const { analytics, nowMs } = options;
    return (await answerAnalytics(rest, parameters, analytics, { tenant, nowMs: nowMs() })) ?? noSuchPath();
  }
  if (first === 'page' && options.page?.state.kind === 'ready') {
    return options.page.state.files.answer(segments.slice(1).join('/')) ?? noSuchPath();
  }
  switch (`${first}/${second}/${rest.length}`) {
    case '//0':
      return page(options, recent, parameters.has('plain'));
    case 'api/fleet/0':
      return json(options.fleet(tenant));
    case 'api/verdicts/0':
      return json(verdicts(recent));
    case 'api/sessions/0':
      return sessions(parameters, recent);
    case 'api/sessions/1':
      return sessionById(rest[0] ?? '', recent);
    case 'api/traces/1':
      return traceById(rest[0] ?? '', recent, options.version);
    default:
      return noSuchPath();
  }
}

/** The page with the panel once it is built; until then, and for who asks for it, the plain one. */
function page({ version, listeners, nowMs, page: source }: ApiOptions, recent: SessionsView, isPlain: boolean): Reply {
  source?.want();
  const state = source?.state ?? { kind: 'absent' };
  const built = state.kind === 'ready' && !isPlain ? state.files.answer('index.html') : null;
  if (built !== null) return built;
  const { selected } = selectSessions(recent.sessions(), { ...ANY_SESSION, limit: Number.POSITIVE_INFINITY });
  // Whoever opens the page looks for trouble first.
  const isHurt = ({ incidents }: RecentSession): boolean => incidents.length > 0;
  const shown = [...selected.filter(isHurt), ...selected.filter((session) => !isHurt(session))].slice(
    0,
    ANY_SESSION.limit,
  );
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: renderPage({
      version,
      listeners: listeners(),
      sessions: shown,
      counters: recent.counters,
      panel: state,
      nowMs: nowMs(),
    }),
    headers: { 'content-security-policy': PAGE_POLICY },
  };
}

/** Which part of the audience each cause strikes, among the sessions in memory that have a summary. */
function verdicts(recent: SessionsView): object {
  const summaries = [...recent.sessions()].flatMap(({ summary, incidents }) =>
    summary === null ? [] : [{ ...summary, incidents }],
  );
  return { sessions: summaries.length, verdicts: fleetVerdicts(summaries) };
}

function sessions(parameters: URLSearchParams, recent: SessionsView): Reply {
  const query = parseSessionQuery(parameters);
  if ('problem' in query) return problem(400, query.problem);
  const { matched, selected } = selectSessions(recent.sessions(), query);
  const { sessions: held, evictedSessions } = recent.counters;
  const head = JSON.stringify({ matched, limit: query.limit, held, evictedSessions });
  return { status: 200, type: 'application/json', body: listPieces(head, selected) };
}

function* listPieces(head: string, selected: readonly RecentSession[]): Generator<string> {
  yield `${head.slice(0, -1)},"sessions":[`;
  for (const [index, session] of selected.entries()) {
    yield (index === 0 ? '' : ',') + JSON.stringify(sessionView(session));
  }
  yield ']}';
}

function sessionById(id: string, recent: SessionsView): Reply {
  const session = recent.find(id);
  return session === null ? problem(404, 'no such session in memory') : json(sessionView(session));
}

function traceById(id: string, recent: SessionsView, version: string): Reply {
  const session = recent.find(id);
  if (session === null || session.spans.size === 0) return problem(404, 'no such trace in memory');
  const spans = [...session.spans.values()].sort((a, b) => a.startMs - b.startMs || (a.spanId < b.spanId ? -1 : 1));
  return { status: 200, type: 'application/json', body: otlpJson(spans, version) };
}

function noSuchPath(): Reply {
  return problem(404, 'no such path; docs/api.md lists them');
}

/** Path segments with their percent-encoding undone; null when that is broken. */
function decodedSegments(path: string): string[] | null {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
