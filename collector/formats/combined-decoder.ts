import type { Event } from '../model/event.ts';
import type { Delivery } from '../model/source.ts';
import type { Decoded, FormatSettings, LineDecoder } from './format.ts';
import { type CombinedExtra, type CombinedLayout, readCombined } from './parse/combined-line.ts';
import { lineEnd, lineProblem, lineStart } from './parse/line.ts';
import { SERVER_COLUMN, type ServerKind, ServerRecord } from './server-record.ts';

/** Decoder of combined lines with extra fields behind the user agent. */
export class CombinedDecoder implements LineDecoder {
  readonly #record: ServerRecord;
  readonly #layout: CombinedLayout;

  /** `extras` as the operator's log format has them: `rt=$request_time`, `"$upstream_status"`, `%D`. */
  constructor(
    settings: FormatSettings,
    kind: ServerKind,
    extras: readonly string[],
    columnOf: (variable: string) => number,
  ) {
    const parsed = extras.map((extra) => parseExtra(extra, columnOf));
    this.#record = new ServerRecord(settings, kind);
    this.#layout = {
      address: SERVER_COLUMN.address,
      time: SERVER_COLUMN.timeLocal,
      request: SERVER_COLUMN.request,
      status: SERVER_COLUMN.status,
      bodyBytes: SERVER_COLUMN.bodyBytes,
      referrer: SERVER_COLUMN.referrer,
      userAgent: SERVER_COLUMN.userAgent,
      extras: parsed,
    };
  }

  beginDelivery(): void {
    this.#record.fingerprint.beginDelivery();
  }

  decode(bytes: Uint8Array, start: number, end: number, delivery: Delivery, emit: (event: Event) => void): Decoded {
    const to = lineEnd(bytes, start, end);
    const from = lineStart(bytes, start, to);
    const problem = lineProblem(from, to);
    if (problem !== '') return problem;
    const { columns, report } = this.#record;
    columns.begin(bytes, to - from);
    if (!readCombined(columns, from, to, this.#layout)) return 'too_few_fields';
    const decoded = this.#record.fill(from, to, delivery);
    if (decoded === '') emit(report);
    return decoded;
  }
}

/** `label=variable` or `variable`, with or without quotes. Variables nobody needs get column -1. */
function parseExtra(text: string, columnOf: (variable: string) => number): CombinedExtra {
  const plain = text.replaceAll('"', '').trim();
  const variableStart = plain.search(/[$%]/);
  const equals = plain.lastIndexOf('=', variableStart < 0 ? undefined : variableStart);
  const variable = plain.slice(equals + 1);
  return { label: equals > 0 ? plain.slice(0, equals) : '', column: columnOf(variable) };
}
