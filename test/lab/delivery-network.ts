import { type CacheEntry, EdgeCache } from './edge-cache.ts';
import type { IncidentPlan } from './incident-plan.ts';
import type { MediaObject } from './media-object.ts';
import { type Origin, type OriginAnswer, originDistanceMs } from './origin.ts';
import { SITES } from './population.ts';
import { hashRatio, type Random } from './random.ts';
import type { CdnSpec } from './scenario.ts';

/** What a cache did. `wait`: the object was on its way for somebody else, so there is no request of its own above. */
export type CacheOutcome = 'hit' | 'wait' | 'miss' | 'revalidated' | 'error';

/** The shield's half of an exchange, in true time at the shield. */
export type ShieldAnswer = {
  readonly receivedMs: number;
  readonly firstByteMs: number;
  readonly endMs: number;
  readonly status: number;
  readonly bodyBytes: number;
  readonly cache: CacheOutcome;
};

/** What a site of a CDN answered, in true time at the edge, before the viewer's line has its say. */
export type EdgeAnswer = {
  readonly status: number;
  readonly bodyBytes: number;
  readonly firstByteMs: number;
  /** The rate at which the body itself reaches the edge; Infinity from cache. */
  readonly fillKbps: number;
  readonly cache: CacheOutcome;
  readonly generatedBy: '' | 'edge' | 'origin';
  /** Newest segment the answer lists, when it is a live playlist. */
  readonly newest: number;
  readonly shield: ShieldAnswer | null;
  readonly origin: OriginAnswer | null;
  /** Milliseconds that injected faults added before the first byte. */
  readonly addedMs: { readonly edge: number; readonly origin: number; readonly storm: number };
  /** The fill itself was slow because of a storm of misses. */
  readonly isStarvedFill: boolean;
};

type Fetched = {
  readonly firstByteMs: number;
  readonly endMs: number;
  readonly status: number;
  readonly newest: number;
  readonly isUnchanged: boolean;
  readonly shield: ShieldAnswer | null;
  readonly origin: OriginAnswer | null;
  /** What a fault of the origin added, to this fetch or to the one it waited for. */
  readonly originAddedMs: number;
};

const EDGE_MS = 5;
const ERROR_BYTES = 592;
const FORBIDDEN_BYTES = 110;
const LIVE_ORIGIN_FAULTS = ['origin_slow', 'origin_5xx'] as const;
const NONE_ADDED = { edge: 0, origin: 0, storm: 0 };

/** One CDN: a cache per site, perhaps a shield, and the faults that strike there. */
export class DeliveryNetwork {
  readonly spec: CdnSpec;
  readonly #origin: Origin;
  readonly #incidents: IncidentPlan;
  readonly #caches = new Map<string, EdgeCache>();
  readonly #shield: EdgeCache | null;

  constructor(spec: CdnSpec, origin: Origin, incidents: IncidentPlan) {
    this.spec = spec;
    this.#origin = origin;
    this.#incidents = incidents;
    for (const site of SITES) this.#caches.set(site, new EdgeCache(spec.cacheObjects));
    this.#shield = spec.shieldSite === '' ? null : new EdgeCache(spec.cacheObjects * 4);
  }

  /** Answers a request that reaches `site` at `atMs`. */
  answer(object: MediaObject, site: string, atMs: number, isForbidden: boolean, random: Random): EdgeAnswer {
    const { name } = this.spec;
    const contentId = object.content.id;
    const edgeMs = random.logNormal(EDGE_MS, 0.5);
    if (isForbidden) return refusal(403, atMs + edgeMs, FORBIDDEN_BYTES);
    const broken = this.#incidents.at('edge_5xx', atMs, name, site, contentId);
    if (broken !== undefined && (object.role === 'segment' || broken.spec.strength >= 1)) {
      if (random.chance(broken.spec.share)) return refusal(503, atMs + edgeMs, ERROR_BYTES);
    }
    const slow = this.#incidents.at('edge_slow', atMs, name, site, contentId);
    const slowMs =
      slow !== undefined && random.chance(slow.spec.share) ? slow.spec.strength * random.between(0.7, 1.3) : 0;
    const storm = this.#incidents.at('miss_storm', atMs, name, site, contentId);
    const isStorm = storm !== undefined && object.role === 'segment' && random.chance(storm.spec.share);
    const cache = this.#cacheOf(site);
    const entry = cache.find(object.key) ?? this.#warm(object, site, atMs, cache);
    if (entry !== undefined && atMs < entry.freshUntilMs && !isStorm) {
      return fromCache(object, entry, atMs, edgeMs, slowMs);
    }
    const queueMs = isStorm ? storm.spec.strength * random.between(0.6, 1.4) : 0;
    const fillKbps = random.logNormal(isStorm ? 1400 : 120_000, 0.35);
    const kept = entry === undefined || isStorm ? -1 : entry.newest;
    const askedMs = atMs + edgeMs + slowMs + queueMs;
    const got = this.#fetch(object, site, askedMs, kept, fillKbps, random);
    const isGood = got.status < 400;
    if (isGood && !isStorm) {
      const freshUntilMs = got.firstByteMs + object.ttlMs;
      cache.store(object.key, { freshUntilMs, firstByteMs: got.firstByteMs, filledMs: got.endMs, newest: got.newest });
    }
    return {
      status: got.status,
      bodyBytes: isGood ? object.sizeBytes : ERROR_BYTES,
      firstByteMs: got.firstByteMs,
      fillKbps: got.isUnchanged ? Number.POSITIVE_INFINITY : fillKbps,
      cache: isGood ? (got.isUnchanged ? 'revalidated' : 'miss') : 'error',
      generatedBy: isGood ? '' : 'origin',
      newest: got.newest,
      shield: got.shield,
      origin: got.origin,
      addedMs: { edge: slowMs, origin: got.originAddedMs, storm: queueMs },
      isStarvedFill: isStorm,
    };
  }

  /** Gets an object from the tier above; times are those of the edge. */
  #fetch(object: MediaObject, site: string, atMs: number, kept: number, fillKbps: number, random: Random): Fetched {
    if (this.#shield === null) {
      const wayMs = originDistanceMs(site);
      const origin = this.#origin.serve(object, atMs + wayMs, kept, fillKbps, random);
      return {
        firstByteMs: origin.firstByteMs + wayMs,
        endMs: origin.endMs + wayMs,
        status: origin.status === 304 ? 200 : origin.status,
        newest: origin.newest,
        isUnchanged: origin.status === 304,
        shield: null,
        origin,
        originAddedMs: origin.addedMs,
      };
    }
    const { shieldSite } = this.spec;
    const wayMs = Math.abs(originDistanceMs(site) - originDistanceMs(shieldSite)) + 1;
    const receivedMs = atMs + wayMs;
    const entry = this.#shield.find(object.key);
    if (entry !== undefined && receivedMs < entry.freshUntilMs) {
      const firstByteMs = Math.max(receivedMs + 1, entry.firstByteMs);
      const endMs = Math.max(firstByteMs + (object.sizeBytes * 8) / fillKbps, entry.filledMs);
      const cache = entry.firstByteMs > receivedMs ? 'wait' : 'hit';
      const shield = { receivedMs, firstByteMs, endMs, status: 200, bodyBytes: object.sizeBytes, cache } as const;
      return passedOn(shield, wayMs, entry.newest, null, firstByteMs - receivedMs);
    }
    const origin = this.#origin.serve(
      object,
      receivedMs + originDistanceMs(shieldSite),
      entry?.newest ?? -1,
      fillKbps,
      random,
    );
    const firstByteMs = origin.firstByteMs + originDistanceMs(shieldSite);
    const endMs = origin.endMs + originDistanceMs(shieldSite);
    const isGood = origin.status < 400;
    if (isGood) {
      this.#shield.store(object.key, {
        freshUntilMs: firstByteMs + object.ttlMs,
        firstByteMs,
        filledMs: endMs,
        newest: origin.newest,
      });
    }
    const shield: ShieldAnswer = {
      receivedMs,
      firstByteMs,
      endMs,
      status: origin.status === 304 ? 200 : origin.status,
      bodyBytes: isGood ? object.sizeBytes : ERROR_BYTES,
      cache: isGood ? (origin.status === 304 ? 'revalidated' : 'miss') : 'error',
    };
    return passedOn(shield, wayMs, origin.newest, origin, origin.addedMs);
  }

  #cacheOf(site: string): EdgeCache {
    const cache = this.#caches.get(site);
    if (cache === undefined) throw new Error(`the lab has no site ${site}`);
    return cache;
  }

  /** What others asked this site for, before the run began or outside of it; the more popular the likelier. */
  #warm(object: MediaObject, site: string, atMs: number, cache: EdgeCache): CacheEntry | undefined {
    const { content } = object;
    const place = site.charCodeAt(0) * 256 + site.charCodeAt(1);
    const isMoving = content.isLive && object.role !== 'init';
    // Of a playlist that moves, every version has to be asked for anew.
    const version = isMoving && object.role !== 'segment' ? Math.floor(atMs / object.ttlMs) : 0;
    const chance = this.spec.warmth / (1 + content.index / 400);
    if (hashRatio(object.key % 2147483647, content.index + version * 8191, place) >= chance) return undefined;
    if (isMoving) {
      // The others would have to wait for the origin, too.
      const isAiling = LIVE_ORIGIN_FAULTS.some(
        (fault) => this.#incidents.at(fault, atMs, '', '', content.id) !== undefined,
      );
      if (isAiling) return undefined;
    }
    if (version > 0) {
      const storedMs = version * object.ttlMs;
      const newest = this.#origin.newestSegment(object, storedMs);
      const listed = { freshUntilMs: storedMs + object.ttlMs, firstByteMs: 0, filledMs: 0, newest };
      cache.store(object.key, listed);
      return listed;
    }
    const entry = { freshUntilMs: atMs + object.ttlMs, firstByteMs: 0, filledMs: 0, newest: 0 };
    cache.store(object.key, entry);
    return entry;
  }
}

function passedOn(
  shield: ShieldAnswer,
  wayMs: number,
  newest: number,
  origin: OriginAnswer | null,
  originAddedMs: number,
): Fetched {
  return {
    firstByteMs: shield.firstByteMs + wayMs,
    endMs: shield.endMs + wayMs,
    status: shield.status,
    newest,
    isUnchanged: false,
    shield,
    origin,
    originAddedMs,
  };
}

function fromCache(object: MediaObject, entry: CacheEntry, atMs: number, edgeMs: number, slowMs: number): EdgeAnswer {
  const firstByteMs = Math.max(atMs + edgeMs + slowMs, entry.firstByteMs);
  const isFilling = entry.filledMs > firstByteMs;
  return {
    status: 200,
    bodyBytes: object.sizeBytes,
    firstByteMs,
    fillKbps: isFilling ? (object.sizeBytes * 8) / (entry.filledMs - firstByteMs) : Number.POSITIVE_INFINITY,
    cache: entry.firstByteMs > atMs ? 'wait' : 'hit',
    generatedBy: '',
    newest: entry.newest,
    shield: null,
    origin: null,
    addedMs: { edge: slowMs, origin: Math.max(0, entry.firstByteMs - atMs - edgeMs - slowMs), storm: 0 },
    isStarvedFill: false,
  };
}

/** An answer the edge makes itself. */
function refusal(status: number, atMs: number, bodyBytes: number): EdgeAnswer {
  return {
    status,
    bodyBytes,
    firstByteMs: atMs,
    fillKbps: Number.POSITIVE_INFINITY,
    cache: 'error',
    generatedBy: 'edge',
    newest: -1,
    shield: null,
    origin: null,
    addedMs: NONE_ADDED,
    isStarvedFill: false,
  };
}
