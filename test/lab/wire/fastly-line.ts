import type { CacheOutcome, ShieldAnswer } from '../delivery-network.ts';
import type { Exchange } from '../exchange.ts';
import { clockText } from './clock-text.ts';
import type { EdgeRecord } from './edge-record.ts';

const COUNTRY_NAMES: Readonly<Record<string, string>> = {
  DE: 'germany',
  FR: 'france',
  GB: 'united kingdom',
  ES: 'spain',
  IT: 'italy',
  NL: 'netherlands',
  SE: 'sweden',
  US: 'united states',
  MX: 'mexico',
  JP: 'japan',
  IN: 'india',
};

/**
 * Fastly's default JSON log format with the fields docs/connect/fastly.md adds.
 * https://www.fastly.com/documentation/guides/integrations/logging-endpoints/
 */
export function fastlyLine(exchange: Exchange, record: EdgeRecord, skewMs: number): string {
  const { answer } = exchange;
  const state = answer.cache === 'error' ? (answer.generatedBy === 'edge' ? 'ERROR' : 'MISS') : stateWord(answer.cache);
  return line(exchange, exchange.viewer.site, true, {
    startMs: record.receivedMs + skewMs,
    ttfbMs: record.ttfbMs,
    durationMs: record.durationMs,
    status: record.isAnswered ? record.status : 0,
    bytes: exchange.sentBytes,
    isComplete: record.isComplete,
    state,
  });
}

/** The same request on its way through the shield: Fastly logs it a second time. */
export function fastlyShieldLine(exchange: Exchange, shield: ShieldAnswer, site: string, skewMs: number): string {
  return line(exchange, site, false, {
    startMs: shield.receivedMs + skewMs,
    ttfbMs: shield.firstByteMs - shield.receivedMs,
    durationMs: shield.endMs - shield.receivedMs,
    status: shield.status,
    bytes: shield.bodyBytes,
    isComplete: true,
    state: stateWord(shield.cache),
  });
}

type Measured = {
  readonly startMs: number;
  readonly ttfbMs: number;
  readonly durationMs: number;
  readonly status: number;
  readonly bytes: number;
  readonly isComplete: boolean;
  readonly state: string;
};

/** One of the numbers kept for documentation (RFC 5398), the same for everyone of a carrier. */
function asNumber(network: string): number {
  return 64496 + ((network.charCodeAt(0) * 31 + network.charCodeAt(1) * 7 + network.charCodeAt(3)) % 16);
}

function line(exchange: Exchange, site: string, isEdge: boolean, measured: Measured): string {
  const { viewer, object } = exchange;
  const { date, time } = clockText(measured.startMs);
  // Neither URLs (encoded) nor our user agents hold a character that JSON escapes.
  const url = exchange.query === '' ? object.path : `${object.path}?${exchange.query}`;
  const server = `cache-${site.toLowerCase()}-${site.toLowerCase()}82${10000 + (site.charCodeAt(0) % 7) * 11}-${site}`;
  const { saysFirstByte } = exchange.network.spec;
  const firstByte = saysFirstByte ? `"time_to_first_byte":"${(measured.ttfbMs / 1000).toFixed(3)}",` : '';
  return (
    `{"timestamp":"${date}T${time}+0000","client_ip":"${viewer.address}",` +
    `"geo_country":"${COUNTRY_NAMES[viewer.country] ?? ''}","geo_city":"","host":"${exchange.host}",` +
    `"url":"${url}","request_method":"GET","request_protocol":"HTTP/2",` +
    `"request_referer":"https://play.example.com/","request_user_agent":"${viewer.userAgent}",` +
    `"response_state":"${measured.state}","response_status":${measured.status},"response_reason":null,` +
    `"response_body_size":${measured.bytes},"fastly_server":"${server}","fastly_is_edge":${isEdge},` +
    `"start_msec":${Math.round(measured.startMs)},${firstByte}"elapsed_usec":${Math.round(measured.durationMs * 1000)},` +
    `"response_completed":${measured.isComplete},` +
    `"content_type":"${measured.status >= 400 ? 'text/html' : object.contentType}","request_id":"${exchange.requestId}",` +
    `"geo_country_code":"${viewer.country}","client_as_number":${asNumber(viewer.network)}}`
  );
}

/** The log has no word for a revalidated object: the shield or edge fetched, so it is a miss. */
function stateWord(cache: CacheOutcome): string {
  switch (cache) {
    case 'hit':
      return 'HIT';
    case 'wait':
      return 'HIT-WAIT';
    case 'miss':
    case 'revalidated':
    case 'error':
      return 'MISS';
    default: {
      const never: never = cache;
      return never;
    }
  }
}
