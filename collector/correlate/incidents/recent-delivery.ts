import { isMediaObject } from '../../model/media.ts';
import type { RequestReport } from '../../model/request.ts';
import type { Source } from '../../model/source.ts';
import type { UnixMs } from '../../model/time.ts';
import { servedFrom } from '../join/request-timing.ts';

/** What is kept of each five seconds, for twenty minutes. */
const BUCKET_MS = 5_000;
const BUCKETS = 256;
const SAMPLE = 64;
/** CDNs of all tenants that are remembered. */
const CDN_LIMIT = 256;
/** Sites of one CDN that are told apart. */
const POP_LIMIT = 65_535;
/** An answer to a small object, or a first byte, is late from here on. */
const LATE_MS = 1_000;
/** Of an object no larger than this the duration is the first byte's, about. */
const SMALL_BYTES = 20_000;

/** What a line was, as bits. */
export const MEDIA = 1;
export const HIT = 2;
export const MISS = 4;
export const LATE = 8;
export const FAILED = 16;
const KINDS = 32;
const NONE: readonly number[] = new Array<number>(KINDS).fill(0);

/**
 * What every CDN delivered lately, to anybody: what one viewer's requests cannot tell, those of the others can. Of
 * every five seconds it keeps the lines with the least ids, up to a limit: a fair sample, the same in whatever order
 * and however often lines arrive. HOT PATH: `note` runs once per edge line.
 */
export class RecentDelivery {
  readonly #cdns = new Map<string, CdnSample>();
  readonly #ofSource = new Map<Source, CdnSample | null>();

  /** `report` is an edge's. */
  note(report: RequestReport): void {
    const { source } = report;
    let cdn = this.#ofSource.get(source);
    if (cdn === undefined) {
      cdn = this.#begin(source);
      this.#ofSource.set(source, cdn);
    }
    cdn?.note(report);
  }

  /** Lines that ended in [fromMs, toMs), whole buckets of them, counted by kind; of one site when one is named. */
  count(tenant: string, cdn: string, fromMs: UnixMs, toMs: UnixMs, pop = ''): Kinds {
    const kinds = new Kinds();
    this.#cdns.get(`${tenant}\n${cdn}`)?.visit(fromMs, toMs, pop, (kind) => kinds.add(kind));
    return kinds;
  }

  /** The sites of those lines. */
  sites(tenant: string, cdn: string, fromMs: UnixMs, toMs: UnixMs): Sites {
    const sites = { all: new Set<number>(), failed: new Set<number>() };
    this.#cdns.get(`${tenant}\n${cdn}`)?.visit(fromMs, toMs, '', (kind, pop) => {
      sites.all.add(pop);
      if ((kind & FAILED) !== 0) sites.failed.add(pop);
    });
    return sites;
  }

  #begin({ tenant, emitter }: Source): CdnSample | null {
    const key = `${tenant}\n${emitter}`;
    const known = this.#cdns.get(key);
    if (known !== undefined || this.#cdns.size >= CDN_LIMIT) return known ?? null;
    const cdn = new CdnSample();
    this.#cdns.set(key, cdn);
    return cdn;
  }
}

/** Sites of one CDN, and those at which one failed. */
export type Sites = { readonly all: ReadonlySet<number>; readonly failed: ReadonlySet<number> };

/** Lines by what they were. Made by the dozen for each incident, so it is one small array. */
export class Kinds {
  readonly #counts: number[] = NONE.slice();

  add(kind: number): void {
    this.#counts[kind] = (this.#counts[kind] as number) + 1;
  }

  /** Lines that have all of `bits` and none of `without`. */
  of(bits: number, without = 0): number {
    let sum = 0;
    for (let kind = 0; kind < KINDS; kind++) {
      if ((kind & bits) === bits && (kind & without) === 0) sum += this.#counts[kind] as number;
    }
    return sum;
  }
}

/** The least ids of each bucket, in no order. Buckets are a ring: a newer one takes the place of the oldest. */
class CdnSample {
  readonly #bucketOf = new Float64Array(BUCKETS).fill(Number.NEGATIVE_INFINITY);
  readonly #sizes = new Uint8Array(BUCKETS);
  /** Place and value of the largest id of a full bucket. */
  readonly #largestAt = new Uint8Array(BUCKETS);
  readonly #ids = new Uint32Array(BUCKETS * SAMPLE);
  readonly #kinds = new Uint8Array(BUCKETS * SAMPLE);
  readonly #pops = new Uint16Array(BUCKETS * SAMPLE);
  readonly #popCodes = new Map<string, number>();

  note(report: RequestReport): void {
    const bucket = Math.floor((report.startMs + (report.durationMs || 0)) / BUCKET_MS);
    const slot = ((bucket % BUCKETS) + BUCKETS) % BUCKETS;
    const kept = this.#bucketOf[slot] as number;
    if (!(bucket >= kept)) return;
    if (bucket > kept) {
      this.#bucketOf[slot] = bucket;
      this.#sizes[slot] = 0;
    }
    const id = (report.uidLow ^ report.uidHigh) >>> 0;
    const size = this.#sizes[slot] as number;
    const first = slot * SAMPLE;
    if (size === SAMPLE && id >= (this.#ids[first + (this.#largestAt[slot] as number)] as number)) return;
    for (let at = first; at < first + size; at++) if (this.#ids[at] === id) return;
    const at = first + (size < SAMPLE ? size : (this.#largestAt[slot] as number));
    this.#ids[at] = id;
    this.#kinds[at] = kindOf(report);
    this.#pops[at] = this.#popCode(report.pop);
    if (size < SAMPLE) this.#sizes[slot] = size + 1;
    if (size + 1 >= SAMPLE) this.#findLargest(slot);
  }

  visit(fromMs: UnixMs, toMs: UnixMs, pop: string, line: (kind: number, pop: number) => void): void {
    const wanted = pop === '' ? 0 : this.#popCodes.get(pop);
    if (wanted === undefined) return;
    const last = Math.floor(toMs / BUCKET_MS) - 1;
    for (let bucket = Math.max(Math.floor(fromMs / BUCKET_MS), last - BUCKETS + 1); bucket <= last; bucket++) {
      const slot = ((bucket % BUCKETS) + BUCKETS) % BUCKETS;
      if (this.#bucketOf[slot] !== bucket) continue;
      for (let at = slot * SAMPLE; at < slot * SAMPLE + (this.#sizes[slot] as number); at++) {
        if (wanted === 0 || this.#pops[at] === wanted) line(this.#kinds[at] as number, this.#pops[at] as number);
      }
    }
  }

  #findLargest(slot: number): void {
    let largest = 0;
    for (let i = 1; i < SAMPLE; i++) {
      if ((this.#ids[slot * SAMPLE + i] as number) > (this.#ids[slot * SAMPLE + largest] as number)) largest = i;
    }
    this.#largestAt[slot] = largest;
  }

  /** 0 where no site is named, or too many are. */
  #popCode(pop: string): number {
    const known = this.#popCodes.get(pop);
    if (known !== undefined) return known;
    const code = pop === '' || this.#popCodes.size >= POP_LIMIT ? 0 : this.#popCodes.size + 1;
    if (code > 0) this.#popCodes.set(pop, code);
    return code;
  }
}

function kindOf(report: RequestReport): number {
  const isMedia = isMediaObject(report.objectType);
  const from = servedFrom(report);
  const isSmall = !isMedia && !(report.bodyBytes > SMALL_BYTES);
  const waitMs = report.ttfbMs >= 0 ? report.ttfbMs : isSmall ? report.durationMs : Number.NaN;
  return (
    (isMedia ? MEDIA : 0) |
    (from === 'cache' ? HIT : from === 'above' ? MISS : 0) |
    (waitMs > LATE_MS ? LATE : 0) |
    (report.status >= 500 ? FAILED : 0)
  );
}
