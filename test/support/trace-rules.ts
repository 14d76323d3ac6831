import type { OtlpJsonRequest, OtlpJsonSpan, OtlpJsonValue } from '../../collector/exporters/otlp-json.ts';
import { ATTR, SPAN_NAMES } from '../../collector/model/semconv.ts';

/** A span with the resource it came under, as a backend would store it. */
export type StoredSpan = OtlpJsonSpan & { readonly service: string; readonly tenant: string };

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
const NAMES: ReadonlySet<string> = new Set(Object.keys(SPAN_NAMES));
const ATTRIBUTE_NAMES: ReadonlySet<string> = new Set(Object.values(ATTR));
/** Spans are rounded to microseconds on their way through floating-point milliseconds. */
const ROUNDING_NANOS = 2_000n;
/** Where the emitter is another party than the player. */
const SERVERS = new Set(['edge', 'shield', 'origin']);

/** Spans of requests in the order they came, with what their resources say. */
export function storedSpans(requests: Iterable<OtlpJsonRequest>): StoredSpan[] {
  const spans: StoredSpan[] = [];
  for (const { resourceSpans } of requests) {
    for (const { resource, scopeSpans } of resourceSpans) {
      const named = new Map(resource.attributes.map(({ key, value }) => [key, text(value)]));
      const service = named.get('service.name') ?? '';
      const tenant = named.get('playpath.tenant') ?? '';
      for (const group of scopeSpans) for (const span of group.spans) spans.push({ ...span, service, tenant });
    }
  }
  return spans;
}

/**
 * Everything that is wrong with these spans by the rules of docs/spans.md, one sentence each, at most `limit`.
 * `fromMs` and `toMs` bound what is a plausible time.
 */
export function traceProblems(spans: readonly StoredSpan[], fromMs: number, toMs: number, limit = 20): string[] {
  const problems: string[] = [];
  const byId = new Map<string, StoredSpan>();
  for (const span of spans) byId.set(`${span.traceId} ${span.spanId}`, span);
  const roots = new Map<string, number>();
  for (const span of byId.values()) {
    if (problems.length >= limit) break;
    const found = [
      ...shapeProblems(span),
      ...timeProblems(span, BigInt(Math.floor(fromMs)) * 1_000_000n, BigInt(Math.ceil(toMs)) * 1_000_000n),
      ...parentProblems(span, byId),
      ...linkProblems(span, byId),
    ];
    for (const problem of found) problems.push(`${span.name} ${span.traceId}/${span.spanId}: ${problem}`);
    if (span.parentSpanId === undefined) roots.set(span.traceId, (roots.get(span.traceId) ?? 0) + 1);
  }
  for (const traceId of new Set(spans.map((span) => span.traceId))) {
    const count = roots.get(traceId) ?? 0;
    if (count !== 1 && problems.length < limit) problems.push(`trace ${traceId} has ${count} roots`);
  }
  return problems;
}

function* shapeProblems(span: StoredSpan): Generator<string> {
  if (!TRACE_ID.test(span.traceId)) yield 'trace id is not 16 bytes, or zero';
  if (!SPAN_ID.test(span.spanId)) yield 'span id is not 8 bytes, or zero';
  if (!NAMES.has(span.name)) yield 'name is not in the list';
  if (span.service === '') yield 'no service.name';
  if (span.tenant === '') yield 'no tenant';
  const isServer = SERVERS.has(span.name);
  const kind = isServer ? 2 : span.name === 'request' ? 3 : 1;
  if (span.kind !== kind) yield `kind is ${span.kind}, not ${kind}`;
  if ((span.service === 'player') === isServer) yield `its emitter is ${span.service}`;
  const keys = (span.attributes ?? []).map(({ key }) => key);
  for (const key of keys) if (!ATTRIBUTE_NAMES.has(key)) yield `attribute ${key} is not in the list`;
  if (new Set(keys).size !== keys.length) yield `an attribute occurs twice: ${keys.join(', ')}`;
  if (!keys.includes(ATTR.sessionId)) yield 'no session.id';
  if (isServer && !(attribute(span, ATTR.joinMethod) !== '' && attribute(span, ATTR.joinConfidence) !== '')) {
    yield 'does not say what joined it and how sure that is';
  }
}

function* timeProblems(span: StoredSpan, fromNanos: bigint, toNanos: bigint): Generator<string> {
  const start = BigInt(span.startTimeUnixNano);
  const end = BigInt(span.endTimeUnixNano);
  if (end < start) yield 'ends before it starts';
  if (start < fromNanos || end > toNanos) yield `implausible time ${start}–${end}`;
}

function* parentProblems(span: StoredSpan, byId: ReadonlyMap<string, StoredSpan>): Generator<string> {
  if (span.parentSpanId === undefined) {
    if (span.name !== 'session') yield 'is a root';
    return;
  }
  const parent = byId.get(`${span.traceId} ${span.parentSpanId}`);
  if (parent === undefined) {
    yield `its parent ${span.parentSpanId} is not in the trace`;
    return;
  }
  if (attribute(span, ATTR.clockClipped) === 'true') return;
  const early = BigInt(parent.startTimeUnixNano) - BigInt(span.startTimeUnixNano);
  const late = BigInt(span.endTimeUnixNano) - BigInt(parent.endTimeUnixNano);
  if (early > ROUNDING_NANOS) yield `starts ${early} ns before its ${parent.name}`;
  if (late > ROUNDING_NANOS) yield `ends ${late} ns after its ${parent.name}`;
}

function* linkProblems(span: StoredSpan, byId: ReadonlyMap<string, StoredSpan>): Generator<string> {
  for (const { traceId, spanId } of span.links ?? []) {
    // A request may point at the span its player exported itself, which is not ours to have.
    if (span.name === 'request' && traceId !== span.traceId) continue;
    if (!byId.has(`${traceId} ${spanId}`)) yield `links to ${traceId}/${spanId}, which nobody exported`;
  }
}

function attribute(span: StoredSpan, name: string): string {
  return text(span.attributes?.find(({ key }) => key === name)?.value);
}

function text(value: OtlpJsonValue | undefined): string {
  return value === undefined ? '' : String(Object.values(value)[0]);
}
