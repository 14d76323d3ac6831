import { clockText, seconds } from './clock-text.ts';
import type { NginxRecord } from './nginx-record.ts';

const HEADER_BYTES = 656;

/** The JSON log format of the bed (test/bed), key for key. No value here holds a character that JSON escapes. */
export function nginxJsonLine(record: NginxRecord, skewMs: number): string {
  const endMs = record.endMs + skewMs;
  const { date, time } = clockText(endMs);
  const { upstream } = record;
  return (
    `{"ts":${seconds(endMs)},"time":"${date}T${time}+00:00","node":"${record.node}","request_id":"${record.requestId}",` +
    `"remote_addr":"${record.address}","remote_port":"${record.port}","conn":"${record.port % 997}","conn_reqs":"${1 + (record.port % 89)}",` +
    `"proto":"${record.protocol}","host":"${record.host}","method":"GET","uri":"${record.path}","args":"${record.query}",` +
    `"status":${record.status},"bytes_sent":${record.bodyBytes === 0 && !record.isComplete ? 0 : record.bodyBytes + HEADER_BYTES},` +
    `"body_bytes_sent":${record.bodyBytes},"request_length":${420 + record.query.length},"request_time":${seconds(record.requestMs)},` +
    `"completion":"${record.isComplete ? 'OK' : ''}","cache_status":"${record.cacheWord}","upstream_addr":"${upstream?.address ?? ''}",` +
    `"upstream_status":"${upstream?.status ?? ''}","upstream_connect_time":"${upstream === null ? '' : '0.000'}",` +
    `"upstream_header_time":"${upstream === null ? '' : seconds(upstream.headerMs)}",` +
    `"upstream_response_time":"${upstream === null ? '' : seconds(upstream.endMs)}","traceparent":"",` +
    `"x_request_id":"${record.forwardedId}","cmcd_object":"","cmcd_request":"","cmcd_session":"","cmcd_status":"",` +
    `"referer":"https://play.example.com/","origin":"https://play.example.com","ua":"${record.userAgent}",` +
    `"range":"","content_type":"${record.contentType}","tcp_rtt_us":"${1000 + (record.port % 40000)}"}`
  );
}

/** Combined, and what the bed appends: `rt uct uht urt cs rid`. */
export function nginxCombinedPlusLine(record: NginxRecord, skewMs: number): string {
  const { common } = clockText(record.endMs + skewMs);
  const { upstream } = record;
  const url = record.query === '' ? record.path : `${record.path}?${record.query}`;
  return (
    `${record.address} - - [${common}] "GET ${url} ${record.protocol}" ${record.status} ${record.bodyBytes} ` +
    `"https://play.example.com/" "${record.userAgent}" rt=${seconds(record.requestMs)} ` +
    `uct="${upstream === null ? '-' : '0.000'}" uht="${upstream === null ? '-' : seconds(upstream.headerMs)}" ` +
    `urt="${upstream === null ? '-' : seconds(upstream.endMs)}" cs=${record.cacheWord === '' ? '-' : record.cacheWord} ` +
    `rid=${record.requestId}`
  );
}
