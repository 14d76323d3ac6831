import type { OtlpJsonRequest, OtlpJsonSpan } from '../../../collector/exporters/otlp-json.ts';
import { durationMs, keyValues, millisecondsOf } from '../../../page/frames/otlp-value.ts';
import { type Column, type WireFrame, wireFrame } from '../../../page/frames/wire-frame.ts';

// What Grafana's Tempo data source makes of a TraceQL search (queryType `traceql`). A double of its mapping.

type Row = { readonly span: OtlpJsonSpan; readonly trace: TraceHead };
type TraceHead = { readonly traceId: string; readonly service: string; readonly name: string };

/** `tableType: spans`: a row per span, a column per attribute that the query selected with `| select(…)`. */
export function traceqlSpansFrame(request: OtlpJsonRequest, selected: readonly string[]): WireFrame {
  const trace = headOf(request);
  return wireFrame({ name: 'Spans', meta: { preferredVisualisationType: 'table' } }, spanColumns(selected), [
    ...spansOf(request).map(({ span }) => ({ span, trace })),
  ]);
}

/** `tableType: traces`: a row per trace with the frame of its spans inside; at most `spss` spans, 3 when left out. */
export function traceqlTracesFrame(
  requests: readonly OtlpJsonRequest[],
  selected: readonly string[],
  spss = 3,
): WireFrame {
  const columns: readonly Column<OtlpJsonRequest>[] = [
    ['traceID', 'string', (request) => headOf(request).traceId],
    ['startTime', 'time', (request) => Math.min(...spansOf(request).map(({ span }) => startMs(span)))],
    ['traceService', 'string', (request) => headOf(request).service],
    ['traceName', 'string', (request) => headOf(request).name],
    ['traceDuration', 'number', traceDuration, { config: { unit: 'ms' } }],
    ['nested', 'nestedFrames', (request) => [nested(request, selected, spss)]],
  ];
  return wireFrame({ name: 'Traces', meta: { preferredVisualisationType: 'table' } }, columns, requests);
}

function nested(request: OtlpJsonRequest, selected: readonly string[], spss: number): WireFrame {
  const trace = headOf(request);
  const rows = spansOf(request)
    .slice(0, spss)
    .map(({ span }) => ({ span, trace }));
  return wireFrame({ name: 'Spans', meta: { preferredVisualisationType: 'table' } }, spanColumns(selected), rows);
}

function spanColumns(selected: readonly string[]): Column<Row>[] {
  return [
    ['traceIdHidden', 'string', ({ trace }) => trace.traceId, { config: { custom: { hidden: true } } }],
    ['traceService', 'string', ({ trace }) => trace.service],
    ['traceName', 'string', ({ trace }) => trace.name],
    ['spanID', 'string', ({ span }) => span.spanId],
    ['time', 'time', ({ span }) => startMs(span)],
    ['name', 'string', ({ span }) => span.name],
    ...selected.map((name): Column<Row> => [name, 'string', ({ span }) => cell(span, name)]),
    [
      'duration',
      'number',
      ({ span }) => durationMs(span.startTimeUnixNano, span.endTimeUnixNano) * 1e6,
      { config: { unit: 'ns' } },
    ],
  ];
}

/** The data source writes `value || …`: false, 0 and '' are lost. */
function cell(span: OtlpJsonSpan, name: string): unknown {
  return keyValues(span.attributes).find(({ key }) => key === name)?.value || undefined;
}

/** Milliseconds, or the words the data source has for less than one. */
function traceDuration(request: OtlpJsonRequest): number | string {
  const spans = spansOf(request).map(({ span }) => span);
  const ends = spans.map((span) => millisecondsOf(span.endTimeUnixNano));
  const lengthMs = Math.trunc(Math.max(...ends) - Math.min(...spans.map(startMs)));
  return lengthMs === 0 ? '<1ms' : lengthMs;
}

function headOf(request: OtlpJsonRequest): TraceHead {
  const spans = spansOf(request);
  const root = spans.find(({ span }) => (span.parentSpanId ?? '') === '');
  return {
    traceId: spans[0]?.span.traceId ?? '',
    service: root?.service ?? '',
    // Tempo's word for a trace whose root it has not received.
    name: root?.span.name ?? '<root span not yet received>',
  };
}

function spansOf({ resourceSpans }: OtlpJsonRequest): { readonly span: OtlpJsonSpan; readonly service: string }[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = keyValues(resource.attributes).find(({ key }) => key === 'service.name')?.value;
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ span, service: String(service ?? '') })));
  });
}

function startMs(span: OtlpJsonSpan): number {
  return millisecondsOf(span.startTimeUnixNano);
}
