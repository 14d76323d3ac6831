import type { Event } from '../model/event.ts';
import type { Delivery } from '../model/source.ts';
import type { Decoded, Format, FormatSettings, LineDecoder } from './format.ts';
import { JsonFields, jsonProblem } from './parse/json-fields.ts';
import { lineEnd, lineProblem, lineStart } from './parse/line.ts';
import { SERVER_FIELDS, ServerRecord } from './server-record.ts';

/**
 * nginx access log as JSON, one object a line, with the keys of docs/connect/nginx.md or nginx's variable names.
 * Without `escape=json` nginx writes `\x22` into it, which no JSON parser takes; the field reader does.
 * `ts` is `$msec`, the end of the request.
 */
export const nginxJson: Format = {
  name: 'nginx-json',
  reference: 'https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format',
  latenessMs: 10_000,
  create: (settings) => new NginxJson(settings),
};

class NginxJson implements LineDecoder {
  readonly #fields = new JsonFields(SERVER_FIELDS);
  readonly #record: ServerRecord;

  constructor(settings: FormatSettings) {
    this.#record = new ServerRecord(settings, 'nginx');
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
    if (!this.#fields.read(columns, from, to)) return jsonProblem(bytes, from);
    const decoded = this.#record.fill(from, to, delivery);
    if (decoded === '') emit(report);
    return decoded;
  }
}
