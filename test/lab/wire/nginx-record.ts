import type { CacheOutcome, ShieldAnswer } from '../delivery-network.ts';
import type { Exchange } from '../exchange.ts';
import type { OriginAnswer } from '../origin.ts';
import type { EdgeRecord } from './edge-record.ts';

/** What an nginx knows of one request: an edge, a shield or the origin, whichever writes nginx logs. */
export type NginxRecord = {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly userAgent: string;
  readonly endMs: number;
  readonly requestMs: number;
  readonly status: number;
  readonly bodyBytes: number;
  readonly isComplete: boolean;
  readonly cacheWord: string;
  readonly contentType: string;
  readonly requestId: string;
  /** `X-Request-ID` of the request; '' at an edge. */
  readonly forwardedId: string;
  /** The tier above: status and times from the request on; null when it was not asked. */
  readonly upstream: {
    readonly address: string;
    readonly status: number;
    readonly headerMs: number;
    readonly endMs: number;
  } | null;
  readonly protocol: string;
};

const ORIGIN_ADDRESS = '10.20.0.5:8080';
const PACKAGER_ADDRESS = '10.20.1.8:9000';

/** The edge half of an exchange as nginx with proxy_cache logs it. */
export function edgeNginxRecord(exchange: Exchange, record: EdgeRecord): NginxRecord {
  const { answer, viewer } = exchange;
  const isAsked = answer.shield !== null || answer.origin !== null;
  const upstreamStatus = answer.shield?.status ?? answer.origin?.status ?? 0;
  return {
    ...requestPart(exchange),
    node: `${exchange.network.spec.name}-${viewer.site.toLowerCase()}`,
    address: viewer.address,
    host: exchange.host,
    endMs: record.endMs,
    requestMs: record.durationMs,
    status: record.isAnswered ? record.status : 499,
    bodyBytes: exchange.sentBytes,
    isComplete: record.isComplete,
    cacheWord: answer.generatedBy === 'edge' ? '' : cacheWord(answer.cache),
    forwardedId: '',
    upstream: isAsked
      ? {
          address: ORIGIN_ADDRESS,
          status: upstreamStatus,
          headerMs: record.ttfbMs,
          endMs: Math.max(record.ttfbMs, fillMs(exchange)),
        }
      : null,
    protocol: 'HTTP/2.0',
  };
}

/** The shield's half: the query and the id come from the edge. */
export function shieldNginxRecord(exchange: Exchange, shield: ShieldAnswer, site: string): NginxRecord {
  const { origin } = exchange.answer;
  return {
    ...requestPart(exchange),
    node: `${exchange.network.spec.name}-shield-${site.toLowerCase()}`,
    address: '10.10.0.7',
    host: exchange.host,
    endMs: shield.endMs,
    requestMs: shield.endMs - shield.receivedMs,
    status: shield.status,
    bodyBytes: shield.bodyBytes,
    isComplete: true,
    cacheWord: cacheWord(shield.cache),
    forwardedId: exchange.requestId,
    upstream:
      origin === null
        ? null
        : {
            address: ORIGIN_ADDRESS,
            status: origin.status,
            headerMs: shield.firstByteMs - shield.receivedMs,
            endMs: shield.endMs - shield.receivedMs,
          },
    protocol: 'HTTP/1.1',
  };
}

/** The origin's half: nginx in front of a packager, reached by the CDN's machines. */
export function originNginxRecord(exchange: Exchange, origin: OriginAnswer, node: string): NginxRecord {
  const { spec } = exchange.network;
  return {
    ...requestPart(exchange),
    node,
    address: '10.10.0.9',
    host: 'origin.example.com',
    query: spec.forwardsQuery ? exchange.query : '',
    endMs: origin.endMs,
    requestMs: origin.endMs - origin.receivedMs,
    status: origin.status,
    bodyBytes: origin.bodyBytes,
    isComplete: true,
    cacheWord: '',
    forwardedId: exchange.requestId,
    upstream: {
      address: PACKAGER_ADDRESS,
      status: origin.status,
      headerMs: origin.firstByteMs - origin.receivedMs,
      endMs: origin.endMs - origin.receivedMs,
    },
    protocol: 'HTTP/1.1',
  };
}

function requestPart(exchange: Exchange) {
  const { object, viewer } = exchange;
  return {
    port: exchange.clientPort,
    path: object.path,
    query: exchange.query,
    userAgent: viewer.userAgent,
    contentType: exchange.answer.status >= 400 ? 'text/html' : object.contentType,
    requestId: exchange.requestId,
  };
}

/** When the edge had the whole object from above. */
function fillMs(exchange: Exchange): number {
  const { answer, edgeReceivedMs } = exchange;
  return Number.isFinite(answer.fillKbps)
    ? answer.firstByteMs - edgeReceivedMs + (answer.bodyBytes * 8) / answer.fillKbps
    : answer.firstByteMs - edgeReceivedMs;
}

function cacheWord(cache: CacheOutcome): string {
  switch (cache) {
    case 'hit':
    case 'wait':
      return 'HIT';
    case 'revalidated':
      return 'REVALIDATED';
    case 'miss':
    case 'error':
      return 'MISS';
    default: {
      const never: never = cache;
      return never;
    }
  }
}
