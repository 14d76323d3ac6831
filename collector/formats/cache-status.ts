import type { CacheStatus } from '../model/media.ts';

/** Vendors' words for what their cache did (formats.md section 2.4), by provider. '' is "does not apply". */
const WORDS: Readonly<Record<CacheProvider, ReadonlyMap<string, CacheStatus>>> = {
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
  cloudfront: words({
    hit: ['Hit'],
    hit_upper: ['OriginShieldHit'],
    revalidated: ['RefreshHit'],
    miss: ['Miss', 'MissGeneratedResponse'],
    synth: ['Redirect', 'FunctionGeneratedResponse', 'LambdaGeneratedResponse'],
    error: ['Error', 'LimitExceeded', 'CapacityExceeded'],
  }),
  // https://www.fastly.com/documentation/reference/vcl/variables/miscellaneous/fastly-info-state/
  fastly: words({
    hit: ['HIT', 'HIT-CLUSTER', 'HIT-WAIT', 'HIT-WAIT-CLUSTER', 'HIT-SYNTH'],
    revalidated: ['HIT-REFRESH'],
    stale_hit: ['HIT-STALE', 'HIT-STALE-CLUSTER'],
    miss: ['MISS', 'MISS-CLUSTER', 'MISS-WAIT', 'MISS-WAIT-CLUSTER'],
    bypass: ['PASS', 'PASS-CLUSTER', 'HITPASS', 'HITPASS-CLUSTER', 'BYPASS'],
    synth: ['SYNTH'],
    error: ['ERROR', 'ERROR-CLUSTER', 'ERROR-LOSTHDR'],
  }),
  // https://developers.cloudflare.com/cache/concepts/cache-responses/
  cloudflare: words({
    hit: ['hit', 'stream_hit'],
    stale_hit: ['stale', 'updating'],
    revalidated: ['revalidated'],
    miss: ['miss', 'expired'],
    bypass: ['bypass', 'dynamic', 'ignored'],
    unknown: ['unknown'],
    '': ['none', 'none/unknown'],
  }),
  // https://nginx.org/en/docs/http/ngx_http_upstream_module.html#var_upstream_cache_status
  nginx: words({
    hit: ['HIT'],
    revalidated: ['REVALIDATED'],
    stale_hit: ['STALE', 'UPDATING'],
    miss: ['MISS', 'EXPIRED'],
    bypass: ['BYPASS'],
  }),
};

/** Akamai has no word: its status is put together from numbers (akamai-ds2.ts). */
export type CacheProvider = 'cloudfront' | 'fastly' | 'cloudflare' | 'nginx';

function words(rows: Partial<Record<CacheStatus, readonly string[]>>): ReadonlyMap<string, CacheStatus> {
  return new Map(
    Object.entries(rows).flatMap(([status, raws]) => raws.map((raw) => [raw, status as CacheStatus] as const)),
  );
}

/** What a vendor may call a cache status. Anything else in that place may be an address or a secret, and is not shown. */
const WORD = /^[A-Za-z][\w -]{0,39}$/;

/** Unknown words with how often they were seen, so that a vendor's new word is noticed. Bounded. */
export class UnknownCacheWords {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(provider: string, raw: string): void {
    const word = `${provider}/${WORD.test(raw) ? raw : 'other'}`;
    const known = this.#counts.get(word);
    const key = known === undefined && this.#counts.size >= this.#limit ? `${provider}/other` : word;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Counts since the process began. At most `limit` words, and one `other` per provider. */
  *counts(): Generator<{ readonly provider: string; readonly word: string; readonly count: number }> {
    for (const [key, count] of this.#counts) {
      const [provider = '', word = ''] = key.split('/');
      yield { provider, word, count };
    }
  }
}

/** Counted over all decoders of the process; exported as a metric of the collector itself. */
export const unknownCacheWords = new UnknownCacheWords(100);

let lastProvider: CacheProvider = 'nginx';
let lastRaw = '';
let lastStatus: CacheStatus = '';

/**
 * Normalised cache status of a vendor's word; absent stays absent, unknown words are `unknown` and counted.
 * HOT PATH: runs for every line, mostly with the word of the line before.
 */
export function cacheStatusOf(provider: CacheProvider, raw: string): CacheStatus {
  if (raw === '') return '';
  if (raw === lastRaw && provider === lastProvider) return lastStatus;
  const status = lookUp(provider, raw);
  if (status === 'unknown') return status;
  lastProvider = provider;
  lastRaw = raw;
  lastStatus = status;
  return status;
}

function lookUp(provider: CacheProvider, raw: string): CacheStatus {
  const status = WORDS[provider].get(raw);
  if (status !== undefined) return status;
  unknownCacheWords.add(provider, raw);
  return 'unknown';
}
