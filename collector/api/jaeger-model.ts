import { numberType, resourceAttributes, SCOPE_NAME } from '../exporters/otlp-resource.ts';
import { endOf, knownMs, nanosBeyond, wholeMs } from '../exporters/otlp-time.ts';
import type { Attributes, AttributeValue, Span } from '../model/span.ts';
import type { UnixMs } from '../model/time.ts';

// The JSON of Jaeger's query service (jaegertracing/jaeger internal/uimodel/model.go), made from spans the way its
// OTLP translation makes it (opentelemetry-collector-contrib pkg/translator/jaeger/traces_to_jaegerproto.go).

export type JaegerTag =
  | { readonly key: string; readonly type: 'string'; readonly value: string }
  | { readonly key: string; readonly type: 'bool'; readonly value: boolean }
  | { readonly key: string; readonly type: 'int64' | 'float64'; readonly value: number };

export type JaegerSpan = {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  /** The parent first; then links. */
  readonly references: readonly {
    readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
    readonly traceID: string;
    readonly spanID: string;
  }[];
  /** Microseconds since 1970, whole: Grafana's data source reads them into int64. */
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly JaegerTag[] }[];
  readonly processID: string;
  readonly warnings: null;
};

export type JaegerProcess = { readonly serviceName: string; readonly tags: readonly JaegerTag[] };

export type JaegerTrace = {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, JaegerProcess>>;
  readonly warnings: null;
};

/** Spans by start time; processes numbered in the order they appear. */
export function jaegerTrace(traceId: string, spans: Iterable<Span>, version: string): JaegerTrace {
  const processIds = new Map<string, string>();
  const processes: Record<string, JaegerProcess> = {};
  const ordered = [...spans].sort((a, b) => a.startMs - b.startMs || (a.spanId < b.spanId ? -1 : 1));
  return {
    traceID: traceId,
    spans: ordered.map((span) => {
      const emitter = JSON.stringify([span.tenant, span.service]);
      let processId = processIds.get(emitter);
      if (processId === undefined) {
        processId = `p${processIds.size + 1}`;
        processIds.set(emitter, processId);
        processes[processId] = processOf(span, version);
      }
      return jaegerSpan(span, processId, version);
    }),
    processes,
    warnings: null,
  };
}

function jaegerSpan(span: Span, processId: string, version: string): JaegerSpan {
  const startMs = knownMs(span.startMs);
  const endMs = endOf(span.startMs, span.endMs);
  const durationNanos = (wholeMs(endMs) - wholeMs(startMs)) * 1e6 + nanosBeyond(endMs) - nanosBeyond(startMs);
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    operationName: span.name,
    references: referencesOf(span),
    startTime: microseconds(startMs),
    duration: Math.floor(durationNanos / 1000),
    tags: spanTags(span, version),
    logs: span.events.map((event) => ({
      timestamp: microseconds(knownMs(event.timeMs)),
      fields: logFields(event.name, event.attributes),
    })),
    processID: processId,
    warnings: null,
  };
}

export function processOf(span: Span, version: string): JaegerProcess {
  const attributes = resourceAttributes(span.service, span.tenant, version);
  return { serviceName: span.service, tags: tagsOf(attributes.filter(([name]) => name !== 'service.name')) };
}

/** Scope, attributes, kind and status, in the translation's order. */
export function spanTags(span: Span, version: string): JaegerTag[] {
  const tags = tagsOf([['otel.scope.name', SCOPE_NAME], ['otel.scope.version', version], ...span.attributes]);
  tags.push({ key: 'span.kind', type: 'string', value: span.kind });
  if (span.error !== '') {
    tags.push(
      { key: 'otel.status_code', type: 'string', value: 'ERROR' },
      { key: 'error', type: 'bool', value: true },
      { key: 'otel.status_description', type: 'string', value: span.error },
    );
  }
  return tags;
}

export function logFields(name: string, attributes: Attributes): JaegerTag[] {
  const fields = tagsOf(attributes);
  const isNamed = name === '' || attributes.some(([attribute]) => attribute === 'event');
  return isNamed ? fields : [{ key: 'event', type: 'string', value: name }, ...fields];
}

function referencesOf(span: Span): JaegerSpan['references'] {
  const references: JaegerSpan['references'][number][] = [];
  if (span.parentSpanId !== '') {
    references.push({ refType: 'CHILD_OF', traceID: span.traceId, spanID: span.parentSpanId });
  }
  for (const link of span.links) {
    // The translation turns a parent that is also linked into FOLLOWS_FROM, and readers then lose the parent.
    if (link.spanId === span.parentSpanId && link.traceId === span.traceId) continue;
    references.push({ refType: 'FOLLOWS_FROM', traceID: link.traceId, spanID: link.spanId });
  }
  return references;
}

function tagsOf(attributes: Attributes): JaegerTag[] {
  return attributes.flatMap(([name, value]) => tagOf(name, value));
}

function tagOf(key: string, value: AttributeValue): JaegerTag[] {
  switch (typeof value) {
    case 'string':
      return [{ key, type: 'string', value }];
    case 'boolean':
      return [{ key, type: 'bool', value }];
    case 'number':
      return numberTag(key, value);
    default:
      return [{ key, type: 'string', value: JSON.stringify(value) }];
  }
}

function numberTag(key: string, value: number): JaegerTag[] {
  const type = numberType(key, value);
  if (type === '') return [];
  // JSON has no infinity; Jaeger fails the whole answer over one.
  if (!Number.isFinite(value)) return [{ key, type: 'string', value: String(value) }];
  return [{ key, type: type === 'int' ? 'int64' : 'float64', value }];
}

function microseconds(timeMs: UnixMs): number {
  return wholeMs(timeMs) * 1000 + Math.floor(nanosBeyond(timeMs) / 1000);
}
