import type { Event } from '../model/event.ts';
import type { Delivery } from '../model/source.ts';
import { CloudFrontRecord } from './cloudfront-record.ts';
import type { Decoded, Format, FormatSettings, LineDecoder } from './format.ts';
import type { DelimitedFields } from './parse/delimited.ts';
import { lineEnd, lineProblem, lineStart } from './parse/line.ts';

/** The order in which CloudFront writes fields, whatever order they were chosen in. */
const CANONICAL_ORDER = `
  timestamp c-ip s-ip time-to-first-byte sc-status sc-bytes cs-method cs-protocol cs-host cs-uri-stem cs-bytes
  x-edge-location x-edge-request-id x-host-header time-taken cs-protocol-version c-ip-version cs-user-agent cs-referer
  cs-cookie cs-uri-query x-edge-response-result-type x-forwarded-for ssl-protocol ssl-cipher x-edge-result-type
  fle-encrypted-fields fle-status sc-content-type sc-content-len sc-range-start sc-range-end c-port
  x-edge-detailed-result-type c-country cs-accept-encoding cs-accept cache-behavior-path-pattern cs-headers
  cs-header-names cs-headers-count primary-distribution-id primary-distribution-dns-name origin-fbl origin-lbl asn
  cmcd-encoded-bitrate cmcd-buffer-length cmcd-buffer-starvation cmcd-content-id cmcd-object-duration cmcd-deadline
  cmcd-measured-throughput cmcd-next-object-request cmcd-next-range-request cmcd-object-type cmcd-playback-rate
  cmcd-requested-maximum-throughput cmcd-streaming-format cmcd-session-id cmcd-stream-type cmcd-startup
  cmcd-top-bitrate cmcd-version r-host sr-reason x-edge-mqcs distribution-tenant-id connection-id
  viewer-request-log-data viewer-response-log-data`
  .trim()
  .split(/\s+/);

const TAB = 0x09;

/**
 * CloudFront real-time logs: tab separated, without a header. The source's `fields` are the set that was chosen, in
 * any order; without them all fields are expected. `timestamp` is when the response was over.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html
 */
export const cloudfrontRealtime: Format = {
  name: 'cloudfront-realtime',
  reference: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html',
  latenessMs: 5 * 60_000,
  create: (settings) => new CloudFrontRealtime(settings),
};

class CloudFrontRealtime implements LineDecoder {
  readonly #record: CloudFrontRecord;
  readonly #fields: DelimitedFields;

  constructor(settings: FormatSettings) {
    this.#record = new CloudFrontRecord(settings, true);
    this.#fields = this.#record.fieldsOf(canonical(settings.fields));
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
    this.#record.begin(delivery);
    if (!this.#fields.read(from, to, TAB, false)) return 'too_few_fields';
    const decoded = this.#record.fill(from, to, delivery);
    if (decoded === '') emit(report);
    return decoded;
  }
}

/** The chosen fields as CloudFront writes them; names we do not know are new and stand at the end. */
function canonical(fields: readonly string[]): readonly string[] {
  if (fields.length === 0) return CANONICAL_ORDER;
  const chosen = new Set(fields.map((field) => field.trim().toLowerCase()));
  const known = CANONICAL_ORDER.filter((field) => chosen.has(field));
  return [...known, ...[...chosen].filter((field) => !CANONICAL_ORDER.includes(field))];
}
