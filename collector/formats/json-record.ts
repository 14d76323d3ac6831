import type { Event } from '../model/event.ts';
import { RequestReport } from '../model/request.ts';
import type { Delivery } from '../model/source.ts';
import { UrlScrubber } from '../privacy/scrub.ts';
import type { Decoded, FormatSettings, LineDecoder } from './format.ts';
import { Columns } from './parse/columns.ts';
import type { FieldNames } from './parse/field-names.ts';
import { RecordFingerprint } from './parse/fingerprint.ts';
import { JsonFields, jsonProblem } from './parse/json-fields.ts';
import { lineEnd, lineProblem, lineStart } from './parse/line.ts';
import { UrlReader } from './parse/url-reader.ts';

/** What a format whose lines are JSON objects works with: the columns it named, and the report it fills. */
export type JsonRecord = {
  readonly columns: Columns;
  readonly report: RequestReport;
  readonly urls: UrlReader;
  readonly fingerprint: RecordFingerprint;
  readonly settings: FormatSettings;
};

/** Fills the report from the columns; `start` and `end` are the line. */
export type FillRecord = (record: JsonRecord, delivery: Delivery, start: number, end: number) => Decoded;

const OPEN_BRACE = 0x7b;
/** A syslog header is shorter than this. */
const LONGEST_PREFIX_BYTES = 256;

/** Decoder of one JSON object a line, with whatever a syslog sender puts in front of it. */
export class JsonRecordDecoder implements LineDecoder {
  readonly #fields: JsonFields;
  readonly #record: JsonRecord;
  readonly #fill: FillRecord;

  constructor(settings: FormatSettings, names: FieldNames, nested: readonly string[], fill: FillRecord) {
    this.#fields = new JsonFields(names, nested);
    this.#fill = fill;
    this.#record = {
      columns: new Columns(names.count),
      report: new RequestReport(),
      urls: new UrlReader(settings.sessionPattern, new UrlScrubber(settings.secrets)),
      fingerprint: new RecordFingerprint(),
      settings,
    };
  }

  beginDelivery(): void {
    this.#record.fingerprint.beginDelivery();
  }

  decode(bytes: Uint8Array, start: number, end: number, delivery: Delivery, emit: (event: Event) => void): Decoded {
    const to = lineEnd(bytes, start, end);
    let from = lineStart(bytes, start, to);
    const problem = lineProblem(from, to);
    if (problem !== '') return problem;
    if (bytes[from] !== OPEN_BRACE) {
      const brace = bytes.subarray(from, Math.min(to, from + LONGEST_PREFIX_BYTES)).indexOf(OPEN_BRACE);
      if (brace < 0) return jsonProblem(bytes, from);
      from += brace;
    }
    const { columns, report } = this.#record;
    columns.begin(bytes, to - from);
    if (!this.#fields.read(columns, from, to)) return 'not_json';
    report.clear();
    report.source = delivery.source;
    report.receivedMs = delivery.receivedMs;
    const decoded = this.#fill(this.#record, delivery, from, to);
    if (decoded === '') emit(report);
    return decoded;
  }
}
