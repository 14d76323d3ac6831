import type { JoinedRequest } from '../../model/joined-request.ts';
import type { UnixMs } from '../../model/time.ts';
import { FAILED, HIT, type Kinds, LATE, MEDIA, MISS, type RecentDelivery } from './recent-delivery.ts';

/** What happened this long before and after a request tells of the request. */
const NEAR_MS = 10_000;
/** Fewer lines prove nothing. */
const ENOUGH = 8;
/** So many late ones, of so many at least, are no chance. */
const LATE_SHARE = 0.3;
const LATE_ENOUGH = 3;
/** A cache that holds hardly anything now, and held clearly more within five minutes before. */
const GONE_SHARE = 0.8;
const HELD_SHARE = 0.65;
const BEFORE_MS = 300_000;
const WINDOW_MS = 30_000;

/** What a CDN gave to others at the time of one request. */
export type Elsewhere = {
  /** As much comes from cache as ever. */
  isCacheHolding(request: JoinedRequest): boolean;
  /** Hardly anything comes from cache any more. */
  isCacheGone(request: JoinedRequest): boolean;
  /** Small objects that the cache does not have are late, and not at one site alone: whoever has them answers late. */
  isOriginLate(request: JoinedRequest): boolean;
  /** What the cache has is late at the site that answered; or what it has not, and at no other. */
  isEdgeLate(request: JoinedRequest): boolean;
  /** Where answers fail: at one site of several, or at most of them; '' when there are too few to tell. */
  failing(request: JoinedRequest): 'one_site' | 'everywhere' | '';
};

/** Reads the recent past of all deliveries of a tenant, up to a moment whose lines are all in. */
export class DeliveryElsewhere implements Elsewhere {
  readonly #recent: RecentDelivery;
  readonly #tenant: string;
  readonly #untilMs: UnixMs;
  /** What was counted around each request, since several causes ask. */
  readonly #everywhere = new Map<JoinedRequest, Kinds>();
  readonly #here = new Map<JoinedRequest, Kinds>();

  constructor(recent: RecentDelivery, tenant: string, untilMs: UnixMs) {
    this.#recent = recent;
    this.#tenant = tenant;
    this.#untilMs = untilMs;
  }

  isCacheHolding(request: JoinedRequest): boolean {
    return missShare(this.#around(request)) <= HELD_SHARE;
  }

  isCacheGone(request: JoinedRequest): boolean {
    if (!(missShare(this.#around(request)) >= GONE_SHARE)) return false;
    const { cdn, startMs } = request;
    for (let toMs = startMs - NEAR_MS; toMs > startMs - BEFORE_MS; toMs -= WINDOW_MS) {
      if (missShare(this.#recent.count(this.#tenant, cdn, toMs - WINDOW_MS, toMs)) <= HELD_SHARE) return true;
    }
    return false;
  }

  isOriginLate(request: JoinedRequest): boolean {
    const everywhere = this.#around(request);
    const others = this.#atOtherSites(request);
    if (others.all >= LATE_ENOUGH) return isOften(others.late, others.all);
    return isOften(everywhere.of(MISS | LATE, MEDIA), everywhere.of(MISS, MEDIA));
  }

  isEdgeLate(request: JoinedRequest): boolean {
    const here = this.#beside(request);
    if (isOften(here.of(HIT | LATE), here.of(HIT))) return true;
    if (!isOften(here.of(MISS | LATE, MEDIA), here.of(MISS, MEDIA))) return false;
    const others = this.#atOtherSites(request);
    return others.all >= ENOUGH && !isOften(others.late, others.all);
  }

  /** Small objects that the caches of other sites did not have, and those of them that were late. */
  #atOtherSites(request: JoinedRequest): { readonly all: number; readonly late: number } {
    const pop = request.edge?.report.pop ?? '';
    if (pop === '') return { all: 0, late: 0 };
    const everywhere = this.#around(request);
    const here = this.#beside(request);
    return {
      all: everywhere.of(MISS, MEDIA) - here.of(MISS, MEDIA),
      late: everywhere.of(MISS | LATE, MEDIA) - here.of(MISS | LATE, MEDIA),
    };
  }

  failing(request: JoinedRequest): 'one_site' | 'everywhere' | '' {
    const { all, failed } = this.#recent.sites(this.#tenant, request.cdn, ...this.#near(request));
    if (failed.size === 0 || all.size < 3) return '';
    if (failed.size === 1) return 'one_site';
    return failed.size * 3 >= all.size ? 'everywhere' : '';
  }

  #around(request: JoinedRequest): Kinds {
    let kinds = this.#everywhere.get(request);
    if (kinds === undefined) {
      kinds = this.#recent.count(this.#tenant, request.cdn, ...this.#near(request));
      this.#everywhere.set(request, kinds);
    }
    return kinds;
  }

  /** At the site that answered it; everywhere when none is named. */
  #beside(request: JoinedRequest): Kinds {
    let kinds = this.#here.get(request);
    if (kinds === undefined) {
      kinds = this.#recent.count(this.#tenant, request.cdn, ...this.#near(request), request.edge?.report.pop);
      this.#here.set(request, kinds);
    }
    return kinds;
  }

  #near({ startMs, endMs }: JoinedRequest): [fromMs: UnixMs, toMs: UnixMs] {
    return [startMs - NEAR_MS, Math.min(endMs + NEAR_MS, this.#untilMs)];
  }
}

/** Of media that the cache had or had not; NaN of too few. */
function missShare(kinds: Kinds): number {
  const misses = kinds.of(MEDIA | MISS, FAILED);
  const all = misses + kinds.of(MEDIA | HIT, FAILED);
  return all >= ENOUGH ? misses / all : Number.NaN;
}

function isOften(some: number, all: number): boolean {
  return some >= LATE_ENOUGH && some >= LATE_SHARE * all;
}
