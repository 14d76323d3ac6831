import type { Span } from '../model/span.ts';
import type { UnixMs } from '../model/time.ts';
import { jaegerTrace } from './jaeger-model.ts';
import { matchesSpan, parseJaegerQuery } from './jaeger-query.ts';
import type { SessionsView } from './recent.ts';
import type { RecentSession } from './recent-session.ts';
import { json, type Reply } from './reply.ts';

// https://www.jaegertracing.io/docs/latest/architecture/apis/ (HTTP JSON), as much of it as Grafana's Jaeger data
// source and Jaeger's own page call.

/** Jaeger's look-back for dependencies when none is given. */
const DEPENDENCY_LOOKBACK_MS = 86_400_000;

/**
 * Answers one request below `/jaeger/api`; `path` is what follows, decoded per segment. Null when there is no such
 * resource.
 */
export function answerJaeger(
  path: readonly string[],
  parameters: URLSearchParams,
  recent: SessionsView,
  context: { readonly version: string; readonly nowMs: UnixMs },
): Reply | null {
  const [resource, id, part] = path;
  switch (`${resource}/${path.length}`) {
    case 'services/1':
      return listOf(servicesOf(recent));
    case 'services/3':
      return part === 'operations' ? listOf(distinct(operationsOf(recent, id ?? ''), ({ name }) => name)) : null;
    case 'operations/1':
      return operations(parameters, recent);
    case 'traces/1':
      return parameters.has('traceID')
        ? tracesById(parameters.getAll('traceID'), recent, context.version)
        : search(parameters, recent, context);
    case 'traces/2':
      return traceById(id ?? '', recent, context.version);
    case 'dependencies/1':
      return dependencies(parameters, recent, context.nowMs);
    default:
      return null;
  }
}

type Operation = { readonly name: string; readonly spanKind: string };

function servicesOf(recent: SessionsView): string[] {
  const services = new Set<string>();
  for (const session of recent.sessions()) for (const span of session.spans.values()) services.add(span.service);
  return [...services].sort();
}

function operationsOf(recent: SessionsView, service: string): Operation[] {
  const found = new Map<string, Operation>();
  for (const session of recent.sessions()) {
    for (const span of session.spans.values()) {
      if (span.service === service) found.set(`${span.kind} ${span.name}`, { name: span.name, spanKind: span.kind });
    }
  }
  return [...found.values()].sort((a, b) => compare(a.name, b.name) || compare(a.spanKind, b.spanKind));
}

function operations(parameters: URLSearchParams, recent: SessionsView): Reply {
  const service = parameters.get('service') ?? '';
  const kind = parameters.get('spanKind') ?? '';
  if (service === '') return failure(400, "parameter 'service' is required");
  return listOf(operationsOf(recent, service).filter(({ spanKind }) => kind === '' || spanKind === kind));
}

function search(
  parameters: URLSearchParams,
  recent: SessionsView,
  { version, nowMs }: { readonly version: string; readonly nowMs: UnixMs },
): Reply {
  const query = parseJaegerQuery(parameters, nowMs);
  if ('problem' in query) return failure(400, query.problem);
  const found: { readonly session: RecentSession; readonly startMs: UnixMs }[] = [];
  for (const session of recent.sessions()) {
    const spans = [...session.spans.values()];
    if (!spans.some((span) => matchesSpan(span, query, version))) continue;
    found.push({ session, startMs: spans.reduce((first, span) => Math.min(first, span.startMs), Infinity) });
  }
  found.sort((a, b) => b.startMs - a.startMs || compare(a.session.traceId, b.session.traceId));
  return tracesReply(
    found.slice(0, query.limit).map(({ session }) => session),
    [],
    version,
  );
}

/** `start` and `end` are not looked at: Grafana sends them in milliseconds, Jaeger reads microseconds. */
function traceById(id: string, recent: SessionsView, version: string): Reply {
  const traceId = fullTraceId(id);
  if (traceId === null) return failure(400, 'malformed trace ID');
  const session = traceOf(traceId, recent);
  return session === null ? failure(404, 'trace not found') : tracesReply([session], [], version);
}

function tracesById(ids: readonly string[], recent: SessionsView, version: string): Reply {
  const found: RecentSession[] = [];
  const errors: { msg: string; traceID: string }[] = [];
  for (const id of ids) {
    const traceId = fullTraceId(id);
    if (traceId === null) return failure(400, 'cannot parse traceID param');
    const session = traceOf(traceId, recent);
    if (session === null) errors.push({ msg: 'trace not found', traceID: traceId });
    else found.push(session);
  }
  return tracesReply(found, errors, version);
}

/** A session without spans is no trace: Grafana's data source takes the first span of every trace unasked. */
function traceOf(traceId: string, recent: SessionsView): RecentSession | null {
  const session = recent.find(traceId);
  return session !== null && session.traceId === traceId && session.spans.size > 0 ? session : null;
}

/** Jaeger takes ids without their leading zeros. */
function fullTraceId(id: string): string | null {
  return /^[0-9a-f]{1,32}$/i.test(id) ? id.toLowerCase().padStart(32, '0') : null;
}

/** Calls between different services, counted over traces with a span in the time asked for. */
function dependencies(parameters: URLSearchParams, recent: SessionsView, nowMs: UnixMs): Reply {
  const endMs = wholeNumber(parameters.get('endTs'), nowMs);
  const lookbackMs = wholeNumber(parameters.get('lookback'), DEPENDENCY_LOOKBACK_MS);
  if (Number.isNaN(endMs)) return failure(400, "unable to parse param 'endTs'");
  if (Number.isNaN(lookbackMs)) return failure(400, "unable to parse param 'lookback'");
  const calls = new Map<string, { parent: string; child: string; callCount: number }>();
  for (const { spans } of recent.sessions()) {
    for (const span of spans.values()) {
      const parent = spans.get(span.parentSpanId);
      if (parent === undefined || parent.service === span.service) continue;
      if (span.startMs > endMs || span.startMs < endMs - lookbackMs) continue;
      countCall(calls, parent, span);
    }
  }
  const links = [...calls.values()].sort((a, b) => compare(a.parent, b.parent) || compare(a.child, b.child));
  return json({ data: links, total: 0, limit: 0, offset: 0, errors: null });
}

function countCall(
  calls: Map<string, { parent: string; child: string; callCount: number }>,
  parent: Span,
  child: Span,
): void {
  const key = JSON.stringify([parent.service, child.service]);
  const call = calls.get(key);
  if (call === undefined) calls.set(key, { parent: parent.service, child: child.service, callCount: 1 });
  else call.callCount += 1;
}

function wholeNumber(text: string | null, absent: number): number {
  if (text === null || text === '') return absent;
  return /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
}

/** One trace at a time: thousands of spans each would make one string of tens of megabytes. */
function tracesReply(
  sessions: readonly RecentSession[],
  errors: readonly { msg: string; traceID: string }[],
  version: string,
): Reply {
  function* pieces(): Generator<string> {
    let separator = '{"data":[';
    for (const { traceId, spans } of sessions) {
      yield separator + JSON.stringify(jaegerTrace(traceId, spans.values(), version));
      separator = ',';
    }
    const rest = `],"total":0,"limit":0,"offset":0,"errors":${JSON.stringify(errors.length === 0 ? null : errors)}}`;
    yield sessions.length === 0 ? `{"data":[${rest}` : rest;
  }
  return { status: 200, type: 'application/json', body: pieces() };
}

function listOf(data: readonly unknown[]): Reply {
  return json({ data, total: data.length, limit: 0, offset: 0, errors: null });
}

function failure(code: number, msg: string): Reply {
  return json({ data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] }, code);
}

function distinct<T, K>(items: readonly T[], keyOf: (item: T) => K): K[] {
  return [...new Set(items.map(keyOf))];
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
