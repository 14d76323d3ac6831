import type { Event } from '../model/event.ts';
import type { Delivery } from '../model/source.ts';
import type { Decoded, Format, FormatSettings, LineDecoder } from './format.ts';
import { NGINX, NGINX_FIELDS, NginxRecord } from './nginx-record.ts';
import { readCombined } from './parse/combined-line.ts';
import { ExtraFields } from './parse/extra-fields.ts';
import { lineEnd, lineProblem, lineStart } from './parse/line.ts';

const NGINX_LOGS = 'https://nginx.org/en/docs/http/ngx_http_log_module.html';

/** `combined` of nginx: time is the end, whole seconds. Extra fields behind it are named in the source's `fields`. */
export const nginxCombined: Format = {
  name: 'nginx-combined',
  reference: NGINX_LOGS,
  latenessMs: 10_000,
  create: (settings) => new CombinedDecoder(settings, settings.fields, false),
};

/** The same with the fields a correlator wants behind it: `rt= uct= uht= urt= cs= rid=` (docs/connect/nginx.md). */
export const nginxCombinedPlus: Format = {
  name: 'nginx-combined-plus',
  reference: NGINX_LOGS,
  latenessMs: 10_000,
  create: (settings) =>
    new CombinedDecoder(
      settings,
      [
        'rt=$request_time',
        'uht=$upstream_header_time',
        'urt=$upstream_response_time',
        'cs=$upstream_cache_status',
        'rid=$request_id',
        ...settings.fields,
      ],
      false,
    ),
};

/** `combined` of Apache httpd: `%t` is the begin. `%D` (µs) and `%T` (s) behind it are named in `fields`. */
export const apacheCombined: Format = {
  name: 'apache-combined',
  reference: 'https://httpd.apache.org/docs/2.4/mod/mod_log_config.html',
  latenessMs: 10_000,
  create: (settings) => new CombinedDecoder(settings, settings.fields, true),
};

class CombinedDecoder implements LineDecoder {
  readonly #record: NginxRecord;
  readonly #extras: ExtraFields;

  constructor(settings: FormatSettings, fields: readonly string[], isTimeStart: boolean) {
    this.#record = new NginxRecord(settings, isTimeStart);
    this.#extras = new ExtraFields(fields, NGINX_FIELDS, NGINX.requestTime);
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
    const after = readCombined(columns, from, to);
    if (after < 0) return 'too_few_fields';
    this.#extras.read(columns, after, to);
    const decoded = this.#record.fill(from, to, delivery);
    if (decoded !== '') return decoded;
    this.#extras.finish(columns, report);
    emit(report);
    return '';
  }
}
