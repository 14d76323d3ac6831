import { createHash } from 'node:crypto';
import type { OtlpJsonRequest, OtlpJsonSpan } from '../../../collector/exporters/otlp-json.ts';
import { type PlacedSpan, requestOf, spansOf } from './otlp-spans.ts';

/** What a trace store has of a session `afterMs` after its begin: what had ended by then, and no session span. */
export function stillPlaying(request: OtlpJsonRequest, afterMs: number): OtlpJsonRequest {
  const spans = spansOf(request);
  const untilNanos = beginOf(spans) + nanos(afterMs);
  return requestOf(spans.filter(({ span }) => span.name !== 'session' && BigInt(span.endTimeUnixNano) <= untilNanos));
}

/** A store that lost what one emitter sent in the second half of the session. */
export function withoutLateSpansOf(request: OtlpJsonRequest, service: string): OtlpJsonRequest {
  const spans = spansOf(request);
  const halfNanos = beginOf(spans) + (endOf(spans) - beginOf(spans)) / 2n;
  return requestOf(
    spans.filter(({ span, resource }) => {
      const isOfService = resource.attributes.some(
        ({ key, value }) => key === 'service.name' && 'stringValue' in value && value.stringValue === service,
      );
      return !isOfService || BigInt(span.startTimeUnixNano) < halfNanos;
    }),
  );
}

/** One session as a store has it that was given a trace for each part of it: all have the session's id, one has its span. */
export function inChapters(request: OtlpJsonRequest, count: number): OtlpJsonRequest[] {
  const spans = spansOf(request);
  const lengthNanos = (endOf(spans) - beginOf(spans)) / BigInt(count) + 1n;
  const chapterOf = ({ span }: PlacedSpan): number =>
    span.name === 'session' ? 0 : Number((BigInt(span.startTimeUnixNano) - beginOf(spans)) / lengthNanos);
  return Array.from({ length: count }, (_, chapter) => {
    const traceIdOf = (traceId: string) => (chapter === 0 ? traceId : derivedId(traceId, chapter, 32));
    const own = spans.filter((placed) => chapterOf(placed) === chapter);
    return requestOf(
      own.map((placed) => ({ ...placed, span: { ...placed.span, traceId: traceIdOf(placed.span.traceId) } })),
    );
  });
}

/** The same session again and again, one after the other under one session span, until there are `count` spans. */
export function multiplied(request: OtlpJsonRequest, count: number): OtlpJsonRequest {
  const spans = spansOf(request);
  const root = spans.find(({ span }) => span.name === 'session');
  if (root === undefined) throw new Error('only a whole trace can be multiplied');
  const rest = spans.filter((placed) => placed !== root);
  const lengthNanos = endOf(spans) - beginOf(spans);
  const copies: PlacedSpan[] = [];
  for (let at = 0; copies.length < count - 1; at += 1) {
    const shiftNanos = lengthNanos * BigInt(at);
    const idOf = (id: string) => (at === 0 || id === root.span.spanId ? id : derivedId(id, at));
    for (const placed of rest.slice(0, count - 1 - copies.length)) {
      copies.push({ ...placed, span: movedSpan(placed.span, shiftNanos, idOf) });
    }
  }
  const endTimeUnixNano = String(endOf(copies));
  return requestOf([{ ...root, span: { ...root.span, endTimeUnixNano } }, ...copies]);
}

function movedSpan(span: OtlpJsonSpan, shiftNanos: bigint, idOf: (id: string) => string): OtlpJsonSpan {
  const moved = (time: string) => String(BigInt(time) + shiftNanos);
  return {
    ...span,
    spanId: idOf(span.spanId),
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: idOf(span.parentSpanId) }),
    startTimeUnixNano: moved(span.startTimeUnixNano),
    endTimeUnixNano: moved(span.endTimeUnixNano),
    ...(span.links ? { links: span.links.map((link) => ({ ...link, spanId: idOf(link.spanId) })) } : {}),
    ...(span.events
      ? { events: span.events.map((event) => ({ ...event, timeUnixNano: moved(event.timeUnixNano) })) }
      : {}),
  };
}

function derivedId(id: string, at: number, digits = 16): string {
  return createHash('sha256').update(`${id} ${at}`).digest('hex').slice(0, digits);
}

function beginOf(spans: readonly PlacedSpan[]): bigint {
  return inOrder(spans.map(({ span }) => span.startTimeUnixNano)).at(0) ?? 0n;
}

function endOf(spans: readonly PlacedSpan[]): bigint {
  return inOrder(spans.map(({ span }) => span.endTimeUnixNano)).at(-1) ?? 0n;
}

function inOrder(times: readonly string[]): bigint[] {
  return times.map(BigInt).toSorted((a, b) => (a < b ? -1 : 1));
}

function nanos(milliseconds: number): bigint {
  return BigInt(Math.round(milliseconds * 1e6));
}
