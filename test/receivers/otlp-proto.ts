import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

/** The official definitions, read by a library that is not ours: the oracle of our decoders. */
const root = new protobuf.Root();
const folder = fileURLToPath(new URL('../fixtures/opentelemetry-proto/', import.meta.url));
root.resolvePath = (_origin, target) => folder + target;
root.loadSync([
  'opentelemetry/proto/collector/trace/v1/trace_service.proto',
  'opentelemetry/proto/collector/logs/v1/logs_service.proto',
]);

export const traceRequest = root.lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest');
export const traceResponse = root.lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse');
export const logsRequest = root.lookupType('opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest');
export const logsResponse = root.lookupType('opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse');

/** OTLP/JSON (hex ids) as protobuf. The library takes ids as bytes and long integers as text. */
export function encode(type: protobuf.Type, json: object): Uint8Array<ArrayBuffer> {
  return new Uint8Array(type.encode(type.fromObject(withBytes(json) as object)).finish());
}

const ID_NAMES = new Set(['traceId', 'spanId', 'parentSpanId']);

function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      ID_NAMES.has(name) && typeof entry === 'string' ? Buffer.from(entry, 'hex') : withBytes(entry),
    ]),
  );
}
