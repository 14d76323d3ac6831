// https://github.com/open-telemetry/opentelemetry-proto: collector/{trace,logs}/v1, trace/v1, logs/v1, common/v1.
import { PbfReader } from 'pbf';
import type { OtlpBatch, OtlpBatches, OtlpEvent, OtlpLog, OtlpMap, OtlpSpan, OtlpValue } from './otlp-record.ts';
import { MAX_VALUE_DEPTH, msOfNanoseconds } from './otlp-record.ts';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

class MalformedError extends Error {}

/** Spans of an ExportTraceServiceRequest. */
export function spansOfProtobuf(bytes: Uint8Array): OtlpBatches<OtlpSpan> {
  return batchesOf(bytes, readSpan);
}

/** Records of an ExportLogsServiceRequest. */
export function logsOfProtobuf(bytes: Uint8Array): OtlpBatches<OtlpLog> {
  return batchesOf(bytes, readLog);
}

type ReadRecord<T> = (reader: PbfReader, end: number) => T;

/** Traces and logs nest alike: request 1 → resource 1 and scopes 2 → records 2. */
function batchesOf<T>(bytes: Uint8Array, readRecord: ReadRecord<T>): OtlpBatches<T> {
  const reader = new PbfReader(bytes);
  const batches: OtlpBatch<T>[] = [];
  try {
    eachField(reader, bytes.length, (field) => {
      if (field === 1 && reader.type === BYTES)
        batches.push(readResource(reader, nested(reader, bytes.length), readRecord));
    });
  } catch {
    // The reader throws on truncated and impossible fields: RangeError, MalformedError, its own Error.
    return null;
  }
  return batches;
}

function readResource<T>(reader: PbfReader, end: number, readRecord: ReadRecord<T>): OtlpBatch<T> {
  const resource = new Map<string, OtlpValue>();
  const records: T[] = [];
  eachField(reader, end, (field) => {
    if (reader.type !== BYTES) return;
    if (field === 1) {
      eachField(reader, nested(reader, end), (inner, innerEnd) => {
        if (inner === 1 && reader.type === BYTES) readAttribute(reader, nested(reader, innerEnd), resource, 0);
      });
    } else if (field === 2) {
      eachField(reader, nested(reader, end), (inner, innerEnd) => {
        if (inner === 2 && reader.type === BYTES) records.push(readRecord(reader, nested(reader, innerEnd)));
      });
    }
  });
  return { resource, records, malformed: 0 };
}

function readSpan(reader: PbfReader, end: number): OtlpSpan {
  let [traceId, spanId, name, statusMessage] = ['', '', '', ''];
  let [kind, startMs, endMs] = [0, Number.NaN, Number.NaN];
  let isError = false;
  const attributes = new Map<string, OtlpValue>();
  const events: OtlpEvent[] = [];
  eachField(reader, end, (field) => {
    const { type } = reader;
    if (field === 1 && type === BYTES) traceId = readHex(reader, end, 16);
    else if (field === 2 && type === BYTES) spanId = readHex(reader, end, 8);
    else if (field === 5 && type === BYTES) name = readText(reader, end);
    else if (field === 6 && type === VARINT) kind = reader.readVarint();
    else if (field === 7 && type === FIXED64) startMs = readTime(reader);
    else if (field === 8 && type === FIXED64) endMs = readTime(reader);
    else if (field === 9 && type === BYTES) readAttribute(reader, nested(reader, end), attributes, 0);
    else if (field === 11 && type === BYTES) events.push(readEvent(reader, nested(reader, end)));
    else if (field === 15 && type === BYTES) {
      eachField(reader, nested(reader, end), (inner, innerEnd) => {
        if (inner === 2 && reader.type === BYTES) statusMessage = readText(reader, innerEnd);
        else if (inner === 3 && reader.type === VARINT) isError = reader.readVarint() === 2;
      });
    }
  });
  return { traceId, spanId, name, kind, startMs, endMs, attributes, events, isError, statusMessage };
}

function readEvent(reader: PbfReader, end: number): OtlpEvent {
  let name = '';
  let timeMs = Number.NaN;
  const attributes = new Map<string, OtlpValue>();
  eachField(reader, end, (field) => {
    if (field === 1 && reader.type === FIXED64) timeMs = readTime(reader);
    else if (field === 2 && reader.type === BYTES) name = readText(reader, end);
    else if (field === 3 && reader.type === BYTES) readAttribute(reader, nested(reader, end), attributes, 0);
  });
  return { name, timeMs, attributes };
}

function readLog(reader: PbfReader, end: number): OtlpLog {
  let [timeMs, observedMs] = [Number.NaN, Number.NaN];
  let [eventName, traceId, spanId] = ['', '', ''];
  let body: OtlpValue | null = null;
  const attributes = new Map<string, OtlpValue>();
  eachField(reader, end, (field) => {
    const { type } = reader;
    if (field === 1 && type === FIXED64) timeMs = readTime(reader);
    else if (field === 11 && type === FIXED64) observedMs = readTime(reader);
    else if (field === 5 && type === BYTES) body = readValue(reader, nested(reader, end), 0);
    else if (field === 6 && type === BYTES) readAttribute(reader, nested(reader, end), attributes, 0);
    else if (field === 9 && type === BYTES) traceId = readHex(reader, end, 16);
    else if (field === 10 && type === BYTES) spanId = readHex(reader, end, 8);
    else if (field === 12 && type === BYTES) eventName = readText(reader, end);
  });
  return { timeMs: timeMs > 0 ? timeMs : observedMs, eventName, body, attributes, traceId, spanId };
}

function readAttribute(reader: PbfReader, end: number, into: Map<string, OtlpValue>, depth: number): void {
  let key = '';
  let value: OtlpValue | null = null;
  eachField(reader, end, (field) => {
    if (field === 1 && reader.type === BYTES) key = readText(reader, end);
    else if (field === 2 && reader.type === BYTES) value = readValue(reader, nested(reader, end), depth);
  });
  if (key !== '' && value !== null) into.set(key, value);
}

function readValue(reader: PbfReader, end: number, depth: number): OtlpValue | null {
  let value: OtlpValue | null = null;
  eachField(reader, end, (field) => {
    const { type } = reader;
    if (field === 1 && type === BYTES) value = readText(reader, end);
    else if (field === 2 && type === VARINT) value = reader.readBoolean();
    else if (field === 3 && type === VARINT) value = reader.readVarint(true);
    else if (field === 4 && type === FIXED64) value = reader.readDouble();
    else if (field === 5 && type === BYTES) value = readList(reader, nested(reader, end), depth + 1);
    else if (field === 6 && type === BYTES) value = readMap(reader, nested(reader, end), depth + 1);
    else if (field === 7 && type === BYTES) value = readBytes(reader, end);
  });
  return value;
}

function readList(reader: PbfReader, end: number, depth: number): readonly OtlpValue[] {
  const values: OtlpValue[] = [];
  eachField(reader, end, (field) => {
    if (field !== 1 || reader.type !== BYTES || depth > MAX_VALUE_DEPTH) return;
    const value = readValue(reader, nested(reader, end), depth);
    if (value !== null) values.push(value);
  });
  return values;
}

function readMap(reader: PbfReader, end: number, depth: number): OtlpMap {
  const map = new Map<string, OtlpValue>();
  eachField(reader, end, (field) => {
    if (field === 1 && reader.type === BYTES && depth <= MAX_VALUE_DEPTH) {
      readAttribute(reader, nested(reader, end), map, depth);
    }
  });
  return map;
}

/** A field the visitor leaves alone is skipped. The message must end where its length says. */
function eachField(reader: PbfReader, end: number, visit: (field: number, end: number) => void): void {
  for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) visit(field, end);
  if (reader.pos !== end) throw new MalformedError();
}

/** End of a length-delimited value; what reaches beyond its parent is malformed. */
function nested(reader: PbfReader, end: number): number {
  const length = reader.readVarint();
  const stop = reader.pos + length;
  if (!(stop <= end)) throw new MalformedError();
  return stop;
}

function readBytes(reader: PbfReader, end: number): Uint8Array {
  const stop = nested(reader, end);
  const bytes = reader.buf.slice(reader.pos, stop);
  reader.pos = stop;
  return bytes;
}

function readText(reader: PbfReader, end: number): string {
  const stop = nested(reader, end);
  const { buf } = reader;
  const text = Buffer.from(buf.buffer, buf.byteOffset + reader.pos, stop - reader.pos).toString('utf8');
  reader.pos = stop;
  return text;
}

/** An id of a fixed length as hex; any other length is no id. All zero is "absent" in OTLP. */
function readHex(reader: PbfReader, end: number, length: number): string {
  const bytes = readBytes(reader, end);
  if (bytes.length !== length || bytes.every((byte) => byte === 0)) return '';
  return Buffer.from(bytes).toString('hex');
}

function readTime(reader: PbfReader): number {
  return msOfNanoseconds(reader.readFixed64());
}
