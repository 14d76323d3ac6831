/** What the collector's query API says of one session, as far as the bed reads it (docs/api.md). */
export type ApiSession = {
  readonly sessionId: string;
  readonly traceId: string;
  readonly outcome: string;
  readonly visibility: string;
  readonly isLive: boolean;
  readonly cdns: readonly string[];
  readonly qoe: { readonly stalls: number; readonly stalledMs: number; readonly startupMs: number | null };
  readonly joins: Readonly<Record<string, number>>;
  readonly incidents: readonly {
    readonly kind: string;
    readonly beginMs: number;
    readonly endMs: number;
    readonly verdict: string;
    readonly evidence: readonly string[];
  }[];
};

/** A span of a trace, with its attributes as a record and times in Unix ms. */
export type ApiSpan = {
  readonly name: string;
  readonly service: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly beginMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly string[];
};

/** The session, or null while the API does not know it. */
export async function sessionOf(apiUrl: string, id: string): Promise<ApiSession | null> {
  const response = await fetch(`${apiUrl}/api/sessions/${id}`);
  return response.ok ? ((await response.json()) as ApiSession) : null;
}

/** Every span of a trace, from its OTLP/JSON. */
export async function spansOf(apiUrl: string, traceId: string): Promise<ApiSpan[]> {
  const response = await fetch(`${apiUrl}/api/traces/${traceId}`);
  const { resourceSpans } = (await response.json()) as { resourceSpans: readonly ResourceSpans[] };
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(recordOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        name: span.name,
        service,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        beginMs: Number(span.startTimeUnixNano) / 1e6,
        endMs: Number(span.endTimeUnixNano) / 1e6,
        attributes: recordOf(span.attributes ?? []),
        links: (span.links ?? []).map((link) => link.spanId),
      })),
    );
  });
}

type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
type ResourceSpans = {
  readonly resource: { readonly attributes: readonly Attribute[] };
  readonly scopeSpans: readonly {
    readonly spans: readonly {
      readonly name: string;
      readonly spanId: string;
      readonly parentSpanId?: string;
      readonly startTimeUnixNano: string;
      readonly endTimeUnixNano: string;
      readonly attributes?: readonly Attribute[];
      readonly links?: readonly { readonly spanId: string }[];
    }[];
  }[];
};

/** OTLP/JSON wraps every value in its type and writes integers as text. */
function recordOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, 'intValue' in value ? Number(value.intValue) : Object.values(value)[0]]),
  );
}
