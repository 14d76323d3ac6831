import type { SourceFacts } from './doctor-facts.ts';
import { ENOUGH, type Finding, finding, pageOf, percent } from './finding.ts';

const SKEW_MS = 250;
/** What keeps CMCD out of the cache key, by page. */
const CACHE_KEYS: Readonly<Record<string, string>> = {
  nginx: '`proxy_cache_key $uri;`',
  cloudfront: 'a cache policy that includes no query strings',
  fastly: '`set req.url = querystring.filter(…)` for CMCD and rid in vcl_recv',
  akamai: 'Cache Key Query Parameters: ignore CMCD and rid',
  cloudflare: 'a custom cache key that excludes CMCD and rid',
};

/** What an edge's log lacks, or shows to be wrong. */
export function edgeFindings(facts: SourceFacts): Finding[] {
  const { source, media, mediaNamed, preflights, requests } = facts;
  const { name, format } = source;
  const page = pageOf(format);
  const found: Finding[] = [];
  if (media >= ENOUGH && mediaNamed < 0.9 * media) {
    const isNone = mediaNamed < 0.05 * media;
    found.push(
      finding(
        isNone ? 'broken' : 'weak',
        'cmcd_missing',
        name,
        isNone
          ? 'no request carries CMCD, so sessions are guessed from address, user agent and title'
          : `${percent(1 - mediaNamed / media)} of its media requests carry no CMCD; their sessions are guessed`,
        `switch CMCD on in the players (docs/connect/hls-js.md, dash-js.md, shaka.md) and log the whole query (${page})`,
      ),
    );
  }
  if (preflights >= ENOUGH && preflights > 0.3 * media) {
    found.push(
      finding(
        'weak',
        'cmcd_in_headers',
        name,
        `browsers ask permission for ${percent(preflights / Math.max(1, media))} of the media requests: CMCD, or a ` +
          'trace context, is sent in headers, which costs a round trip each',
        'send CMCD in the query: `useHeaders: false` in hls.js and Shaka, `mode: "query"` in dash.js (docs/connect/hls-js.md)',
      ),
    );
  }
  if (facts.repeats >= ENOUGH && facts.repeatMisses > 0.7 * facts.repeats) {
    found.push(
      finding(
        'broken',
        'cache_key_polluted',
        name,
        `${percent(facts.repeatMisses / facts.repeats)} of the segments that were fetched minutes before are misses: ` +
          'the cache key contains what differs from viewer to viewer, such as CMCD or rid',
        `${CACHE_KEYS[page.slice('docs/connect/'.length, -'.md'.length)] ?? 'leave the query out of the cache key'} (${page})`,
      ),
    );
  }
  if (requests >= ENOUGH && facts.withRequestId < 0.9 * requests) {
    found.push(
      finding(
        'weak',
        'request_id_missing',
        name,
        'its lines have no request id, so lines of the origin can only be joined by time',
        `log the request id, hand it on as X-Request-ID and expose it to the player (${page})`,
      ),
    );
  }
  if (requests >= ENOUGH && facts.timed < 0.5 * requests) {
    found.push(
      finding(
        'weak',
        'first_byte_missing',
        name,
        'its lines do not say when the first byte went out, so a slow edge looks like a slow network',
        `add the time to first byte to the log (${page})`,
      ),
    );
  }
  if (requests >= ENOUGH && facts.cacheKnown < 0.5 * requests) {
    found.push(
      finding(
        'weak',
        'cache_status_missing',
        name,
        'its lines do not say hit or miss',
        `add the cache status to the log (${page})`,
      ),
    );
  }
  return found;
}

/** Of an origin or a shield: ids it should name, and its clock. */
export function upperFindings(facts: SourceFacts, all: readonly SourceFacts[]): Finding[] {
  const { source, requests, withParentId, parentsFound, contradictionsMs } = facts;
  const page = pageOf(source.format);
  const found: Finding[] = [];
  if (requests < ENOUGH || !all.some((other) => other.source.tier === 'edge' && other.requests > 0)) return found;
  if (withParentId < 0.5 * requests) {
    found.push(
      finding(
        'weak',
        'request_id_not_forwarded',
        source.name,
        'its lines do not name the request of the edge they answer',
        `let the edge send X-Request-ID and log it here (${page})`,
      ),
    );
  } else if (parentsFound < 0.5 * withParentId) {
    found.push(
      finding(
        'weak',
        'request_id_unknown',
        source.name,
        `${percent(1 - parentsFound / withParentId)} of the requests it names are in no edge's log`,
        'read the logs of all edges, whole and without sampling; an edge that caches the header answers with an old id',
      ),
    );
  }
  const skewMs = middle(contradictionsMs.filter((ms) => ms !== 0));
  const isSkewed = contradictionsMs.filter((ms) => Math.abs(ms) > SKEW_MS).length > 0.5 * contradictionsMs.length;
  if (contradictionsMs.length >= ENOUGH && isSkewed) {
    found.push(
      finding(
        'broken',
        'clock_skew',
        source.name,
        `its clock is about ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} the edge's: ` +
          'requests seem to begin outside of those that caused them',
        'let both keep time with NTP; a time zone in the log is a whole number of quarter hours (`timeZone` in docs/config.md)',
      ),
    );
  }
  return found;
}

/** Of what players post. */
export function playerFindings(facts: SourceFacts): Finding[] {
  const { source, posts, requests, withRequestId, withRid, events, eventsWithState } = facts;
  const found: Finding[] = [];
  if (posts >= ENOUGH && events + requests === 0) {
    found.push(
      finding(
        'broken',
        'player_without_session',
        source.name,
        'players post, but nothing they post names a session',
        'report `sid`: without `enabledKeys` dash.js posts the time of an event and nothing else (docs/connect/dash-js.md)',
      ),
    );
  }
  if (requests >= ENOUGH && withRequestId + withRid === 0) {
    found.push(
      finding(
        'weak',
        'request_id_not_exposed',
        source.name,
        'players cannot tell which request of the CDN theirs was, so they are joined by order and time',
        'expose the request id (`Access-Control-Expose-Headers`, Server-Timing) and load the hook, which also sends `rid` ' +
          '(docs/connect/hls-js.md)',
      ),
    );
  }
  if (events < ENOUGH || eventsWithState > 0) return found;
  return [
    ...found,
    finding(
      'weak',
      'states_missing',
      source.name,
      'no event says a play state, so stalls are inferred from the requests',
      'report `sta`: `includeKeys` of the event target (docs/connect/dash-js.md), or the hook (docs/connect/shaka.md)',
    ),
  ];
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
