import type { CacheOutcome } from '../delivery-network.ts';
import type { Exchange } from '../exchange.ts';
import { clockText, seconds } from './clock-text.ts';
import type { EdgeRecord } from './edge-record.ts';

/**
 * CloudFront standard log, version 1, 33 columns.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
 */
export const CLOUDFRONT_HEADER = [
  '#Version: 1.0',
  '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end',
];

const DISTRIBUTION = 'd1fl2xyzexample.cloudfront.net';
const REFERER = 'https://play.example.com/';
const HEADER_BYTES = 402;
/** Everything but what the vendor's table leaves alone; `%` is the one that makes CMCD doubly encoded. */
const ESCAPED = /[^A-Za-z0-9!$&()*+,\-./:;=?@_]/g;
const UNUSUAL = /[^A-Za-z0-9!$&()*+,\-./:;=?@_%~]/;
const MAX_AGENTS = 10_000;
const agents = new Map<string, string>();

/** One line without its newline; `skewMs` is the error of the log's clock. */
export function cloudfrontLine(exchange: Exchange, record: EdgeRecord, skewMs: number): string {
  const { viewer, object, answer } = exchange;
  const { date, time } = clockText(record.endMs + skewMs);
  const early = resultType(answer.cache);
  const isError = record.status >= 400;
  const result = isError || !record.isComplete ? 'Error' : early;
  const detailed = !record.isComplete ? 'ClientCommError' : answer.generatedBy === 'origin' ? 'OriginError' : result;
  const status = record.isAnswered ? String(record.status) : '000';
  const sentBytes = record.isAnswered ? exchange.sentBytes + HEADER_BYTES : 0;
  const length = record.isAnswered ? String(answer.bodyBytes) : '-';
  const contentType = isError ? 'text/html' : object.contentType;
  return (
    `${date}\t${time}\t${viewer.site}${pop(viewer.site)}\t${sentBytes}\t${viewer.address}\tGET\t${DISTRIBUTION}\t` +
    `${object.path}\t${status}\t${REFERER}\t${agent(viewer.userAgent)}\t${query(exchange.query)}\t-\t${result}\t` +
    `${exchange.requestId}\t${exchange.host}\thttps\t${380 + exchange.query.length}\t${seconds(record.durationMs)}\t-\t` +
    `TLSv1.3\tTLS_AES_128_GCM_SHA256\t${isError ? 'Error' : early}\tHTTP/2.0\t-\t-\t${exchange.clientPort}\t` +
    `${seconds(record.ttfbMs)}\t${detailed}\t${record.isAnswered ? contentType : '-'}\t${length}\t-\t-`
  );
}

/** A query is encoded already, so that mostly `%` and the `~` of tokens are left to escape: worth a way of its own. */
function query(text: string): string {
  if (text === '') return '-';
  return UNUSUAL.test(text) ? escaped(text) : text.replaceAll('%', '%25').replaceAll('~', '%7E');
}

/** Agents are few and lines many. */
function agent(text: string): string {
  let known = agents.get(text);
  if (known === undefined) {
    if (agents.size >= MAX_AGENTS) agents.clear();
    known = escaped(text);
    agents.set(text, known);
  }
  return known;
}

/** Encodes what the vendor's table lists; `%` becomes `%25`. */
function escaped(text: string): string {
  return text.replace(ESCAPED, (character) => encodeURIComponent(character).replace("'", '%27').replace('~', '%7E'));
}

/** An object on its way for somebody else counts as a miss here; the vendor does not say (docs/lab.md). */
function resultType(cache: CacheOutcome): string {
  switch (cache) {
    case 'hit':
      return 'Hit';
    case 'revalidated':
      return 'RefreshHit';
    case 'wait':
    case 'miss':
      return 'Miss';
    case 'error':
      return 'Error';
    default: {
      const never: never = cache;
      return never;
    }
  }
}

function pop(site: string): string {
  return `${50 + (site.charCodeAt(2) % 40)}-P${1 + (site.charCodeAt(1) % 6)}`;
}
