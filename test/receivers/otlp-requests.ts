import { NOW } from './support.ts';

export type Value = string | number | boolean;

export const TRACE = 'c485fb8b06c34872846419285eee9ce9';
export const SPAN = '946627d39be4471c';
export const nanos = (ms: number): string => `${ms}000000`;
export const attributes = (values: Readonly<Record<string, Value>>) =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : { doubleValue: value },
  }));

export type SpanFields = {
  name?: string;
  attributes?: Readonly<Record<string, Value>>;
  resource?: Readonly<Record<string, Value>>;
  events?: readonly { name: string; at: number; attributes?: Readonly<Record<string, Value>> }[];
  from?: number;
  to?: number;
  error?: string;
  traceId?: string;
};

/** OTLP/JSON of spans, each under a resource of its own. */
export function traces(...spans: readonly SpanFields[]): object {
  return {
    resourceSpans: spans.map((span) => ({
      resource: { attributes: attributes(span.resource ?? {}) },
      scopeSpans: [
        {
          spans: [
            {
              traceId: span.traceId ?? TRACE,
              spanId: SPAN,
              name: span.name ?? 'GET',
              kind: 3,
              startTimeUnixNano: nanos(span.from ?? NOW),
              endTimeUnixNano: nanos(span.to ?? NOW + 1500),
              attributes: attributes(span.attributes ?? {}),
              events: (span.events ?? []).map((event) => ({
                name: event.name,
                timeUnixNano: nanos(event.at),
                attributes: attributes(event.attributes ?? {}),
              })),
              status: span.error === undefined ? { code: 0 } : { code: 2, message: span.error },
            },
          ],
        },
      ],
    })),
  };
}
