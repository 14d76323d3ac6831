import type { Attributes } from '../model/span.ts';
import { numberType } from './otlp-resource.ts';
import { OtlpWriter, sizeOfVarint } from './otlp-writer.ts';

// `KeyValue` and `AnyValue` of opentelemetry/proto/common/v1/common.proto. Hot path: a span has some twenty of them.
// Benchmark: test/bench/encode-spans.ts.

/** Values up to this long are tried as ASCII with a length known beforehand. */
const SHORT_CHARACTERS = 64;
/** Names are ours and few; past this many they are encoded anew each time. */
const NAMES_KEPT = 512;
const NONE: Attributes = [];

const encodedNames = new Map<string, Uint8Array>();

/** `KeyValue.key` with its tag and length. */
function encodedName(name: string): Uint8Array {
  return encodedNames.get(name) ?? encodeName(name);
}

function encodeName(name: string): Uint8Array {
  const writer = new OtlpWriter(name.length * 3 + 8);
  writer.writeStringField(1, name);
  const bytes = writer.finish();
  if (encodedNames.size < NAMES_KEPT) encodedNames.set(name, bytes);
  return bytes;
}

/** Repeated `KeyValue` fields of number `tag`. Numbers that OTLP cannot hold are left out. */
export function writeAttributes(writer: OtlpWriter, tag: number, attributes: Attributes): void {
  // Pairs are read by place: taking them apart costs more than writing them.
  for (let index = 0; index < attributes.length; index += 1) {
    writeAttribute(writer, tag, attributes[index] as Attributes[number]);
  }
}

/**
 * The same for span after span into one writer. What a span shares with the one before it (session, CDN, site, content)
 * is copied from there, which is cheaper than writing it.
 */
export class RepeatedAttributes {
  #last: Attributes = NONE;
  /** Where in the writer those of the last span begin, and where each of them ends. */
  #begin = 0;
  readonly #ends: number[] = [];

  write(writer: OtlpWriter, tag: number, attributes: Attributes): void {
    const last = this.#last;
    const ends = this.#ends;
    // Where a run of those that are the same began and ended in the last span.
    let runBegin = this.#begin;
    let runEnd = runBegin;
    this.#begin = writer.pos;
    for (let index = 0; index < attributes.length; index += 1) {
      const pair = attributes[index] as Attributes[number];
      const before = last[index];
      const lastEnd = ends[index] as number;
      if (before !== undefined && before[0] === pair[0] && Object.is(before[1], pair[1])) {
        runEnd = lastEnd;
        ends[index] = writer.pos + runEnd - runBegin;
        continue;
      }
      if (runEnd > runBegin) writer.repeat(runBegin, runEnd);
      writeAttribute(writer, tag, pair);
      runBegin = lastEnd;
      runEnd = lastEnd;
      ends[index] = writer.pos;
    }
    if (runEnd > runBegin) writer.repeat(runBegin, runEnd);
    this.#last = attributes;
  }

  /** The writer begins anew, or what is in it was moved. */
  forget(): void {
    this.#last = NONE;
  }
}

function writeAttribute(writer: OtlpWriter, tag: number, pair: Attributes[number]): void {
  const name = pair[0];
  const value = pair[1];
  const key = encodedName(name);
  switch (typeof value) {
    case 'string':
      writeText(writer, tag, key, value);
      break;
    case 'number':
      writeNumber(writer, tag, name, key, value);
      break;
    case 'boolean':
      writer.openPair(tag, key, 2);
      writer.writeBooleanField(2, value);
      break;
    default:
      writeList(writer, tag, key, value);
  }
}

function writeText(writer: OtlpWriter, tag: number, key: Uint8Array, value: string): void {
  const { length } = value;
  if (length <= SHORT_CHARACTERS) {
    const before = writer.pos;
    writer.openPair(tag, key, length + 2);
    if (writer.writeAsciiField(1, value)) return;
    writer.pos = before;
  }
  const expected = key.length + length + 8;
  const start = writer.open(tag, expected);
  writer.writeRaw(key);
  const valueStart = writer.open(2, length + 2);
  writer.writeStringField(1, value);
  writer.close(valueStart, length + 2);
  writer.close(start, expected);
}

function writeNumber(writer: OtlpWriter, tag: number, name: string, key: Uint8Array, value: number): void {
  const type = numberType(name, value);
  if (type === '') return;
  if (type === 'double') {
    writer.openPair(tag, key, 9);
    writer.writeDoubleField(4, value);
    return;
  }
  // int64: a negative number always takes ten bytes.
  writer.openPair(tag, key, 1 + (value < 0 ? 10 : sizeOfVarint(value)));
  writer.writeVarintField(3, value);
}

function writeList(writer: OtlpWriter, tag: number, key: Uint8Array, values: readonly string[]): void {
  const start = writer.open(tag, 64);
  writer.writeRaw(key);
  const valueStart = writer.open(2, 64);
  const arrayStart = writer.open(5, 64); // AnyValue.array_value
  for (const value of values) {
    const itemStart = writer.open(1, value.length + 2);
    writer.writeStringField(1, value);
    writer.close(itemStart, value.length + 2);
  }
  writer.close(arrayStart, 64);
  writer.close(valueStart, 64);
  writer.close(start, 64);
}
