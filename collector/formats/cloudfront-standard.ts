import type { Event } from '../model/event.ts';
import type { Delivery } from '../model/source.ts';
import { CLOUDFRONT_FIELDS } from './cloudfront-columns.ts';
import { CloudFrontRecord } from './cloudfront-record.ts';
import type { Decoded, Format, FormatSettings, LineDecoder } from './format.ts';
import type { DelimitedFields } from './parse/delimited.ts';
import { JsonFields, jsonProblem } from './parse/json-fields.ts';
import { lineEnd, lineProblem, lineStart } from './parse/line.ts';

const TAB = 0x09;
const SPACE = 0x20;
const HASH = 0x23;
const OPEN_BRACE = 0x7b;
const LONGEST_HEADER_BYTES = 8_192;

/**
 * CloudFront standard logs, v1 and v2: tab or space delimited under a `#Fields` header that may change mid-file, or
 * one JSON object a line with the same names. Without a header the source's `fields` are the columns.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
 */
export const cloudfrontStandard: Format = {
  name: 'cloudfront-standard',
  reference: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html',
  latenessMs: 24 * 3_600_000,
  create: (settings) => new CloudFrontStandard(settings),
};

class CloudFrontStandard implements LineDecoder {
  readonly #record: CloudFrontRecord;
  readonly #json = new JsonFields(CLOUDFRONT_FIELDS);
  /** What the source says; null when only a header does. */
  readonly #ownFields: DelimitedFields | null;
  #fields: DelimitedFields | null;
  #header = '';
  /** The last record was a row under the same header: the next one will set the same columns. */
  #isInRows = false;

  constructor(settings: FormatSettings) {
    this.#record = new CloudFrontRecord(settings, false);
    this.#ownFields = settings.fields.length > 0 ? this.#record.fieldsOf(settings.fields) : null;
    this.#fields = this.#ownFields;
  }

  beginDelivery(): void {
    this.#record.fingerprint.beginDelivery();
  }

  forgetHeader(): void {
    this.#header = '';
    this.#fields = this.#ownFields;
    this.#isInRows = false;
  }

  decode(bytes: Uint8Array, start: number, end: number, delivery: Delivery, emit: (event: Event) => void): Decoded {
    const to = lineEnd(bytes, start, end);
    const from = lineStart(bytes, start, to);
    const problem = lineProblem(from, to);
    if (problem !== '') return problem;
    const { columns, report } = this.#record;
    const first = bytes[from]!;
    if (first === HASH) return this.#bind(bytes, from, to);
    if (this.#isInRows && first !== OPEN_BRACE) columns.next(bytes);
    else columns.begin(bytes, to - from);
    this.#isInRows = false;
    this.#record.begin(delivery);
    if (first === OPEN_BRACE) {
      if (!this.#json.read(columns, from, to)) return jsonProblem(bytes, from);
    } else {
      const fields = this.#fields;
      if (fields === null) return 'no_fields_header';
      // Text of v2 may be delimited by spaces, which no value holds.
      let i = from;
      while (i < to && bytes[i] !== TAB && bytes[i] !== SPACE) i++;
      const isTab = bytes[i] === TAB && i < to;
      if (!fields.read(from, to, isTab ? TAB : SPACE, isTab)) return 'too_few_fields';
      this.#isInRows = true;
    }
    const decoded = this.#record.fill(from, to, delivery);
    if (decoded === '') emit(report);
    return decoded;
  }

  #bind(bytes: Uint8Array, start: number, end: number): Decoded {
    this.#isInRows = false;
    const header = Buffer.from(bytes.subarray(start, Math.min(end, start + LONGEST_HEADER_BYTES))).toString('latin1');
    if (header !== this.#header && /^#Fields:/i.test(header)) {
      this.#header = header;
      this.#fields = this.#record.fieldsOf(header.slice(8).trim().split(/\s+/));
    }
    return 'skip';
  }
}
