import {
  type Attributes,
  type AttributeValue,
  SPAN_KIND,
  type Span,
  type SpanEvent,
  type SpanKind,
  type SpanLink,
} from '../model/span.ts';
import { numberType, resourceAttributes, SCOPE_NAME } from './otlp-resource.ts';
import { endOf, knownMs, nanosText } from './otlp-time.ts';

// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids in hex, enums as numbers, 64-bit integers as
// decimal strings, the rest as in protobuf's own JSON mapping (so Infinity is a string, absent fields are left out).
// Written straight into text: an object per attribute costs several times as much.

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

const HEX_ID = /^[0-9a-f]+$/;
/** Names are ours and few; past this many they are quoted anew each time. */
const NAMES_KEPT = 512;

/** Spans of one emitter as text, and the resource and scope that precede them. */
type Group = { readonly head: string; text: string };

const quotedNames = new Map<string, string>();

/** Collects spans into one `ExportTraceServiceRequest` in JSON, grouped by emitter. A span is written when added. */
export class JsonBatch {
  readonly #version: string;
  /** Tenant → service → group. */
  readonly #tenants = new Map<string, Map<string, Group>>();
  /** In the order of their first span. */
  #groups: Group[] = [];
  #spans = 0;

  constructor(version: string) {
    this.#version = version;
  }

  get spans(): number {
    return this.#spans;
  }

  add(span: Span): void {
    const group = this.#groupOf(span);
    group.text += group.text === '' ? group.head : ',';
    group.text += spanText(span);
    this.#spans += 1;
  }

  /** The request as one line; the batch is empty again. */
  take(): string {
    const groups = this.#groups.map(({ text }) => `${text}]}]}`);
    this.#groups = [];
    this.#tenants.clear();
    this.#spans = 0;
    return `{"resourceSpans":[${groups.join(',')}]}`;
  }

  #groupOf({ tenant, service }: Span): Group {
    let services = this.#tenants.get(tenant);
    if (services === undefined) {
      services = new Map();
      this.#tenants.set(tenant, services);
    }
    let group = services.get(service);
    if (group === undefined) {
      group = { head: groupHead(service, tenant, this.#version), text: '' };
      services.set(service, group);
      this.#groups.push(group);
    }
    return group;
  }
}

/** The same request `encodeSpans` writes, as text. */
export function otlpJson(spans: Iterable<Span>, version: string): string {
  const batch = new JsonBatch(version);
  for (const span of spans) batch.add(span);
  return batch.take();
}

function groupHead(service: string, tenant: string, version: string): string {
  const resource = attributesText(resourceAttributes(service, tenant, version));
  const scope = JSON.stringify({ name: SCOPE_NAME, version });
  return `{"resource":{"attributes":${resource}},"scopeSpans":[{"scope":${scope},"spans":[`;
}

function spanText(span: Span): string {
  const { startMs, endMs, parentSpanId, events, links, error } = span;
  let text = `{"traceId":"${hexId(span.traceId, 32)}","spanId":"${hexId(span.spanId, 16)}"`;
  if (parentSpanId !== '') text += `,"parentSpanId":"${hexId(parentSpanId, 16)}"`;
  text += `,"name":${quoted(span.name)},"kind":${SPAN_KIND[span.kind]}`;
  text += `,"startTimeUnixNano":"${nanosText(knownMs(startMs))}","endTimeUnixNano":"${nanosText(endOf(startMs, endMs))}"`;
  text += `,"attributes":${attributesText(span.attributes)}`;
  if (events.length > 0) text += `,"events":[${events.map(eventText).join(',')}]`;
  if (links.length > 0) text += `,"links":[${links.map(linkText).join(',')}]`;
  if (error !== '') text += `,"status":{"code":2,"message":${quoted(error)}}`;
  return `${text}}`;
}

function eventText({ timeMs, name, attributes }: SpanEvent): string {
  return `{"timeUnixNano":"${nanosText(knownMs(timeMs))}","name":${quoted(name)},"attributes":${attributesText(attributes)}}`;
}

function linkText({ traceId, spanId, attributes }: SpanLink): string {
  return `{"traceId":"${hexId(traceId, 32)}","spanId":"${hexId(spanId, 16)}","attributes":${attributesText(attributes)}}`;
}

function attributesText(attributes: Attributes): string {
  let text = '';
  for (const [name, value] of attributes) {
    const written = valueText(name, value);
    if (written !== '') text += `${text === '' ? '' : ','}{"key":${quotedName(name)},"value":${written}}`;
  }
  return `[${text}]`;
}

/** '' for a number that OTLP cannot hold. */
function valueText(name: string, value: AttributeValue): string {
  switch (typeof value) {
    case 'string':
      return `{"stringValue":${quoted(value)}}`;
    case 'boolean':
      return `{"boolValue":${value}}`;
    case 'number':
      return numberText(value, numberType(name, value));
    default:
      return `{"arrayValue":{"values":[${value.map((item) => `{"stringValue":${quoted(item)}}`).join(',')}]}}`;
  }
}

function numberText(value: number, type: 'int' | 'double' | ''): string {
  switch (type) {
    case '':
      return '';
    case 'int':
      return `{"intValue":"${value}"}`;
    default:
      return `{"doubleValue":${doubleText(value)}}`;
  }
}

function doubleText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function quotedName(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const text = quoted(name);
  if (quotedNames.size < NAMES_KEPT) quotedNames.set(name, text);
  return text;
}

/** A text in JSON; half a surrogate pair becomes U+FFFD, as in protobuf. */
function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/** An id as the encoder writes it: lower case, always full length. */
function hexId(id: string, digits: number): string {
  if (id.length === digits && HEX_ID.test(id)) return id;
  return id
    .slice(0, digits)
    .replace(/[^0-9a-fA-F]/g, '0')
    .padEnd(digits, '0')
    .toLowerCase();
}
