import { CombinedDecoder } from './combined-decoder.ts';
import type { Format, FormatSettings } from './format.ts';
import { SERVER_FIELDS } from './server-record.ts';

const REFERENCE = 'https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format';
const LATENESS_MS = 10_000;

/** What `combined_plus` of docs/connect/nginx.md appends. */
const PLUS_FIELDS = [
  'rt=$request_time',
  'uct="$upstream_connect_time"',
  'uht="$upstream_header_time"',
  'urt="$upstream_response_time"',
  'cs=$upstream_cache_status',
  'rid=$request_id',
];

/** nginx's predefined `combined`, with the operator's extra fields behind it. Its time is the request's end. */
export const nginxCombined: Format = {
  name: 'nginx-combined',
  reference: REFERENCE,
  latenessMs: LATENESS_MS,
  create: (settings) => decoder(settings, settings.fields),
};

/** `combined` with times, cache status and request id: what makes an nginx line joinable. */
export const nginxCombinedPlus: Format = {
  name: 'nginx-combined-plus',
  reference: REFERENCE,
  latenessMs: LATENESS_MS,
  create: (settings) => decoder(settings, [...PLUS_FIELDS, ...settings.fields]),
};

function decoder(settings: FormatSettings, extras: readonly string[]): CombinedDecoder {
  return new CombinedDecoder(settings, 'nginx', extras, (variable) =>
    SERVER_FIELDS.of(variable.replace(/^\$\{?|\}$/g, '')),
  );
}
