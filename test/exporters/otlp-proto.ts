import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import type { OtlpJsonAttribute, OtlpJsonRequest, OtlpJsonValue } from '../../collector/exporters/otlp-json.ts';

// The oracle: the official .proto files read by a protobuf library, not by our own code.
const FOLDER = fileURLToPath(new URL('../fixtures/opentelemetry-proto/', import.meta.url));
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => `${FOLDER}${target}`;
root.loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto');

export const ExportRequest = root.lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest');
export const ExportResponse = root.lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse');

type Decoded = { readonly [field: string]: Decoded | readonly Decoded[] | string | number | boolean | Uint8Array };

/** What a request's bytes say, in the JSON form; a missing field gets protobuf's default. */
export function decodeRequest(bytes: Uint8Array): OtlpJsonRequest {
  const message = ExportRequest.decode(bytes);
  const object: Decoded = ExportRequest.toObject(message, { longs: String });
  return {
    resourceSpans: list(object, 'resourceSpans').map((group) => {
      const [scopeSpans, ...more] = list(group, 'scopeSpans');
      if (scopeSpans === undefined || more.length > 0) throw new Error('expected one scope');
      const scope = child(scopeSpans, 'scope');
      return {
        resource: { attributes: attributes(child(group, 'resource')) },
        scopeSpans: [
          {
            scope: { name: text(scope, 'name'), version: text(scope, 'version') },
            spans: list(scopeSpans, 'spans').map(span),
          },
        ],
      };
    }),
  };
}

type JsonSpan = OtlpJsonRequest['resourceSpans'][number]['scopeSpans'][0]['spans'][number];

function span(object: Decoded): JsonSpan {
  const events = list(object, 'events').map((event) => ({
    timeUnixNano: text(event, 'timeUnixNano', '0'),
    name: text(event, 'name'),
    attributes: attributes(event),
  }));
  const links = list(object, 'links').map((link) => ({
    traceId: hex(link, 'traceId'),
    spanId: hex(link, 'spanId'),
    attributes: attributes(link),
  }));
  return {
    traceId: hex(object, 'traceId'),
    spanId: hex(object, 'spanId'),
    ...('parentSpanId' in object ? { parentSpanId: hex(object, 'parentSpanId') } : {}),
    name: text(object, 'name'),
    kind: kindOf(object.kind),
    startTimeUnixNano: text(object, 'startTimeUnixNano', '0'),
    endTimeUnixNano: text(object, 'endTimeUnixNano', '0'),
    attributes: attributes(object),
    ...(events.length > 0 ? { events } : {}),
    ...(links.length > 0 ? { links } : {}),
    ...('status' in object ? { status: statusOf(child(object, 'status')) } : {}),
  };
}

function statusOf(object: Decoded): { code: 2; message: string } {
  if (object.code !== 2) throw new Error(`status code ${String(object.code)}`);
  return { code: 2, message: text(object, 'message') };
}

function kindOf(value: unknown): 1 | 2 | 3 {
  if (value === 1 || value === 2 || value === 3) return value;
  throw new Error(`span kind ${String(value)}`);
}

function attributes(object: Decoded): OtlpJsonAttribute[] {
  return list(object, 'attributes').map((pair) => ({ key: text(pair, 'key'), value: anyValue(child(pair, 'value')) }));
}

function anyValue(value: Decoded): OtlpJsonValue {
  if (typeof value.stringValue === 'string') return { stringValue: value.stringValue };
  if (typeof value.boolValue === 'boolean') return { boolValue: value.boolValue };
  if (typeof value.intValue === 'string') return { intValue: value.intValue };
  if (typeof value.doubleValue === 'number') {
    const number = value.doubleValue;
    if (Number.isFinite(number)) return { doubleValue: number };
    return { doubleValue: number > 0 ? 'Infinity' : '-Infinity' };
  }
  return { arrayValue: { values: list(child(value, 'arrayValue'), 'values').map(anyValue) } };
}

function list(object: Decoded, field: string): readonly Decoded[] {
  const value = object[field];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error(`${field} is not a list`);
  return value;
}

function child(object: Decoded, field: string): Decoded {
  const value = object[field];
  if (typeof value !== 'object' || Array.isArray(value) || value instanceof Uint8Array) {
    throw new Error(`${field} is missing`);
  }
  return value as Decoded;
}

function text(object: Decoded, field: string, absent = ''): string {
  const value = object[field] ?? absent;
  if (typeof value !== 'string') throw new Error(`${field} is not text`);
  return value;
}

function hex(object: Decoded, field: string): string {
  const value = object[field];
  if (!(value instanceof Uint8Array)) throw new Error(`${field} is not bytes`);
  return Buffer.from(value).toString('hex');
}
