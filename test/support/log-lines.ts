import { randomUUID } from 'node:crypto';

/** Header of the CloudFront lines made here. */
export const CLOUDFRONT_FIELDS =
  '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-edge-result-type x-edge-request-id x-host-header time-taken';

/** A line of CloudFront's standard log, with an id of its own. */
export function cloudFrontLine(atMs: number, { status = 200, bytes = 1_000 } = {}): string {
  const who = ['198.51.100.77', 'GET', 'd1.cloudfront.net', '/film/seg_1.m4s', status, '-', 'curl', '-'];
  return [...dateTime(atMs), 'FRA50-P1', bytes, ...who, 'Hit', randomUUID(), 'cdn.example.com', '0.100'].join('\t');
}

/** A line of nginx in JSON, with an id of its own; CMCD with a session id when one is given. */
export function nginxLine(atMs: number, { sid = '', path = '/film/seg_1.m4s' } = {}): string {
  const cmcd = `d=4000,ot=v,sid="${sid}",st=v,v=1`;
  return JSON.stringify({
    ts: atMs / 1000,
    request_id: randomUUID().replaceAll('-', ''),
    remote_addr: '198.51.100.7',
    host: 'cdn.example.com',
    method: 'GET',
    uri: path,
    args: sid === '' ? '' : `CMCD=${encodeURIComponent(cmcd)}`,
    status: 200,
    body_bytes_sent: 200_000,
    request_time: 0.2,
    cache_status: 'HIT',
  });
}

/** Date and time as W3C extended logs write them. */
export function dateTime(ms: number): [date: string, time: string] {
  const iso = new Date(ms).toISOString();
  return [iso.slice(0, 10), iso.slice(11, 19)];
}
