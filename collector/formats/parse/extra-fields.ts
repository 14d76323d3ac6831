import type { RequestReport } from '../../model/request.ts';
import type { Columns } from './columns.ts';
import { quoted, skipSpaces, word } from './combined-line.ts';
import type { FieldNames } from './field-names.ts';

const QUOTE = 0x22;
const EQUALS = 0x3d;
const LONGEST_LABEL = 64;

/** How a field of Apache counts its time: seconds are nginx's way already. */
const UNITS = new Map([
  ['%D', 1e-6],
  ['%{us}T', 1e-6],
  ['%{ms}T', 1e-3],
  ['%T', 1],
]);

/**
 * Fields behind a combined line, as the operator's log format appends them: `label=$variable` is found by its label
 * wherever it stands, `$variable` by its place. Variables nobody needs are skipped.
 */
export class ExtraFields {
  readonly #labels = new Map<string, number>();
  readonly #places: number[] = [];
  readonly #timeColumn: number;
  #timeUnit = 1;

  constructor(fields: readonly string[], names: FieldNames, timeColumn: number) {
    this.#timeColumn = timeColumn;
    for (const field of fields) {
      const at = field.search(/[=]/);
      const label = at < 0 ? '' : field.slice(0, at);
      const variable = field.slice(at + 1).replaceAll('"', '');
      const unit = UNITS.get(variable);
      if (unit !== undefined) this.#timeUnit = unit;
      const column =
        unit === undefined ? names.of(variable.replace(/^\$|^%\{|\}[a-z]?$/gi, '').toLowerCase()) : timeColumn;
      if (label === '') this.#places.push(column);
      else this.#labels.set(label, column);
    }
  }

  /** Reads what stands behind the head of a line. Broken extras leave the head as it is. */
  read(columns: Columns, start: number, end: number): void {
    const { bytes } = columns.line;
    let place = 0;
    for (let at = skipSpaces(bytes, start, end); at >= 0 && at < end; at = skipSpaces(bytes, at, end)) {
      const equals = labelEnd(bytes, at, end);
      const label = equals < 0 ? undefined : this.#labels.get(columns.line.text(at, equals));
      const valueStart = label === undefined ? at : equals + 1;
      const column = this.#column(label ?? this.#places[place++], columns);
      if (bytes[valueStart] === QUOTE) at = quoted(columns, column, valueStart, end);
      else if (valueStart < end && bytes[valueStart] !== 0x20) at = word(columns, column, valueStart, end);
      else at = valueStart;
    }
  }

  /** Apache's own units of time, once the report is filled. */
  finish(columns: Columns, report: RequestReport): void {
    if (this.#timeUnit !== 1 && columns.has(this.#timeColumn)) report.durationMs *= this.#timeUnit;
  }

  #column(known: number | undefined, columns: Columns): number {
    return known === undefined || known < 0 ? columns.unused : known;
  }
}

function labelEnd(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + LONGEST_LABEL);
  for (let i = start; i < limit; i++) {
    if (bytes[i] === EQUALS) return i;
    if (bytes[i]! <= 0x20 || bytes[i] === QUOTE) return -1;
  }
  return -1;
}
