import type { Exchange } from '../exchange.ts';

export type Fields = Readonly<Record<string, string | number | boolean>>;

/** The hook rounds its numbers to tenths. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/**
 * Section 5 of docs/beacon.md as the hook fills it from Resource Timing: the URL keeps CMCD and `rid` only, and the
 * CDN's own words come from Server-Timing, which Fastly does not send here.
 */
export function requestBeacon(exchange: Exchange, clockSkewMs: number): Fields {
  const { object, answer, sentMs, ending, host, query } = exchange;
  const kept = query.split('&').filter((part) => part.startsWith('CMCD=') || part.startsWith('rid='));
  const hasFirstByte = exchange.firstByteMs < exchange.endMs;
  const isWhole = ending === 'ok' || ending === 'http_error';
  const saysServerTiming = hasFirstByte && exchange.network.spec.format !== 'fastly-json';
  const lost = ending === 'timeout' ? 'timeout' : hasFirstByte ? 'client_abort' : 'no_response';
  return {
    url: `https://${host}${object.path}${kept.length === 0 ? '' : `?${kept.join('&')}`}`,
    startMs: tenths(sentMs + clockSkewMs),
    ...(hasFirstByte ? { ttfbMs: tenths(exchange.firstByteMs - sentMs) } : {}),
    durationMs: tenths(exchange.endMs - sentMs),
    ...(isWhole ? { status: answer.status, bytes: exchange.sentBytes } : {}),
    ...(saysServerTiming ? { requestId: exchange.requestId, pop: exchange.viewer.site } : {}),
    ...(isWhole ? {} : { error: lost }),
  };
}
