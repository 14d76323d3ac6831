import type { Event } from '../model/event.ts';
import type { Delivery } from '../model/source.ts';
import type { Decoded, Format, FormatSettings, LineDecoder } from './format.ts';
import { NGINX_FIELDS, NginxRecord } from './nginx-record.ts';
import { JsonFields } from './parse/json-fields.ts';
import { lineEnd, lineProblem, lineStart } from './parse/line.ts';

/**
 * nginx with a JSON `log_format` (docs/connect/nginx.md): one object a line, named after the variables. `ts` or `msec`
 * is the end of the response. Written without `escape=json` it holds `\x22`, which is read all the same.
 * https://nginx.org/en/docs/http/ngx_http_log_module.html
 */
export const nginxJson: Format = {
  name: 'nginx-json',
  reference: 'https://nginx.org/en/docs/http/ngx_http_log_module.html',
  latenessMs: 10_000,
  create: (settings) => new NginxJson(settings),
};

class NginxJson implements LineDecoder {
  readonly #record: NginxRecord;
  readonly #json = new JsonFields(NGINX_FIELDS);

  constructor(settings: FormatSettings) {
    this.#record = new NginxRecord(settings, false);
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
    if (!this.#json.read(columns, from, to)) return 'not_json';
    const decoded = this.#record.fill(from, to, delivery);
    if (decoded === '') emit(report);
    return decoded;
  }
}
