import { type Attributes, type AttributeValue, SPAN_KIND, type Span, type SpanKind } from '../model/span.ts';
import { numberType, resourceAttributes, SCOPE_NAME } from './otlp-resource.ts';
import { endOf, knownMs, nanosText } from './otlp-time.ts';

// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids in hex, enums as numbers, 64-bit integers as
// decimal strings, the rest as in protobuf's own JSON mapping (so Infinity is a string, absent fields are left out).

export type OtlpJsonValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number | 'Infinity' | '-Infinity' }
  | { readonly arrayValue: { readonly values: readonly OtlpJsonValue[] } };
export type OtlpJsonAttribute = { readonly key: string; readonly value: OtlpJsonValue };

export type OtlpJsonSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: (typeof SPAN_KIND)[SpanKind];
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpJsonAttribute[];
  readonly events?: readonly {
    readonly timeUnixNano: string;
    readonly name: string;
    readonly attributes: readonly OtlpJsonAttribute[];
  }[];
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: readonly OtlpJsonAttribute[];
  }[];
  readonly status?: { readonly code: 2; readonly message: string };
};

/** `ExportTraceServiceRequest` in OTLP/JSON: a line of an OTLP file, and what trace APIs answer. */
export type OtlpJsonRequest = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpJsonAttribute[] };
    readonly scopeSpans: readonly [
      {
        readonly scope: { readonly name: string; readonly version: string };
        readonly spans: readonly OtlpJsonSpan[];
      },
    ];
  }[];
};

/** The same request `encodeSpans` writes, as an object for `JSON.stringify`. */
export function spansToOtlpJson(spans: Iterable<Span>, version: string): OtlpJsonRequest {
  const groups = new Map<string, { first: Span; spans: OtlpJsonSpan[] }>();
  for (const span of spans) {
    const key = JSON.stringify([span.tenant, span.service]);
    const group = groups.get(key);
    const json = spanToJson(span);
    if (group === undefined) groups.set(key, { first: span, spans: [json] });
    else group.spans.push(json);
  }
  return {
    resourceSpans: Array.from(groups.values(), ({ first, spans: grouped }) => ({
      resource: {
        attributes: attributesToJson(resourceAttributes(first.service, first.tenant, version)),
      },
      scopeSpans: [{ scope: { name: SCOPE_NAME, version }, spans: grouped }],
    })),
  };
}

function spanToJson(span: Span): OtlpJsonSpan {
  return {
    traceId: hexId(span.traceId, 32),
    spanId: hexId(span.spanId, 16),
    ...(span.parentSpanId === '' ? {} : { parentSpanId: hexId(span.parentSpanId, 16) }),
    name: span.name.toWellFormed(),
    kind: SPAN_KIND[span.kind],
    startTimeUnixNano: nanosText(knownMs(span.startMs)),
    endTimeUnixNano: nanosText(endOf(span.startMs, span.endMs)),
    attributes: attributesToJson(span.attributes),
    ...(span.events.length === 0
      ? {}
      : {
          events: span.events.map((event) => ({
            timeUnixNano: nanosText(knownMs(event.timeMs)),
            name: event.name.toWellFormed(),
            attributes: attributesToJson(event.attributes),
          })),
        }),
    ...(span.links.length === 0
      ? {}
      : {
          links: span.links.map((link) => ({
            traceId: hexId(link.traceId, 32),
            spanId: hexId(link.spanId, 16),
            attributes: attributesToJson(link.attributes),
          })),
        }),
    ...(span.error === '' ? {} : { status: { code: 2, message: span.error.toWellFormed() } }),
  };
}

function attributesToJson(attributes: Attributes): OtlpJsonAttribute[] {
  const json: OtlpJsonAttribute[] = [];
  for (const [name, value] of attributes) {
    const written = valueToJson(name, value);
    if (written !== null) json.push({ key: name.toWellFormed(), value: written });
  }
  return json;
}

function valueToJson(name: string, value: AttributeValue): OtlpJsonValue | null {
  switch (typeof value) {
    case 'string':
      return { stringValue: value.toWellFormed() };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return numberToJson(value, numberType(name, value));
    default:
      return { arrayValue: { values: value.map((item) => ({ stringValue: item.toWellFormed() })) } };
  }
}

function numberToJson(value: number, type: 'int' | 'double' | ''): OtlpJsonValue | null {
  switch (type) {
    case '':
      return null;
    case 'int':
      return { intValue: String(value) };
    default:
      if (Number.isFinite(value)) return { doubleValue: value };
      return { doubleValue: value > 0 ? 'Infinity' : '-Infinity' };
  }
}

/** An id as the encoder writes it: lower case, always full length. */
function hexId(id: string, digits: number): string {
  return id
    .slice(0, digits)
    .replace(/[^0-9a-fA-F]/g, '0')
    .padEnd(digits, '0')
    .toLowerCase();
}
