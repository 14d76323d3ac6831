import type { UnixMs } from './time.ts';

export type AttributeValue = string | number | boolean | readonly string[];
/** Ordered pairs, names from semconv.ts. */
export type Attributes = readonly (readonly [name: string, value: AttributeValue])[];

/** OTLP span kinds we emit, with their wire numbers. */
export const SPAN_KIND = { internal: 1, server: 2, client: 3 } as const;
export type SpanKind = keyof typeof SPAN_KIND;

export type SpanLink = { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes };
export type SpanEvent = { readonly name: string; readonly timeMs: UnixMs; readonly attributes: Attributes };

/** A finished span, ready to encode. Ids are hex and derived, so the same facts always give the same span. */
export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  /** '' at the root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Emitter: `service.name` of the resource. */
  readonly service: string;
  readonly tenant: string;
  readonly startMs: UnixMs;
  readonly endMs: UnixMs;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** '' is unset; otherwise the message of an error status. */
  readonly error: string;
};
