import type { Columns } from './columns.ts';
import { FieldNames } from './field-names.ts';
import { JsonShape } from './json-shape.ts';
import { quotedEnd } from './quoted-end.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LOWER_N = 0x6e;

/** Nesting that any access log needs; deeper is skipped as one value. */
const DEEPEST = 64;
/** Levels of objects that are read and not skipped. */
const DEEPEST_READ = 2;

/** Why `read` refused: JSON of another shape, or none at all. */
export function jsonProblem(bytes: Uint8Array, start: number): 'not_object' | 'not_json' {
  return bytes[start] === OPEN_ARRAY || bytes[start] === QUOTE ? 'not_object' : 'not_json';
}

/**
 * Reads one JSON object into columns without building it: names are looked up by bytes, values stay ranges, so no
 * number loses digits (Cloudflare's nanoseconds do not fit a double) and a `\x22` of nginx is no syntax error.
 * Objects under a name in `nested` are read as if their fields stood in the record itself; others are skipped.
 * HOT PATH: runs for every JSON line. Bench: test/bench/decode.ts.
 */
export class JsonFields {
  readonly #names: FieldNames;
  readonly #nested: FieldNames;
  readonly #shape = new JsonShape();
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #end = 0;
  #isEscaped = false;

  constructor(names: FieldNames, nested: readonly string[] = []) {
    this.#names = names;
    this.#nested = new FieldNames(nested);
  }

  /** False when the range is not one JSON object. `columns` was begun with the same bytes. */
  read(columns: Columns, start: number, end: number): boolean {
    this.#bytes = columns.line.bytes;
    this.#view = columns.line.view;
    this.#end = end;
    const i = this.#skipSpace(start);
    if (this.#bytes[i] !== OPEN || i >= end) return false;
    const after = this.#object(columns, i, 0);
    return after >= 0 && this.#skipSpace(after) === end;
  }

  /** Position after the object that opens at `at`, -1 when it is broken. */
  #object(columns: Columns, at: number, depth: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let i = this.#skipSpace(at + 1);
    if (i < end && bytes[i] === CLOSE) return i + 1;
    for (let index = 0; ; index++) {
      const keyStart = i;
      let column: number;
      let isNested = false;
      // Only the record itself has a shape: what is nested in it is read rarely.
      const known = depth === 0 ? this.#shape.match(index, this.#view, i, end) : 0;
      if (known > 0) {
        i = this.#skipSpace(i + known);
        column = this.#shape.column(index);
      } else {
        if (i >= end || bytes[i] !== QUOTE) return -1;
        i = this.#string(i);
        if (i < 0) return -1;
        column = this.#names.at(columns.line, keyStart + 1, i - 1);
        isNested = this.#nested.at(columns.line, keyStart + 1, i - 1) >= 0;
        i = this.#skipSpace(i);
        if (i >= end || bytes[i] !== COLON) return -1;
        i = this.#skipSpace(i + 1);
        // A key whose object is read must be recognised each time, whatever its value was.
        if (depth === 0) this.#shape.remember(index, bytes, keyStart, isNested ? keyStart : i, column);
      }
      if (i >= end) return -1;
      const first = bytes[i]!;
      if (first === QUOTE) {
        const valueStart = i + 1;
        i = this.#string(i);
        if (i < 0) return -1;
        if (column >= 0) {
          if (this.#isEscaped) columns.setEscaped(column, valueStart, i - 1);
          else columns.set(column, valueStart, i - 1);
        }
      } else if (first === OPEN && isNested && depth < DEEPEST_READ) i = this.#object(columns, i, depth + 1);
      else if (first === OPEN || first === OPEN_ARRAY) i = this.#skipNested(i);
      else {
        const valueStart = i;
        while (i < end && bytes[i] !== COMMA && bytes[i] !== CLOSE && bytes[i]! > 0x20) i++;
        if (i === valueStart) return -1;
        // `null` is absent.
        if (column >= 0 && first !== LOWER_N) columns.set(column, valueStart, i);
      }
      if (i < 0) return -1;
      i = this.#skipSpace(i);
      if (i >= end) return -1;
      if (bytes[i] === CLOSE) return i + 1;
      if (bytes[i] !== COMMA) return -1;
      i = this.#skipSpace(i + 1);
    }
  }

  /** Position after the string whose quote is at `at`. */
  #string(at: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    this.#isEscaped = false;
    for (let i = at + 1; ; i += 2) {
      i = quotedEnd(bytes, this.#view, i, end);
      if (i >= end) return -1;
      if (bytes[i] === QUOTE) return i + 1;
      this.#isEscaped = true;
    }
  }

  #skipNested(at: number): number {
    const bytes = this.#bytes;
    let depth = 0;
    for (let i = at; i < this.#end; ) {
      const byte = bytes[i]!;
      if (byte === QUOTE) {
        i = this.#string(i);
        if (i < 0) return -1;
        continue;
      }
      i++;
      if (byte === OPEN || byte === OPEN_ARRAY) {
        if (++depth > DEEPEST) return -1;
      } else if ((byte === CLOSE || byte === CLOSE_ARRAY) && --depth === 0) return i;
    }
    return -1;
  }

  #skipSpace(at: number): number {
    let i = at;
    while (i < this.#end && this.#bytes[i]! <= 0x20) i++;
    return i;
  }
}
