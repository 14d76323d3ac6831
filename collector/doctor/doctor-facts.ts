import type { Event } from '../model/event.ts';
import { isMediaObject } from '../model/media.ts';
import type { RequestReport } from '../model/request.ts';
import type { Source } from '../model/source.ts';

/** Ids, paths and sessions that are remembered; a sample of so many is enough for a diagnosis. */
const LIMIT = 300_000;
const PAIR_LIMIT = 5_000;
/** A segment asked for again this soon should still be in the cache. */
const REPEAT_MS = 10 * 60_000;

/** What the records of one source showed. Counts of records; media are audio and video objects. */
export type SourceFacts = {
  readonly source: Source;
  lines: number;
  /** Posts of players, of a capture. */
  posts: number;
  readonly refused: Map<string, number>;
  requests: number;
  preflights: number;
  media: number;
  /** Media whose session can be known exactly: by a session id of CMCD, or the nonce of the hook. */
  mediaNamed: number;
  withRequestId: number;
  /** Requests with the nonce of the player's hook. */
  withRid: number;
  /** Lines that name the request below theirs, and those whose request an edge's line has. */
  withParentId: number;
  parentsFound: number;
  timed: number;
  coarse: number;
  cacheKnown: number;
  /** Segments that somebody had fetched minutes before, from the same site, and how many were misses all the same. */
  repeats: number;
  repeatMisses: number;
  /** Events of a player, and those that say its state. */
  events: number;
  eventsWithState: number;
  /** By how much the lines' times contradict those of the edge they belong to, ms; 0 where they do not. */
  readonly contradictionsMs: number[];
};

/** Requests that players numbered, of which no log has a line. */
export type SampleFacts = { readonly numbered: number; readonly missing: number; readonly sessions: number };

type Span = { readonly startMs: number; readonly endMs: number };
type Numbers = { least: number; most: number; readonly seen: Set<number> };

/** Looks at every record once and keeps counts. Sources in any order; nothing is joined before the end. */
export class DoctorFacts {
  readonly #sources = new Map<string, SourceFacts>();
  readonly #edges = new Map<string, Span>();
  readonly #uppers: { readonly facts: SourceFacts; readonly parentId: string; readonly startMs: number }[] = [];
  readonly #fetched = new Map<string, number>();
  readonly #numbers = new Map<string, Numbers>();
  /** Fastest post of each player against its own clock, ms. */
  readonly #transitMs = new Map<string, number>();

  of(source: Source): SourceFacts {
    let facts = this.#sources.get(source.name);
    if (!facts) {
      facts = emptyFacts(source);
      this.#sources.set(source.name, facts);
    }
    return facts;
  }

  add(event: Event, from: Source): void {
    const facts = this.of(from);
    if (event.kind === 'request') {
      this.#request(event, facts);
      return;
    }
    facts.events++;
    if (event.state !== undefined) facts.eventsWithState++;
    if (this.#transitMs.size < LIMIT || this.#transitMs.has(event.sid)) {
      const transitMs = event.receivedMs - event.tsMs;
      this.#transitMs.set(event.sid, Math.min(this.#transitMs.get(event.sid) ?? Number.POSITIVE_INFINITY, transitMs));
    }
  }

  /** What all sources showed; call it when everything was read. */
  sources(): readonly SourceFacts[] {
    for (const { facts, parentId, startMs } of this.#uppers.splice(0)) {
      const edge = this.#edges.get(parentId);
      if (!edge) continue;
      facts.parentsFound++;
      if (facts.contradictionsMs.length < PAIR_LIMIT) facts.contradictionsMs.push(outside(edge, startMs));
    }
    return [...this.#sources.values()];
  }

  sample(): SampleFacts {
    let numbered = 0;
    let missing = 0;
    for (const { least, most, seen } of this.#numbers.values()) {
      numbered += most - least + 1;
      missing += most - least + 1 - seen.size;
    }
    return { numbered, missing, sessions: this.#numbers.size };
  }

  /** Players' clocks against ours, ms, by session; what was read from files alone shows none. */
  playerOffsetsMs(): readonly number[] {
    return [...this.#transitMs.values()];
  }

  #request(report: RequestReport, facts: SourceFacts): void {
    const { source, startMs, durationMs, requestId, parentRequestId, cmcd } = report;
    if (report.method === 'OPTIONS') {
      facts.preflights++;
      return;
    }
    facts.requests++;
    if (requestId !== '') facts.withRequestId++;
    if (report.rid !== '') facts.withRid++;
    if (report.ttfbMs >= 0) facts.timed++;
    if (report.precisionMs >= 1_000) facts.coarse++;
    if (report.cacheStatus !== '') facts.cacheKnown++;
    if (source.tier === 'origin' || source.tier === 'shield') {
      if (parentRequestId === '') return;
      facts.withParentId++;
      if (this.#uppers.length < LIMIT) this.#uppers.push({ facts, parentId: parentRequestId, startMs });
      return;
    }
    const isEdge = source.tier === 'edge';
    if (isEdge && requestId !== '' && this.#edges.size < LIMIT) {
      this.#edges.set(requestId, { startMs, endMs: startMs + durationMs });
    }
    if (isEdge && cmcd.sid !== '' && cmcd.sn >= 0) this.#number(cmcd.sid, cmcd.sn);
    if (!isMediaObject(report.objectType)) return;
    facts.media++;
    if (cmcd.sid !== '' || report.rid !== '' || report.sessionId !== '') facts.mediaNamed++;
    if (isEdge) this.#repeat(report, facts);
  }

  #number(sid: string, number: number): void {
    const known = this.#numbers.get(sid);
    if (!known) {
      if (this.#numbers.size < LIMIT) this.#numbers.set(sid, { least: number, most: number, seen: new Set([number]) });
      return;
    }
    known.least = Math.min(known.least, number);
    known.most = Math.max(known.most, number);
    if (known.seen.size < LIMIT) known.seen.add(number);
  }

  #repeat({ path, pop, startMs, status, cacheStatus, source }: RequestReport, facts: SourceFacts): void {
    if (cacheStatus === '' || status !== 200) return;
    const key = `${source.name}\n${pop}\n${path}`;
    const lastMs = this.#fetched.get(key);
    if (lastMs === undefined && this.#fetched.size >= LIMIT) return;
    this.#fetched.set(key, startMs);
    if (lastMs === undefined || Math.abs(startMs - lastMs) > REPEAT_MS) return;
    facts.repeats++;
    if (cacheStatus === 'miss') facts.repeatMisses++;
  }
}

/** How far outside the edge's request a request of it to the tier above began. */
function outside({ startMs, endMs }: Span, atMs: number): number {
  if (atMs < startMs) return atMs - startMs;
  return atMs > endMs ? atMs - endMs : 0;
}

function emptyFacts(source: Source): SourceFacts {
  return {
    source,
    lines: 0,
    posts: 0,
    refused: new Map(),
    requests: 0,
    preflights: 0,
    media: 0,
    mediaNamed: 0,
    withRequestId: 0,
    withRid: 0,
    withParentId: 0,
    parentsFound: 0,
    timed: 0,
    coarse: 0,
    cacheKnown: 0,
    repeats: 0,
    repeatMisses: 0,
    events: 0,
    eventsWithState: 0,
    contradictionsMs: [],
  };
}
