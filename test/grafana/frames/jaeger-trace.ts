import type { JaegerProcess, JaegerSpan, JaegerTrace } from '../../../collector/api/jaeger-model.ts';
import { type Column, type WireFrame, wireFrame } from '../../../page/frames/wire-frame.ts';

// What Grafana's Jaeger data source (plugin id `jaeger`, 13.0) makes of `/api/traces/{id}`. A double of its mapping.

type Row = {
  readonly span: JaegerSpan;
  readonly process: JaegerProcess | undefined;
  /** Null at the root. */
  readonly parentId: string | null;
};

const COLUMNS: readonly Column<Row>[] = [
  ['traceID', 'string', ({ span }) => span.traceID],
  ['spanID', 'string', ({ span }) => span.spanID],
  ['parentSpanID', 'nullableString', ({ parentId }) => parentId],
  ['operationName', 'string', ({ span }) => span.operationName],
  ['serviceName', 'string', ({ process }) => process?.serviceName ?? ''],
  ['serviceTags', 'json', ({ process }) => process?.tags ?? null],
  ['startTime', 'number', ({ span }) => span.startTime / 1000],
  ['duration', 'number', ({ span }) => span.duration / 1000],
  ['logs', 'json', ({ span }) => span.logs.map(logOf)],
  ['references', 'json', ({ span, parentId }) => span.references.filter(({ spanID }) => spanID !== parentId)],
  ['tags', 'json', ({ span }) => span.tags],
  ['warnings', 'json', ({ span }) => span.warnings],
  ['stackTraces', 'json', () => null],
];

/** The frame of a trace, named after the query that asked for it. */
export function jaegerTraceFrame(trace: JaegerTrace, refId = 'A'): WireFrame {
  const rows = trace.spans.map(
    (span): Row => ({
      span,
      process: trace.processes[span.processID],
      parentId: span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID ?? null,
    }),
  );
  const meta = { preferredVisualisationType: 'trace', custom: { traceFormat: 'jaeger' } };
  return wireFrame({ name: refId, meta }, COLUMNS, rows);
}

/** Whole milliseconds: the data source divides integers. */
function logOf({ timestamp, fields }: JaegerSpan['logs'][number]): object {
  return { timestamp: Math.trunc(timestamp / 1000), fields, name: '' };
}
