import { type DataFrame } from '@grafana/data';
import { type Attributes, type Span, type SpanEvent } from '../model/span';
import { TagAttributes } from './tag-attributes';
import { asNumber, asRecords, asText, fieldsByName } from './values';

const REQUIRED = ['traceid', 'spanid', 'operationname', 'starttime', 'duration'];

/** A trace as the Tempo and Jaeger data sources give it, recognised by its fields: a row per span. */
export function isTraceFrame(frame: DataFrame): boolean {
  const fields = fieldsByName(frame);
  return REQUIRED.every((name) => fields.has(name));
}

/** Spans of a trace frame. Rows without ids or times are left out. */
export function readTraceFrame(frame: DataFrame, frameIndex: number): Span[] {
  const fields = fieldsByName(frame);
  const column = (name: string): ArrayLike<unknown> => fields.get(name)?.values ?? [];
  const [traceId, spanId, parent, name] = ['traceid', 'spanid', 'parentspanid', 'operationname'].map(column);
  const [service, start, duration, status] = ['servicename', 'starttime', 'duration', 'statuscode'].map(column);
  const [message, tags, references, logs] = ['statusmessage', 'tags', 'references', 'logs'].map(column);
  const spans: Span[] = [];
  let known = '';
  for (let row = 0; row < frame.length; row++) {
    const startMs = asNumber(start[row]);
    const id = asText(spanId[row]);
    if (id === '' || Number.isNaN(startMs)) {
      continue;
    }
    const attributes = new TagAttributes(tags[row]);
    const failed = isError(status[row], attributes);
    // One text for all spans of a trace: comparing it costs nothing.
    known = sameTrace(known, asText(traceId[row]));
    spans.push({
      traceId: known,
      spanId: id,
      parentSpanId: asText(parent[row]),
      name: asText(name[row]),
      service: asText(service[row]),
      startMs,
      endMs: startMs + Math.max(0, asNumber(duration[row]) || 0),
      isError: failed,
      statusMessage: asText(message[row]) || (failed ? asText(attributes.get('otel.status_description')) : ''),
      attributes,
      links: linksOf(references[row]),
      events: eventsOf(logs[row]),
      source: { frame: frameIndex, row },
    });
  }
  return spans;
}

/** Older Tempo data sources cut leading zeros. */
function sameTrace(known: string, traceId: string): string {
  return traceId === known ? known : traceId.padStart(32, '0');
}

/** Tempo has a column for it, Jaeger has tags. */
function isError(status: unknown, attributes: Attributes): boolean {
  if (typeof status === 'number') {
    return status === 2;
  }
  return asText(attributes.get('otel.status_code')).toUpperCase() === 'ERROR' || isTrue(attributes);
}

function isTrue(attributes: Attributes): boolean {
  return asText(attributes.get('error')) === 'true';
}

// Most spans point at nothing and have no events.
const NO_LINKS: readonly string[] = [];
const NO_EVENTS: readonly SpanEvent[] = [];

function linksOf(references: unknown): readonly string[] {
  const records = asRecords(references);
  return records.length === 0 ? NO_LINKS : records.map((reference) => asText(reference.spanID));
}

function eventsOf(logs: unknown): readonly SpanEvent[] {
  const records = asRecords(logs);
  return records.length === 0 ? NO_EVENTS : records.map(eventFrom);
}

function eventFrom(log: Record<string, unknown>): SpanEvent {
  const fields = new TagAttributes(log.fields);
  const timestamp = asNumber(log.timestamp);
  return {
    // Jaeger's data source gave microseconds before 13.0.
    atMs: timestamp > 1e14 ? timestamp / 1000 : timestamp,
    name: asText(log.name) || asText(fields.get('event')) || asText(fields.get('message')),
    fields,
  };
}
