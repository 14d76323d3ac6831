import type { OtlpJsonRequest, OtlpJsonSpan } from '../../../collector/exporters/otlp-json.ts';
import { SPAN_KIND, type Span, type SpanKind } from '../../../collector/model/span.ts';
import { keyValues } from '../../../page/frames/otlp-value.ts';

type ResourceSpans = OtlpJsonRequest['resourceSpans'][number];
/** A span with the resource and the scope it was written under. */
export type PlacedSpan = {
  readonly span: OtlpJsonSpan;
  readonly resource: ResourceSpans['resource'];
  readonly scope: ResourceSpans['scopeSpans'][0]['scope'];
};

export function spansOf({ resourceSpans }: OtlpJsonRequest): PlacedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => ({ span, resource, scope }))),
  );
}

/** Spans grouped under their resources again, by start time, as a trace store answers. */
export function requestOf(spans: readonly PlacedSpan[]): OtlpJsonRequest {
  const ordered = spans.toSorted((a, b) => order(a.span, b.span));
  const groups = Map.groupBy(ordered, ({ resource }) => JSON.stringify(resource));
  return {
    resourceSpans: [...groups.values()].map((group) => ({
      resource: group[0]!.resource,
      scopeSpans: [{ scope: group[0]!.scope, spans: group.map(({ span }) => span) }],
    })),
  };
}

/** The collector's own form of a span, for its Jaeger answers. Times keep their microseconds. */
export function modelSpan({ span, resource }: PlacedSpan): Span {
  const about = new Map(keyValues(resource.attributes).map(({ key, value }) => [key, String(value)]));
  const attributesOf = (attributes: OtlpJsonSpan['attributes']) =>
    keyValues(attributes).map(({ key, value }) => [key, value] as const);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name,
    kind: kindOf(span.kind),
    service: about.get('service.name') ?? '',
    tenant: about.get('playpath.tenant') ?? '',
    startMs: microsecondsMs(span.startTimeUnixNano),
    endMs: microsecondsMs(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map(({ name, timeUnixNano, attributes }) => ({
      name,
      timeMs: microsecondsMs(timeUnixNano),
      attributes: attributesOf(attributes),
    })),
    links: (span.links ?? []).map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: attributesOf(attributes),
    })),
    error: span.status?.message ?? '',
  };
}

function kindOf(number: OtlpJsonSpan['kind']): SpanKind {
  const found = Object.entries(SPAN_KIND).find(([, known]) => known === number);
  return (found?.[0] ?? 'internal') as SpanKind;
}

function microsecondsMs(nanos: string): number {
  return Number(BigInt(nanos) / 1000n) / 1000;
}

function order(a: OtlpJsonSpan, b: OtlpJsonSpan): number {
  const difference = BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano);
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return a.spanId < b.spanId ? -1 : 1;
}
