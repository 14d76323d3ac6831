import { type DataFrame, FieldType } from '@grafana/data';
import { pushTo } from '../model/push-to';
import { tierOf } from '../model/request';
import { type Span } from '../model/span';
import { asNumber, asText, asTimeMs, fieldsByName } from './values';

/** Columns of a TraceQL search that are not attributes. */
const OWN = new Set(['traceidhidden', 'traceid', 'traceservice', 'tracename', 'spanid', 'time', 'name', 'duration']);

/** Spans a TraceQL search found (`tableType: spans`), recognised by its fields: attributes are columns. */
export function isSearchFrame(frame: DataFrame): boolean {
  const fields = fieldsByName(frame);
  return fields.has('spanid') && fields.has('time') && fields.has('duration') && !fields.has('operationname');
}

/** The frames of spans inside a table of traces (`tableType: traces`). */
export function nestedFrames(frame: DataFrame): DataFrame[] {
  return frame.fields
    .filter(({ type }) => type === FieldType.nestedFrames)
    .flatMap(({ values }) => [...values].flat())
    .filter((inner): inner is DataFrame => Array.isArray(inner?.fields) && isSearchFrame(inner));
}

/** Spans of a search. It tells no parents, so server halves are adopted by the request they lie in. */
export function readSearchFrame(frame: DataFrame, frameIndex: number): Span[] {
  const fields = fieldsByName(frame);
  const column = (...names: string[]): ArrayLike<unknown> =>
    names.map((name) => fields.get(name)?.values).find((values) => values !== undefined) ?? [];
  const attributes = frame.fields.filter(({ name }) => !OWN.has(name.toLowerCase()));
  const scale = fields.get('duration')?.config.unit === 'ms' ? 1 : 1e-6;
  const [traceId, spanId, time] = [column('traceidhidden', 'traceid'), column('spanid'), column('time')];
  const [name, service, duration] = [column('name'), column('traceservice'), column('duration')];
  const spans: Span[] = [];
  for (let row = 0; row < frame.length; row++) {
    const startMs = asTimeMs(time[row]);
    if (Number.isNaN(startMs) || asText(spanId[row]) === '') {
      continue;
    }
    const values = new Map<string, unknown>();
    for (const field of attributes) {
      const value = field.values[row];
      if (value !== undefined && value !== null && value !== '') {
        values.set(field.name.replace(/^(?:span|resource)\./, ''), value);
      }
    }
    spans.push({
      traceId: asText(traceId[row]).padStart(32, '0'),
      spanId: asText(spanId[row]),
      parentSpanId: '',
      name: asText(name[row]),
      service: asText(service[row]),
      startMs,
      endMs: startMs + (asNumber(duration[row]) || 0) * scale,
      isError: asText(values.get('status')) === 'error',
      statusMessage: '',
      attributes: values,
      links: [],
      events: [],
      source: { frame: frameIndex, row },
    });
  }
  return adopt(spans);
}

/** How far a half may stick out of the half below it: log times are coarse. */
const SLACK_MS = 2;

/** Each server half becomes the child of the half of the tier below that has its path and spans its time. */
function adopt(spans: readonly Span[]): Span[] {
  const tiers = ['player', 'edge', 'shield', 'origin'];
  const byPath = new Map<string, Span[]>();
  for (const span of spans) {
    const path = `${span.traceId} ${asText(span.attributes.get('url.path'))}`;
    pushTo(byPath, path, span);
  }
  return spans.map((span) => {
    const rank = tiers.indexOf(tierOf(span) ?? '');
    const path = asText(span.attributes.get('url.path'));
    if (rank < 1 || path === '') {
      return span;
    }
    const around = (byPath.get(`${span.traceId} ${path}`) ?? []).filter(
      (other) =>
        tiers.indexOf(tierOf(other) ?? '') < rank &&
        tierOf(other) !== undefined &&
        other.startMs <= span.startMs + SLACK_MS &&
        other.endMs >= span.endMs - SLACK_MS
    );
    const parent = around.sort((a, b) => tiers.indexOf(tierOf(b) ?? '') - tiers.indexOf(tierOf(a) ?? ''))[0];
    return parent ? { ...span, parentSpanId: parent.spanId } : span;
  });
}
