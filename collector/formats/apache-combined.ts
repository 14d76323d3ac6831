import { CombinedDecoder } from './combined-decoder.ts';
import type { Format } from './format.ts';
import { SERVER_FIELDS } from './server-record.ts';

/** Apache's directives onto the columns of the server record. */
const DIRECTIVES: ReadonlyMap<string, string> = new Map([
  ['%D', 'duration_us'],
  ['%{us}T', 'duration_us'],
  ['%{ms}T', 'duration_ms'],
  ['%T', 'request_time'],
  ['%{s}T', 'request_time'],
  ['%O', 'bytes_sent'],
  ['%B', 'body_bytes_sent'],
  ['%X', 'connection_status'],
  ['%v', 'server_name'],
  ['%V', 'server_name'],
  ['%{UNIQUE_ID}e', 'request_id'],
  ['%L', 'request_id'],
  ['%{Host}i', 'http_host'],
  ['%{X-Request-ID}i', 'http_x_request_id'],
  ['%{traceparent}i', 'http_traceparent'],
  ['%{X-Forwarded-For}i', 'http_x_forwarded_for'],
  ['%{CMCD-Object}i', 'http_cmcd_object'],
  ['%{CMCD-Request}i', 'http_cmcd_request'],
  ['%{CMCD-Session}i', 'http_cmcd_session'],
  ['%{CMCD-Status}i', 'http_cmcd_status'],
  ['%{Content-Type}o', 'sent_http_content_type'],
]);
const BY_LOWER_CASE = new Map([...DIRECTIVES].map(([directive, name]) => [directive.toLowerCase(), name]));

/**
 * Apache's `combined`, with the operator's extra directives behind it. `%t` is when the request came in, which is what
 * sets it apart from nginx. `%>s` and the like are read as `%s`.
 */
export const apacheCombined: Format = {
  name: 'apache-combined',
  reference: 'https://httpd.apache.org/docs/current/mod/mod_log_config.html',
  latenessMs: 10_000,
  create: (settings) =>
    new CombinedDecoder(settings, 'apache', settings.fields, (directive) => {
      // One letter decides, and `%d` is not `%D`: only header names are compared without case.
      const plain = directive.replace(/^%[<>]/, '%');
      return SERVER_FIELDS.of(
        DIRECTIVES.get(plain) ?? (plain[1] === '{' ? BY_LOWER_CASE.get(plain.toLowerCase()) : '') ?? '',
      );
    }),
};
