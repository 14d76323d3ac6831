import { SPAN_KIND, type Span } from '../model/span.ts';
import { RepeatedAttributes, writeAttributes } from './otlp-attributes.ts';
import { resourceAttributes, SCOPE_NAME } from './otlp-resource.ts';
import { endOf, knownMs } from './otlp-time.ts';
import { OtlpWriter, sizeOfVarint } from './otlp-writer.ts';

// https://github.com/open-telemetry/opentelemetry-proto, opentelemetry/proto/trace/v1/trace.proto.
// Hot path: one call per exported span, nothing allocated per span. Benchmark: test/bench/encode-spans.ts.

const STATUS_ERROR = 2;
/** Groups kept for the next batch so that their buffers are reused; emitters are few, hostile tenants are not. */
const GROUPS_KEPT = 64;
const GROUP_CAPACITY_BYTES = 4096;
/** Two tags with their lengths. */
const GROUP_OVERHEAD_BYTES = 16;

/** Encoded spans of one emitter, and the resource and scope that precede them. */
type Group = {
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
  readonly spans: OtlpWriter;
  readonly attributes: RepeatedAttributes;
};

/**
 * Collects spans into one OTLP `ExportTraceServiceRequest`, grouped by emitter. A span is encoded when it is added,
 * so that the batch's size is known at any time and no span object is kept.
 */
export class SpanBatch {
  readonly #version: string;
  /** Tenant → service → group, of this batch and earlier ones. */
  readonly #tenants = new Map<string, Map<string, Group>>();
  #groups = 0;
  /** Groups of this batch, in the order of their first span. */
  #used: Group[] = [];
  #spans = 0;
  #sizeBytes = 0;

  /** `version` is this program's, for the scope and the resources. */
  constructor(version: string) {
    this.#version = version;
  }

  get spans(): number {
    return this.#spans;
  }

  /** Bytes `take` would return, within a few bytes per emitter. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  add(span: Span): void {
    const group = this.#groupOf(span.tenant, span.service);
    const before = group.spans.pos;
    writeSpan(group, span);
    this.#sizeBytes += group.spans.pos - before;
    if (before === 0) {
      this.#used.push(group);
      this.#sizeBytes += group.resource.length + group.scope.length;
    }
    this.#spans += 1;
  }

  /** The request, emitters in the order of their first span; the batch is empty again. */
  take(): Uint8Array {
    const request = new OtlpWriter(this.#sizeBytes + this.#used.length * GROUP_OVERHEAD_BYTES);
    for (const group of this.#used) writeGroup(request, group);
    this.#used = [];
    this.#spans = 0;
    this.#sizeBytes = 0;
    if (this.#groups > GROUPS_KEPT) {
      this.#tenants.clear();
      this.#groups = 0;
    }
    return request.finish();
  }

  #groupOf(tenant: string, service: string): Group {
    let services = this.#tenants.get(tenant);
    if (services === undefined) {
      services = new Map();
      this.#tenants.set(tenant, services);
    }
    let group = services.get(service);
    if (group === undefined) {
      group = {
        resource: encodeResource(service, tenant, this.#version),
        scope: encodeScope(this.#version),
        spans: new OtlpWriter(GROUP_CAPACITY_BYTES),
        attributes: new RepeatedAttributes(),
      };
      services.set(service, group);
      this.#groups += 1;
    }
    return group;
  }
}

/** `ExportTraceServiceRequest` bytes of these spans. */
export function encodeSpans(spans: Iterable<Span>, version: string): Uint8Array {
  const batch = new SpanBatch(version);
  for (const span of spans) batch.add(span);
  return batch.take();
}

function encodeResource(service: string, tenant: string, version: string): Uint8Array {
  const writer = new OtlpWriter(256);
  const start = writer.open(1, 128); // ResourceSpans.resource
  writeAttributes(writer, 1, resourceAttributes(service, tenant, version));
  writer.close(start, 128);
  return writer.finish();
}

function encodeScope(version: string): Uint8Array {
  const writer = new OtlpWriter(64);
  const start = writer.open(1, 0); // ScopeSpans.scope
  writer.writeStringField(1, SCOPE_NAME);
  writer.writeStringField(2, version);
  writer.close(start, 0);
  return writer.finish();
}

/** One ResourceSpans holding one ScopeSpans; every length is known, so the spans are copied once. */
function writeGroup(request: OtlpWriter, group: Group): void {
  const scopeBytes = group.scope.length + group.spans.pos;
  request.writeTag(1, 2); // ExportTraceServiceRequest.resource_spans
  request.writeVarint(group.resource.length + 1 + sizeOfVarint(scopeBytes) + scopeBytes);
  request.writeRaw(group.resource);
  request.writeTag(2, 2); // ResourceSpans.scope_spans
  request.writeVarint(scopeBytes);
  request.writeRaw(group.scope);
  request.writeRaw(group.spans.buf.subarray(0, group.spans.pos));
  group.spans.pos = 0;
  group.attributes.forget();
}

function writeSpan({ spans: writer, attributes }: Group, span: Span): void {
  const start = writer.open(2, 256); // ScopeSpans.spans
  writer.writeHexField(1, span.traceId, 16);
  writer.writeHexField(2, span.spanId, 8);
  if (span.parentSpanId !== '') writer.writeHexField(4, span.parentSpanId, 8);
  writer.writeStringField(5, span.name);
  writer.writeVarintField(6, SPAN_KIND[span.kind]);
  writer.writeNanosField(7, knownMs(span.startMs));
  writer.writeNanosField(8, endOf(span.startMs, span.endMs));
  attributes.write(writer, 9, span.attributes);
  for (const event of span.events) {
    const eventStart = writer.open(11, 64);
    writer.writeNanosField(1, knownMs(event.timeMs));
    writer.writeStringField(2, event.name);
    writeAttributes(writer, 3, event.attributes);
    writer.close(eventStart, 64);
  }
  for (const link of span.links) {
    const linkStart = writer.open(13, 64);
    writer.writeHexField(1, link.traceId, 16);
    writer.writeHexField(2, link.spanId, 8);
    writeAttributes(writer, 4, link.attributes);
    writer.close(linkStart, 64);
  }
  if (span.error !== '') {
    const statusStart = writer.open(15, span.error.length);
    writer.writeStringField(2, span.error);
    writer.writeVarintField(3, STATUS_ERROR);
    writer.close(statusStart, span.error.length);
  }
  const isInPlace = writer.close(start, 256);
  if (!isInPlace) attributes.forget();
}
