import { dateTime } from '../log-lines.ts';
import { HOST, type Planted, quoted } from './planted.ts';

const REALTIME_FIELDS = [
  'timestamp',
  'c-ip',
  'time-to-first-byte',
  'sc-status',
  'sc-bytes',
  'cs-method',
  'cs-protocol',
  'cs-host',
  'cs-uri-stem',
  'x-edge-location',
  'x-edge-request-id',
  'time-taken',
  'cs-user-agent',
  'cs-referer',
  'cs-cookie',
  'x-forwarded-for',
];

/** A source for each log format, named after it. */
export const LOG_SOURCES = [
  { format: 'nginx-json' },
  { format: 'nginx-combined' },
  { format: 'nginx-combined-plus' },
  { format: 'apache-combined' },
  { format: 'icecast' },
  { format: 'cloudfront-standard' },
  { format: 'cloudfront-realtime', fields: REALTIME_FIELDS },
  { format: 'fastly-json' },
  { format: 'akamai-ds2' },
  { format: 'cloudflare-logpush' },
  { format: 'abr-decision', tier: 'player' },
  { format: 'cmcd-event', tier: 'player' },
].map((source) => ({ name: source.format, tier: 'edge', lateness: '1s', ...source }));

/** Lines of one format: at least one that is read, and for CloudFront its header and one that is not. */
export function linesOf(format: string, sid: string, planted: Planted): readonly string[] {
  const { atMs, address, userAgent, path, referer, cookie, forwardedFor, text, extra } = planted;
  const cmcd = `br=2000,cid=${quoted(text)},d=4000,ot=v,sid="${sid}",st=v,com.example-ip=${quoted(address)}`;
  const query = `CMCD=${escaped(cmcd)}&${planted.query}`;
  const target = `${path}?${query}`;
  const clf = `[${new Date(atMs).toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/, '$1/$2/$3:$4 +0000')}]`;
  const combined = `${address} - ${escaped(text)} ${clf} "GET ${target} HTTP/1.1" 503 1000 "${inQuotes(referer)}" "${inQuotes(userAgent)}"`;
  const twice = escaped(query);
  const [date, time] = dateTime(atMs);
  switch (format) {
    case 'nginx-json':
      return [
        JSON.stringify({
          ...extra,
          ts: atMs / 1000,
          request_id: sid,
          remote_addr: address,
          http_x_forwarded_for: forwardedFor,
          host: HOST,
          method: 'GET',
          uri: path,
          args: query,
          status: 503,
          body_bytes_sent: 1000,
          request_time: 0.2,
          ua: userAgent,
          referer,
          http_cookie: cookie,
          http_authorization: `Bearer ${cookie}`,
          cache_status: 'MISS',
        }),
      ];
    case 'nginx-combined':
      return [combined];
    case 'nginx-combined-plus':
      return [`${combined} rt=0.100 uct="-" uht="-" urt="-" cs=MISS rid=${sid}`];
    case 'icecast':
      return [`${combined} 20`];
    case 'apache-combined':
      return [combined];
    case 'cloudfront-standard':
      return [
        '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-forwarded-for time-taken',
        [
          date,
          time,
          'FRA50',
          1000,
          address,
          'GET',
          HOST,
          path,
          503,
          escaped(referer),
          escaped(userAgent),
          twice,
          escaped(cookie),
          'Error',
          sid,
          escaped(forwardedFor),
          0.1,
        ].join('\t'),
        [
          date,
          'no time',
          'FRA50',
          1000,
          address,
          'GET',
          HOST,
          path,
          503,
          referer,
          userAgent,
          query,
          cookie,
          'Error',
          sid,
          forwardedFor,
          0.1,
        ].join('\t'),
      ];
    case 'cloudfront-realtime':
      return [
        [
          (atMs / 1000).toFixed(3),
          address,
          0.05,
          503,
          1000,
          'GET',
          'https',
          HOST,
          `${path}?${twice}`,
          'FRA50',
          sid,
          0.1,
          escaped(userAgent),
          escaped(referer),
          escaped(cookie),
          escaped(forwardedFor),
        ].join('\t'),
      ];
    case 'fastly-json':
      return [
        JSON.stringify({
          ...extra,
          timestamp: new Date(atMs).toISOString(),
          start_msec: String(atMs),
          client_ip: address,
          host: HOST,
          url: target,
          request_method: 'GET',
          request_referer: referer,
          request_user_agent: userAgent,
          request_cookie: cookie,
          response_state: 'MISS',
          response_status: 503,
          response_body_size: 1000,
          elapsed_usec: '100000',
          request_id: sid,
          fastly_is_edge: true,
        }),
      ];
    case 'akamai-ds2':
      return [
        JSON.stringify({
          ...extra,
          version: 1,
          reqId: sid,
          reqTimeSec: String(atMs / 1000),
          bytes: '1000',
          cliIP: address,
          statusCode: '503',
          proto: 'HTTPS',
          reqHost: HOST,
          reqMethod: 'GET',
          reqPath: path,
          UA: escaped(userAgent),
          queryStr: query,
          cookie,
          referer,
          xForwardedFor: forwardedFor,
          turnAroundTimeMSec: '5',
          transferTimeMSec: '9',
        }),
      ];
    case 'cloudflare-logpush':
      return [
        JSON.stringify({
          ...extra,
          RayID: sid,
          EdgeStartTimestamp: new Date(atMs).toISOString(),
          EdgeEndTimestamp: new Date(atMs + 100).toISOString(),
          ClientIP: address,
          ClientRequestHost: HOST,
          ClientRequestMethod: 'GET',
          ClientRequestURI: target,
          ClientRequestReferer: referer,
          ClientRequestUserAgent: userAgent,
          Cookies: { session: cookie },
          RequestHeaders: { cookie, authorization: `Bearer ${cookie}` },
          EdgeResponseStatus: 503,
          EdgeResponseBytes: 1000,
          CacheCacheStatus: 'miss',
        }),
      ];
    case 'abr-decision':
      return [
        JSON.stringify({
          ...extra,
          session: sid,
          ts: atMs,
          from_kbps: 2820,
          to_kbps: 290,
          reason: text,
          content: text,
          player: text,
          ip: address,
        }),
      ];
    default:
      return [
        `cid=${quoted(text)},e=ps,sid="${sid}",sta=p,ts=${atMs},v=2`,
        `cid=${quoted(text)},e=rr,sid="${sid}",rc=503,ttfb=5,ttlb=9,ts=${atMs},url=${quoted(`https://${HOST}${target}`)},v=2`,
      ];
  }
}

/** As nginx writes a header between quotes. */
function inQuotes(text: string): string {
  return text.replace(
    /["\\]|[^ -~]/g,
    (char) => `\\x${(char.charCodeAt(0) & 0xff).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
