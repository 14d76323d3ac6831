import type { DeliveryNetwork, EdgeAnswer } from './delivery-network.ts';
import type { LastMile } from './last-mile.ts';
import type { MediaObject } from './media-object.ts';
import type { Viewer } from './population.ts';
import type { Random } from './random.ts';

/** How an exchange ended for the player: `left` is a client abort because of a seek or a closed page. */
export type Ending = '' | 'ok' | 'http_error' | 'timeout' | 'abandoned' | 'left';

/** One HTTP fetch with all its parties, in true time. It is planned when sent; the ending fills the last fields. */
export type Exchange = {
  readonly object: MediaObject;
  readonly network: DeliveryNetwork;
  readonly viewer: Viewer;
  /** Host name in the URL. */
  readonly host: string;
  /** Query as sent, without `?`. */
  readonly query: string;
  /** Nonce of the Playpath hook, '' without. */
  readonly rid: string;
  /** Id of this exchange in the edge's log; the origin gets it as X-Request-ID. */
  readonly requestId: string;
  readonly clientPort: number;
  readonly sentMs: number;
  readonly edgeReceivedMs: number;
  readonly answer: EdgeAnswer;
  /** First byte at the player, if it waits long enough. */
  readonly firstByteMs: number;
  /** The line is one pipe: a large body waits for the one before it. */
  readonly bodyStartMs: number;
  /** When the last byte would arrive. */
  readonly plannedEndMs: number;
  /** Rate of the line itself while the body travels; the edge's own supply may be slower. */
  lineKbps: number;
  endMs: number;
  sentBytes: number;
  ending: Ending;
};

/** What fits into a few packets slips past a large body. */
const SMALL_BYTES = 20_000;

/** Sends requests of one viewer over one line. */
export class Requester {
  readonly #viewer: Viewer;
  readonly #line: LastMile;
  readonly #random: Random;
  readonly #knownHosts = new Set<string>();
  #pipeFreeMs = 0;

  constructor(viewer: Viewer, line: LastMile, random: Random) {
    this.#viewer = viewer;
    this.#line = line;
    this.#random = random;
  }

  send(
    object: MediaObject,
    network: DeliveryNetwork,
    host: string,
    query: string,
    rid: string,
    isForbidden: boolean,
    nowMs: number,
  ): Exchange {
    const { rttMs } = this.#viewer;
    // DNS, TCP and TLS of the first request to a host.
    const connectMs = this.#knownHosts.has(host) ? 0 : rttMs * 2 + 8;
    this.#knownHosts.add(host);
    const edgeReceivedMs = nowMs + connectMs + rttMs / 2;
    const answer = network.answer(object, this.#viewer.site, edgeReceivedMs, isForbidden, this.#random);
    const firstByteMs = answer.firstByteMs + rttMs / 2;
    const isSmall = answer.bodyBytes < SMALL_BYTES;
    const bodyStartMs = isSmall ? firstByteMs : Math.max(firstByteMs, this.#pipeFreeMs);
    const transfer = this.#line.transfer(bodyStartMs, answer.bodyBytes, answer.fillKbps);
    // A body that trickles into the edge leaves most of the line to others.
    const alone = Number.isFinite(answer.fillKbps)
      ? this.#line.transfer(bodyStartMs, answer.bodyBytes, Number.POSITIVE_INFINITY)
      : transfer;
    if (!isSmall) this.#pipeFreeMs = alone.endMs;
    return {
      object,
      network,
      viewer: this.#viewer,
      host,
      query,
      rid,
      requestId: requestIdFor(network.spec.format, this.#random),
      clientPort: 1024 + this.#random.index(64000),
      sentMs: nowMs,
      edgeReceivedMs,
      answer,
      firstByteMs,
      bodyStartMs,
      plannedEndMs: transfer.endMs,
      lineKbps: alone.meanKbps,
      endMs: Number.NaN,
      sentBytes: 0,
      ending: '',
    };
  }

  finish(exchange: Exchange): void {
    exchange.endMs = exchange.plannedEndMs;
    exchange.sentBytes = exchange.answer.bodyBytes;
    exchange.ending = exchange.answer.status >= 400 ? 'http_error' : 'ok';
  }

  /** The player stops waiting at `nowMs`. */
  cut(exchange: Exchange, ending: Ending, nowMs: number): void {
    exchange.endMs = nowMs;
    exchange.sentBytes = 0;
    const { bodyStartMs, answer } = exchange;
    if (nowMs > bodyStartMs) {
      exchange.sentBytes = this.#line.carried(bodyStartMs, nowMs, answer.bodyBytes, answer.fillKbps);
      const couldBytes = this.#line.carried(bodyStartMs, nowMs, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
      exchange.lineKbps = (couldBytes * 8) / (nowMs - bodyStartMs);
    }
    exchange.ending = ending;
    this.#pipeFreeMs = Math.min(this.#pipeFreeMs, nowMs);
  }
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CLOUDFRONT_PAIRS = Array.from({ length: 4096 }, (_, i) => BASE64URL.charAt(i >> 6) + BASE64URL.charAt(i & 63));

/** Ids look like their vendor's: 52 base64url characters with `==` for CloudFront, 32 hex digits elsewhere. */
function requestIdFor(format: string, random: Random): string {
  if (format !== 'cloudfront-standard') return random.hex(32);
  let id = '';
  for (let i = 0; i < 13; i++) {
    const bits = random.bits();
    id += CLOUDFRONT_PAIRS[bits & 4095]! + CLOUDFRONT_PAIRS[(bits >>> 12) & 4095]!;
  }
  return `${id}==`;
}
