// OTLP/JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. Ids are hex, 64-bit integers come as
// text or number, unknown fields are ignored. Names are camelCase; snake_case of older exporters is read as well.
import { isRecord } from './fields.ts';
import type { OtlpBatch, OtlpBatches, OtlpEvent, OtlpLog, OtlpMap, OtlpSpan, OtlpValue } from './otlp-record.ts';
import { MAX_VALUE_DEPTH, msOfNanoseconds } from './otlp-record.ts';

type Json = Readonly<Record<string, unknown>>;

const SPAN_KINDS: Readonly<Record<string, number>> = {
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
};

/** Filled with the field names this file asks for, never with names from a body. */
const SNAKE_NAMES = new Map<string, string>();

/** Spans of a parsed ExportTraceServiceRequest, also that inside a Faro payload. */
export function spansOfJson(request: unknown): OtlpBatches<OtlpSpan> {
  return batchesOf(request, 'resourceSpans', 'scopeSpans', 'spans', readSpan);
}

/** Records of a parsed ExportLogsServiceRequest. */
export function logsOfJson(request: unknown): OtlpBatches<OtlpLog> {
  return batchesOf(request, 'resourceLogs', 'scopeLogs', 'logRecords', readLog);
}

function batchesOf<T>(
  request: unknown,
  resourceName: string,
  scopeName: string,
  recordName: string,
  read: (record: Json) => T,
): OtlpBatches<T> {
  if (!isRecord(request)) return null;
  const resources = member(request, resourceName);
  if (resources !== undefined && !Array.isArray(resources)) return null;
  return listOf(resources).map((entry): OtlpBatch<T> => {
    const group = isRecord(entry) ? entry : {};
    const resource = member(group, 'resource');
    const records: T[] = [];
    let malformed = 0;
    for (const scope of listOf(member(group, scopeName))) {
      for (const record of listOf(isRecord(scope) ? member(scope, recordName) : undefined)) {
        if (isRecord(record)) records.push(read(record));
        else malformed += 1;
      }
    }
    return { resource: attributesOf(isRecord(resource) ? resource : {}), records, malformed };
  });
}

function readSpan(span: Json): OtlpSpan {
  const status = member(span, 'status');
  const code = isRecord(status) ? member(status, 'code') : undefined;
  const kind = member(span, 'kind');
  return {
    traceId: hexOf(member(span, 'traceId'), 32),
    spanId: hexOf(member(span, 'spanId'), 16),
    name: textOf(member(span, 'name')),
    kind: typeof kind === 'string' && Object.hasOwn(SPAN_KINDS, kind) ? (SPAN_KINDS[kind] ?? 0) : wholeOf(kind),
    startMs: timeOf(member(span, 'startTimeUnixNano')),
    endMs: timeOf(member(span, 'endTimeUnixNano')),
    attributes: attributesOf(span),
    events: listOf(member(span, 'events')).filter(isRecord).map(readEvent),
    isError: code === 'STATUS_CODE_ERROR' || wholeOf(code) === 2,
    statusMessage: isRecord(status) ? textOf(member(status, 'message')) : '',
  };
}

function readEvent(event: Json): OtlpEvent {
  return {
    name: textOf(member(event, 'name')),
    timeMs: timeOf(member(event, 'timeUnixNano')),
    attributes: attributesOf(event),
  };
}

function readLog(log: Json): OtlpLog {
  const timeMs = timeOf(member(log, 'timeUnixNano'));
  return {
    timeMs: timeMs > 0 ? timeMs : timeOf(member(log, 'observedTimeUnixNano')),
    eventName: textOf(member(log, 'eventName')),
    body: anyValue(member(log, 'body'), 0),
    attributes: attributesOf(log),
    traceId: hexOf(member(log, 'traceId'), 32),
    spanId: hexOf(member(log, 'spanId'), 16),
  };
}

function attributesOf(owner: Json): OtlpMap {
  return pairsOf(member(owner, 'attributes'), 0);
}

function pairsOf(pairs: unknown, depth: number): OtlpMap {
  const map = new Map<string, OtlpValue>();
  for (const pair of listOf(pairs)) {
    if (!isRecord(pair)) continue;
    const key = textOf(member(pair, 'key'));
    const value = anyValue(member(pair, 'value'), depth);
    if (key !== '' && value !== null) map.set(key, value);
  }
  return map;
}

function anyValue(any: unknown, depth: number): OtlpValue | null {
  if (!isRecord(any)) return null;
  const text = member(any, 'stringValue');
  if (typeof text === 'string') return text;
  const flag = member(any, 'boolValue');
  if (typeof flag === 'boolean') return flag;
  for (const name of ['intValue', 'doubleValue']) {
    const value = member(any, name);
    if (typeof value === 'number') return value;
    if (typeof value === 'string' && value !== '') return Number(value);
  }
  const bytes = member(any, 'bytesValue');
  if (typeof bytes === 'string') return new Uint8Array(Buffer.from(bytes, 'base64'));
  const list = member(any, 'arrayValue');
  if (isRecord(list)) {
    if (depth >= MAX_VALUE_DEPTH) return [];
    return listOf(member(list, 'values'))
      .map((value) => anyValue(value, depth + 1))
      .filter((value) => value !== null);
  }
  const pairs = member(any, 'kvlistValue');
  if (isRecord(pairs)) return depth >= MAX_VALUE_DEPTH ? new Map() : pairsOf(member(pairs, 'values'), depth + 1);
  return null;
}

/** An own member by its camelCase name or the snake_case of it. */
function member(object: Json, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  let snake = SNAKE_NAMES.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    SNAKE_NAMES.set(name, snake);
  }
  return Object.hasOwn(object, snake) ? object[snake] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function wholeOf(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : 0;
}

function timeOf(value: unknown): number {
  const nanoseconds = typeof value === 'string' ? Number(value) : value;
  return typeof nanoseconds === 'number' ? msOfNanoseconds(nanoseconds) : Number.NaN;
}

function hexOf(value: unknown, length: number): string {
  if (typeof value !== 'string' || value.length !== length) return '';
  return /^[0-9a-f]+$/i.test(value) && !/^0+$/.test(value) ? value.toLowerCase() : '';
}
