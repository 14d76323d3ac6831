import type { Span } from '../model/span.ts';
import type { UnixMs } from '../model/time.ts';
import { parseDurationMs } from './duration.ts';
import { type JaegerTag, logFields, processOf, spanTags } from './jaeger-model.ts';

const DEFAULT_LIMIT = 100;
/** What Jaeger's own page asks for at most. */
const MAX_LIMIT = 1500;

/** A trace matches when one span meets all of it (Jaeger's memory store does the same). '' asks for nothing. */
export type JaegerQuery = {
  readonly service: string;
  readonly operation: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  readonly startMs: UnixMs;
  readonly endMs: UnixMs;
  readonly limit: number;
};

/**
 * Reads the parameters of Jaeger's `/api/traces` (query_parser.go). Times are microseconds, durations Go's text.
 * Without `start` there is no lower bound: what is held is recent by itself.
 */
export function parseJaegerQuery(
  parameters: URLSearchParams,
  nowMs: UnixMs,
): JaegerQuery | { readonly problem: string } {
  const get = (name: string): string => parameters.get(name) ?? '';
  if (get('service') === '') return { problem: "parameter 'service' is required" };
  const limit = get('limit') === '' ? DEFAULT_LIMIT : Number(get('limit'));
  if (!Number.isInteger(limit) || limit < 1) return { problem: "unable to parse param 'limit'" };
  const endMs = microsecondsOf(get('end'), Number.POSITIVE_INFINITY);
  const lookbackMs = parseDurationMs(get('lookback'));
  // `lookback=custom` comes with a start; a number of hours may come alone.
  const startByLookback = Math.min(endMs, nowMs) - lookbackMs;
  const startMs = microsecondsOf(
    get('start'),
    Number.isNaN(startByLookback) ? Number.NEGATIVE_INFINITY : startByLookback,
  );
  if (Number.isNaN(startMs)) return { problem: "unable to parse param 'start'" };
  if (Number.isNaN(endMs)) return { problem: "unable to parse param 'end'" };
  if (startMs > endMs) return { problem: 'invalid parameter: start time must be before end time' };
  const minDurationMs = get('minDuration') === '' ? 0 : parseDurationMs(get('minDuration'));
  const maxDurationMs = get('maxDuration') === '' ? Number.POSITIVE_INFINITY : parseDurationMs(get('maxDuration'));
  if (Number.isNaN(minDurationMs)) return { problem: "unable to parse param 'minDuration'" };
  if (Number.isNaN(maxDurationMs)) return { problem: "unable to parse param 'maxDuration'" };
  if (maxDurationMs < minDurationMs) return { problem: "'maxDuration' should be greater than 'minDuration'" };
  const tags = parseTags(parameters.getAll('tag'), parameters.getAll('tags'));
  if (tags === null) return { problem: "malformed 'tag' or 'tags' parameter, expecting key:value or a JSON object" };
  return {
    service: get('service'),
    operation: get('operation'),
    tags,
    minDurationMs,
    maxDurationMs,
    startMs,
    endMs,
    limit: Math.min(limit, MAX_LIMIT),
  };
}

/** Whether one span meets the whole query. */
export function matchesSpan(span: Span, query: JaegerQuery, version: string): boolean {
  if (span.service !== query.service) return false;
  if (query.operation !== '' && span.name !== query.operation) return false;
  if (span.startMs < query.startMs || span.startMs > query.endMs) return false;
  const durationMs = span.endMs - span.startMs;
  if (durationMs < query.minDurationMs || durationMs > query.maxDurationMs) return false;
  return query.tags.size === 0 || hasTags(span, query.tags, version);
}

function hasTags(span: Span, wanted: ReadonlyMap<string, string>, version: string): boolean {
  const lists = [
    spanTags(span, version),
    processOf(span, version).tags,
    ...span.events.map((event) => logFields(event.name, event.attributes)),
  ];
  for (const [key, text] of wanted) {
    // A span without an error carries no tag that says so.
    if (key === 'error' && text === 'false' && span.error === '') continue;
    const isTag = ({ key: name, value }: JaegerTag): boolean => name === key && String(value) === text;
    if (!lists.some((tags) => tags.some(isTag))) return false;
  }
  return true;
}

/** `tag=key:value` and `tags={"key":"value"}`, both repeatable; null when one is neither. */
function parseTags(pairs: readonly string[], objects: readonly string[]): ReadonlyMap<string, string> | null {
  const tags = new Map<string, string>();
  for (const pair of pairs) {
    const colon = pair.indexOf(':');
    if (colon < 0) return null;
    tags.set(pair.slice(0, colon), pair.slice(colon + 1));
  }
  for (const text of objects) {
    const entries = entriesOf(text);
    if (entries === null) return null;
    for (const [key, value] of entries) {
      if (typeof value === 'object') return null;
      tags.set(key, String(value));
    }
  }
  return tags;
}

function entriesOf(text: string): [string, unknown][] | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function microsecondsOf(text: string, absent: UnixMs): UnixMs {
  if (text === '') return absent;
  return /^-?\d{1,16}$/.test(text) ? Number(text) / 1000 : Number.NaN;
}
