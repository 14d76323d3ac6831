import type { IncomingHttpHeaders } from 'node:http';

/**
 * What pages of other origins may do. Players post from anywhere: `application/cmcd`, `traceparent` and Faro's
 * `idempotency-key` and `x-faro-session-id` all cost a preflight and must be allowed by name (players.md section 5).
 */
export type CorsOrigins = readonly string[];

const PREFLIGHT_SECONDS = '7200';
const MAX_REQUESTED_CHARACTERS = 1_024;
const DEFAULT_HEADERS =
  'content-type, content-encoding, authorization, traceparent, tracestate, idempotency-key, ' +
  'x-faro-session-id, x-playpath-key';

/** Headers of every answer to a page. Without a permitted origin: none, and the browser keeps the answer to itself. */
export function corsHeaders(headers: IncomingHttpHeaders, origins: CorsOrigins): Record<string, string> {
  const origin = headers.origin ?? '';
  // Resource Timing of posts to us helps whoever debugs the player; it says nothing of the viewer.
  if (origins.includes('*')) return { 'access-control-allow-origin': '*', 'timing-allow-origin': '*' };
  if (!origins.includes(origin)) return { vary: 'Origin' };
  return { 'access-control-allow-origin': origin, 'timing-allow-origin': origin, vary: 'Origin' };
}

/** Headers of the answer to OPTIONS. Requested header names are echoed, as long as they look like names. */
export function preflightHeaders(headers: IncomingHttpHeaders, origins: CorsOrigins, methods: string) {
  const requested = headers['access-control-request-headers'] ?? '';
  const isEchoed =
    requested.length <= MAX_REQUESTED_CHARACTERS && /^[\w!#$%&'*+.^`|~-]+(?:, ?[\w!#$%&'*+.^`|~-]+)*$/.test(requested);
  return {
    ...corsHeaders(headers, origins),
    'access-control-allow-methods': `${methods}, OPTIONS`,
    'access-control-allow-headers': isEchoed ? requested : DEFAULT_HEADERS,
    'access-control-max-age': PREFLIGHT_SECONDS,
  };
}

/** False for a page whose origin is not on the list: its reports are dropped. Senders that are no page have none. */
export function isPermittedOrigin(headers: IncomingHttpHeaders, origins: CorsOrigins): boolean {
  const { origin } = headers;
  return origin === undefined || origins.includes('*') || origins.includes(origin);
}
