import type { HrTime } from '@opentelemetry/api';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import type { Span } from '../model/span.ts';
import type { UnixMs } from '../model/time.ts';

type SpanProcessor = NonNullable<NodeSDKConfiguration['spanProcessors']>[number];
type ReadableSpan = Parameters<SpanProcessor['onEnd']>[0];

/** Where the collector's own spans go: the exporter every other span takes. */
export type SpanSink = (span: Span) => void;

/** `service.name` of what the collector says about itself. */
export const SELF_SERVICE = 'playpath';

const ERROR_STATUS = 2;

/** Hands finished spans on at once; batching, retries and limits are the exporter's. */
export function spanProcessor(sink: SpanSink): SpanProcessor {
  return {
    onStart: () => {},
    onEnd: (span) => sink(toSpan(span)),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

function toSpan(span: ReadableSpan): Span {
  const { traceId, spanId } = span.spanContext();
  const attributes: (readonly [string, string | number | boolean])[] = [];
  for (const [name, value] of Object.entries(span.attributes)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      attributes.push([name, value]);
  }
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    name: span.name,
    kind: 'internal',
    service: SELF_SERVICE,
    tenant: '',
    startMs: toMs(span.startTime),
    endMs: toMs(span.endTime),
    attributes,
    events: [],
    links: [],
    error: span.status.code === ERROR_STATUS ? (span.status.message ?? 'failed') : '',
  };
}

function toMs([seconds, nanoseconds]: HrTime): UnixMs {
  return seconds * 1000 + nanoseconds / 1e6;
}
