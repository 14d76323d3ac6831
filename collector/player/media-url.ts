import { randomHex } from './random-hex.ts';

const MEDIA_PATH = /\.(m3u8|mpd|m4[sva]|mp4|cmf[vatm]|ts|aac|mp3|webm|vtt|ttml)$/i;

/** Query parameters the collector joins by; everything else in a query may be a secret and stays in the page. */
const JOIN_PARAMETERS = ['CMCD', 'rid'];

/** True for what the hook reports as a media request: playlists, manifests, segments, and anything with a join key. */
export function isMediaUrl(url: URL): boolean {
  return MEDIA_PATH.test(url.pathname) || JOIN_PARAMETERS.some((name) => url.searchParams.has(name));
}

/** A playlist may live elsewhere than the segments, whose host says which CDN is in use. */
export function isPlaylistUrl(url: URL): boolean {
  return /\.(m3u8|mpd)$/i.test(url.pathname);
}

/** The URL without credentials, fragment and every query parameter that is not a join key. */
export function withoutSecrets(url: URL): string {
  const kept = new URLSearchParams();
  for (const name of JOIN_PARAMETERS) {
    const value = url.searchParams.get(name);
    if (value) kept.set(name, value);
  }
  return `${url.origin}${url.pathname}?${kept}`.replace(/\?$/, '');
}

/** CMCD `sid` of a media URL in query mode, '' without one. */
export function cmcdSession(url: URL): string {
  return /\bsid="([^"]+)/.exec(url.searchParams.get('CMCD') ?? '')?.[1] ?? '';
}

/** The parsed URL, or null when it cannot be parsed: players hand over odd ones. */
export function parseUrl(url: string): URL | null {
  try {
    return new URL(url, location.href);
  } catch {
    return null;
  }
}

/**
 * Appends `rid=<16 hex digits>` on allow-listed hosts: it appears in the CDN's log line and in Resource Timing, which
 * makes the join exact. Replaces an older one, so every attempt of a retried request has its own.
 */
export function joinKeyAppender(hosts: readonly string[]): ((url: string) => string) | null {
  if (hosts.length === 0) return null;
  return (url) => {
    const parsed = parseUrl(url);
    if (!parsed || !(hosts.includes(parsed.host) || hosts.includes(parsed.hostname))) return url;
    // As text: URLSearchParams would write the rest of the query in its own encoding, and tokens sign bytes.
    const bare = parsed.href
      .replace(/#.*/, '')
      .replace(/([?&])rid=[0-9a-f]{16}(&|$)/, '$1')
      .replace(/[?&]$/, '');
    return `${bare}${bare.includes('?') ? '&' : '?'}rid=${randomHex(8)}`;
  };
}
