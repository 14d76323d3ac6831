import type { JoinedRequest } from '../model/joined-request.ts';
import { isMediaObject } from '../model/media.ts';
import { cmcdOf } from './request-halves.ts';
import { objectDurationMs } from './request-signs.ts';

/** Contents, and folder schemes, that are remembered; the oldest are forgotten. */
const LIMIT = 20_000;
/** A scheme speaks for contents nobody has described yet once so many agree, and hardly any does not. */
const SCHEME_VOTES = 3;
const SCHEME_SHARE = 0.8;

/** What the players of one content said of it. NaN while nobody has. */
export type ContentFacts = { segmentMs: number; lowestKbps: number; topKbps: number };

type Votes = { segmentMs: number; agreeing: number; all: number };

const NOTHING: Readonly<ContentFacts> = { segmentMs: Number.NaN, lowestKbps: Number.NaN, topKbps: Number.NaN };

/**
 * What CMCD told of contents, for the viewers of the same content whose player says nothing: how long a segment is,
 * and between which bitrates a player can choose. A content is known by the folder of its media; one that nobody
 * described has the segments of its neighbours, whose folders differ in their numbers only.
 */
export class ContentMemory {
  readonly #contents = new Map<string, ContentFacts>();
  readonly #schemes = new Map<string, Votes>();
  /** By tenant: every playback asks, so that none needs a function of its own. */
  readonly #segments = new Map<string, (path: string) => number>();

  /** `tenant` keeps customers apart. */
  of(tenant: string, path: string): Readonly<ContentFacts> {
    const key = folderKey(tenant, path);
    const known = this.#contents.get(key) ?? NOTHING;
    if (known.segmentMs > 0) return known;
    const votes = this.#schemes.get(schemeKey(key));
    const isAgreed = votes && votes.agreeing >= SCHEME_VOTES && votes.agreeing >= SCHEME_SHARE * votes.all;
    return isAgreed ? { ...known, segmentMs: votes.segmentMs } : known;
  }

  /** Looks up how long segments of a path are, for the playbacks of one tenant; NaN when nobody said. */
  segmentsOf(tenant: string): (path: string) => number {
    let segmentsOf = this.#segments.get(tenant);
    if (segmentsOf === undefined) {
      segmentsOf = (path) => this.of(tenant, path).segmentMs;
      this.#segments.set(tenant, segmentsOf);
    }
    return segmentsOf;
  }

  /** Takes what one media request says of its content; call it once or a few times per playback. */
  learn(tenant: string, request: JoinedRequest): void {
    const { path, objectType } = request;
    if (!isMediaObject(objectType)) return;
    const key = folderKey(tenant, path);
    const facts = this.#contents.get(key) ?? this.#begin(key);
    const durationMs = objectDurationMs(request);
    if (durationMs > 0 && facts.segmentMs !== durationMs) {
      // Last segments are shorter.
      if (!(facts.segmentMs > durationMs)) facts.segmentMs = durationMs;
      this.#vote(schemeKey(key), durationMs);
    }
    if (objectType === 'audio') return;
    const { bitrateKbps, lowestBitrateKbps, topBitrateKbps } = cmcdOf(request);
    for (const kbps of [bitrateKbps, lowestBitrateKbps, topBitrateKbps]) {
      if (!(kbps > 0)) continue;
      if (!(facts.lowestKbps <= kbps)) facts.lowestKbps = kbps;
      if (!(facts.topKbps >= kbps)) facts.topKbps = kbps;
    }
  }

  #begin(key: string): ContentFacts {
    const facts = { ...NOTHING };
    keep(this.#contents, key, facts);
    return facts;
  }

  #vote(key: string, segmentMs: number): void {
    const votes = this.#schemes.get(key);
    if (votes === undefined) {
      keep(this.#schemes, key, { segmentMs, agreeing: 1, all: 1 });
      return;
    }
    votes.all++;
    if (votes.segmentMs === segmentMs) votes.agreeing++;
    else if (votes.agreeing * 2 < votes.all) {
      votes.segmentMs = segmentMs;
      votes.agreeing = 1;
    }
  }
}

/** Renditions of one content lie side by side: their folders differ in the digits of the last one. */
function folderKey(tenant: string, path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const last = folder.lastIndexOf('/');
  return `${tenant}\n${folder.slice(0, last)}${folder.slice(last).replace(/\d+/g, '#')}`;
}

function schemeKey(key: string): string {
  return key.replace(/\d+/g, '#');
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= LIMIT) map.delete(map.keys().next().value as string);
  map.set(key, value);
}
