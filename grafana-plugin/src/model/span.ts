/** One span, whichever data source told it: times in Unix milliseconds, attributes as they came. */
export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  /** '' at the root and where the source does not tell it. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly service: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  readonly statusMessage: string;
  readonly attributes: Attributes;
  /** Span ids this span points at. */
  readonly links: readonly string[];
  readonly events: readonly SpanEvent[];
  /** Where its data links are found. */
  readonly source: RowRef;
};

/** What a map has that readers of attributes need. */
export type Attributes = Pick<ReadonlyMap<string, unknown>, 'get' | 'size'> & Iterable<readonly [string, unknown]>;

export type SpanEvent = { readonly atMs: number; readonly name: string; readonly fields: Attributes };

/** A row of a frame of the panel's data. */
export type RowRef = { readonly frame: number; readonly row: number };

/** The text of an attribute, '' when absent. */
export function textOf(span: Span | undefined, name: string): string {
  const value = span?.attributes.get(name);
  return value === undefined || value === null ? '' : String(value);
}

/** The number of an attribute, NaN when absent. Playpath writes zeros as text where a table would lose them. */
export function numberOf(span: Span | undefined, name: string): number {
  const value = span?.attributes.get(name);
  if (typeof value === 'number') {
    return value;
  }
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
}

/** The texts of a list attribute, which trace data sources turn into JSON text. */
export function listOf(span: Span | undefined, name: string): string[] {
  const value = span?.attributes.get(name);
  const list = typeof value === 'string' && value.startsWith('[') ? parseList(value) : value;
  if (Array.isArray(list)) {
    return list.map(String);
  }
  return list === undefined || list === null || list === '' ? [] : [String(list)];
}

function parseList(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
