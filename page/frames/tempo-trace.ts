import type { OtlpJsonRequest, OtlpJsonSpan } from '../../collector/exporters/otlp-json.ts';
import { durationMs, type KeyValue, keyValues, millisecondsOf } from './otlp-value.ts';
import { type Column, type WireFrame, wireFrame } from './wire-frame.ts';

// What Grafana's Tempo data source (plugin id `tempo`, 13.1) makes of a trace by id. A double of its mapping, not Tempo.

type Row = {
  readonly span: OtlpJsonSpan;
  readonly serviceName: string;
  readonly serviceTags: readonly KeyValue[];
  readonly scope: { readonly name: string; readonly version: string };
};

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

const COLUMNS: readonly Column<Row>[] = [
  ['traceID', 'string', ({ span }) => span.traceId],
  ['spanID', 'string', ({ span }) => span.spanId],
  ['parentSpanID', 'string', ({ span }) => span.parentSpanId ?? ''],
  ['operationName', 'string', ({ span }) => span.name],
  ['serviceName', 'string', ({ serviceName }) => serviceName],
  ['serviceNamespace', 'string', ({ serviceTags }) => textOf(serviceTags, 'service.namespace')],
  ['kind', 'string', ({ span }) => KINDS[span.kind] ?? ''],
  ['statusCode', 'integer', ({ span }) => span.status?.code ?? 0],
  ['statusMessage', 'string', ({ span }) => span.status?.message ?? ''],
  ['instrumentationLibraryName', 'string', ({ scope }) => scope.name],
  ['instrumentationLibraryVersion', 'string', ({ scope }) => scope.version],
  ['traceState', 'string', () => ''],
  ['serviceTags', 'json', ({ serviceTags }) => serviceTags],
  ['startTime', 'number', ({ span }) => millisecondsOf(span.startTimeUnixNano)],
  ['duration', 'number', ({ span }) => durationMs(span.startTimeUnixNano, span.endTimeUnixNano)],
  // A Go list that was never made is `null` in JSON.
  ['logs', 'json', ({ span }) => span.events?.map(logOf) ?? null],
  ['references', 'json', ({ span }) => span.links?.map(referenceOf) ?? null],
  ['tags', 'json', ({ span }) => (span.attributes.length === 0 ? null : keyValues(span.attributes))],
];

/** The frame of a trace. `partial` is why Tempo could not give all of it; '' when it is whole. */
export function tempoTraceFrame(request: OtlpJsonRequest, partial = ''): WireFrame {
  const rows = request.resourceSpans.flatMap(({ resource, scopeSpans }): Row[] => {
    // The data source drops the spans of a resource without attributes.
    if (resource.attributes.length === 0) return [];
    const serviceTags = keyValues(resource.attributes);
    const serviceName = textOf(serviceTags, 'service.name') || 'OTLPResourceNoServiceName';
    return scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => ({ span, serviceName, serviceTags, scope })));
  });
  const custom = { partial: partial !== '', message: partial };
  return wireFrame({ name: 'Trace', meta: { preferredVisualisationType: 'trace', custom } }, COLUMNS, rows);
}

function textOf(tags: readonly KeyValue[], key: string): string {
  return String(tags.find((tag) => tag.key === key)?.value ?? '');
}

function logOf({ timeUnixNano, name, attributes }: NonNullable<OtlpJsonSpan['events']>[number]): object {
  return { timestamp: millisecondsOf(timeUnixNano), fields: keyValues(attributes), name };
}

function referenceOf({ traceId, spanId, attributes }: NonNullable<OtlpJsonSpan['links']>[number]): object {
  return { traceID: traceId, spanID: spanId, tags: keyValues(attributes) };
}
