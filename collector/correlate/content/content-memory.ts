import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import { cmcdOf } from '../join/request-halves.ts';
import { objectDurationMs } from '../join/request-signs.ts';
import type { Sizes } from './rendition-sizes.ts';
import { SegmentRhythms } from './segment-rhythms.ts';

/** Contents, and folder schemes, that are remembered; the oldest are forgotten. */
const LIMIT = 20_000;
/** A scheme speaks for contents nobody has described yet once so many agree, and hardly any does not. */
const SCHEME_VOTES = 3;
const SCHEME_SHARE = 0.8;

/** What most packagers make. */
const LIKELY_SEGMENT_MS = 6_000;
/** A smaller object is sound, or a thumbnail: not the lowest rendition of the pictures. */
const LEAST_VIDEO_KBPS = 150;
/** Renditions of one content that are told by their sizes. */
const RENDITIONS = 16;
/** Two renditions are farther apart than two takes of the size of one. */
const APART = 1.3;

/** Bitrates of the renditions known to exist, kbit/s; NaN when unknown. From CMCD `tb`, `lb` and the requests seen. */
export type Ladder = { readonly lowestKbps: number; readonly topKbps: number };

/** What is known of one content. NaN while nobody has said it. */
export type ContentFacts = { segmentMs: number; lowestKbps: number; topKbps: number };

/** What players said, and how large the objects of each rendition are that nobody named. */
type Content = ContentFacts & { sizes: Map<string, { objects: number; bytes: number }> | null };

/** What the playbacks of one tenant tell each other of the segments at a path. */
export type SegmentFacts = {
  /** As a player said, else as the rhythm of others showed; NaN when neither is known. */
  lengthMs(path: string): number;
  /** This is how long they are by the rhythm of one. */
  showedLength(path: string, segmentMs: number): void;
  /** One got as far as this number; false when another is known to have got further. */
  reached(path: string, number: number): boolean;
};

/** What the contents of one scheme have in common: most agree on a duration, and their ladders lie in these bounds. */
type Scheme = { segmentMs: number; agreeing: number; all: number; lowestKbps: number; topKbps: number };

const DIGITS = /\d+/g;
const NOTHING: Readonly<ContentFacts> = { segmentMs: Number.NaN, lowestKbps: Number.NaN, topKbps: Number.NaN };

/**
 * What CMCD told of contents, for the viewers of the same content whose player says nothing: how long a segment is,
 * and between which bitrates a player can choose. A content is known by the folder of its media; one that nobody
 * described has the segments of its neighbours, whose folders differ in their numbers only, and one of which a single
 * rendition is known the bounds of their ladders.
 */
export class ContentMemory {
  readonly #contents = new Map<string, Content>();
  readonly #schemes = new Map<string, Scheme>();
  /** Of contents and of schemes. */
  readonly #rhythms = new Map<string, SegmentRhythms>();
  /** The last segment anybody got, by content. */
  readonly #furthest = new Map<string, number>();
  /** By tenant: every playback asks, so that none needs functions of its own. */
  readonly #segments = new Map<string, SegmentFacts>();

  /** `tenant` keeps customers apart. */
  of(tenant: string, path: string): Readonly<ContentFacts> {
    const key = folderKey(tenant, path);
    const known = this.#contents.get(key);
    const scheme = this.#schemes.get(schemeKey(key));
    const segmentMs = statedMs(known, scheme);
    if (known === undefined) return { ...NOTHING, ...boundsOf(scheme), segmentMs };
    const own = known.sizes === null ? known : widerLadder(known, measured(known.sizes, segmentMs));
    // Whose renditions nobody names may have more than were measured.
    const bounds = known.lowestKbps < known.topKbps ? undefined : boundsOf(scheme);
    const { lowestKbps, topKbps } = bounds === undefined ? own : widerLadder(own, bounds);
    return { segmentMs, lowestKbps, topKbps };
  }

  segmentsOf(tenant: string): SegmentFacts {
    let segments = this.#segments.get(tenant);
    if (segments === undefined) {
      segments = {
        lengthMs: (path) => this.#segmentMs(tenant, path),
        showedLength: (path, segmentMs) => this.#showed(tenant, path, segmentMs),
        reached: (path, number) => this.#reached(folderKey(tenant, path), number),
      };
      this.#segments.set(tenant, segments);
    }
    return segments;
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
    const scheme = this.#scheme(schemeKey(key));
    for (const kbps of [bitrateKbps, lowestBitrateKbps, topBitrateKbps]) {
      if (!(kbps > 0)) continue;
      widen(facts, kbps);
      widen(scheme, kbps);
    }
  }

  /** Takes how large whole objects of a rendition are whose rate no one said. */
  learnSizes(tenant: string, path: string, { rendition, objects, bytes }: Sizes): void {
    const key = folderKey(tenant, path);
    const facts = this.#contents.get(key) ?? this.#begin(key);
    facts.sizes ??= new Map();
    const known = facts.sizes.get(rendition);
    if (known !== undefined) {
      known.objects += objects;
      known.bytes += bytes;
    } else if (facts.sizes.size < RENDITIONS) facts.sizes.set(rendition, { objects, bytes });
    const { lowestKbps, topKbps } = measured(facts.sizes, facts.segmentMs);
    const scheme = this.#scheme(schemeKey(key));
    for (const kbps of [lowestKbps, topKbps]) if (kbps > 0) widen(scheme, kbps);
  }

  /** HOT PATH: asked for every media request that does not say how long its object plays. */
  #segmentMs(tenant: string, path: string): number {
    const key = folderKey(tenant, path);
    const segmentMs = statedMs(this.#contents.get(key), this.#schemes.get(schemeKey(key)));
    if (segmentMs > 0) return segmentMs;
    const own = this.#rhythms.get(key)?.segmentMs ?? Number.NaN;
    return own > 0 ? own : (this.#rhythms.get(schemeKey(key))?.segmentMs ?? Number.NaN);
  }

  #showed(tenant: string, path: string, segmentMs: number): void {
    const key = folderKey(tenant, path);
    for (const place of new Set([key, schemeKey(key)])) {
      let rhythms = this.#rhythms.get(place);
      if (rhythms === undefined) {
        rhythms = new SegmentRhythms();
        keep(this.#rhythms, place, rhythms);
      }
      rhythms.add(segmentMs);
    }
  }

  #reached(key: string, number: number): boolean {
    const known = this.#furthest.get(key);
    if (known !== undefined && known >= number) return known === number;
    if (Number.isNaN(number)) return false;
    if (known === undefined) keep(this.#furthest, key, number);
    else this.#furthest.set(key, number);
    return true;
  }

  #begin(key: string): Content {
    const facts = { ...NOTHING, sizes: null };
    keep(this.#contents, key, facts);
    return facts;
  }

  #vote(key: string, segmentMs: number): void {
    const scheme = this.#scheme(key);
    scheme.all++;
    if (scheme.segmentMs === segmentMs) scheme.agreeing++;
    else if (scheme.agreeing * 2 < scheme.all) {
      scheme.segmentMs = segmentMs;
      scheme.agreeing = 1;
    }
  }

  #scheme(key: string): Scheme {
    const known = this.#schemes.get(key);
    if (known !== undefined) return known;
    const scheme = { ...NOTHING, agreeing: 0, all: 0 };
    keep(this.#schemes, key, scheme);
    return scheme;
  }
}

/**
 * Both ladders in one: what was told first, wider where the second shows another rendition below or above it, not
 * where it only takes the size of the same one.
 */
export function widerLadder(first: Ladder, second: Ladder): Ladder {
  const isLower = !(first.lowestKbps <= second.lowestKbps * APART) && second.lowestKbps > 0;
  const isHigher = !(first.topKbps * APART >= second.topKbps) && second.topKbps > 0;
  return {
    lowestKbps: isLower ? second.lowestKbps : first.lowestKbps,
    topKbps: isHigher ? second.topKbps : first.topKbps,
  };
}

/** How long a segment is: as a player said, else as the neighbours agree; NaN when neither is known. */
function statedMs(known: Content | undefined, scheme: Scheme | undefined): number {
  if (known !== undefined && known.segmentMs > 0) return known.segmentMs;
  const isAgreed = scheme && scheme.agreeing >= SCHEME_VOTES && scheme.agreeing >= SCHEME_SHARE * scheme.all;
  return isAgreed ? scheme.segmentMs : Number.NaN;
}

/** The ladder of renditions nobody named; NaN for what can be no picture. */
function measured(sizes: NonNullable<Content['sizes']>, segmentMs: number): Ladder {
  const ladder = { lowestKbps: Number.NaN, topKbps: Number.NaN };
  const playsMs = segmentMs > 0 ? segmentMs : LIKELY_SEGMENT_MS;
  for (const { objects, bytes } of sizes.values()) {
    const kbps = Math.round((bytes * 8) / objects / playsMs);
    if (kbps >= LEAST_VIDEO_KBPS) widen(ladder, kbps);
  }
  return ladder;
}

/** In which a scheme's ladders lie; undefined when that is not known. */
function boundsOf(scheme: Scheme | undefined): Ladder | undefined {
  if (scheme === undefined || !(scheme.lowestKbps < scheme.topKbps)) return undefined;
  return { lowestKbps: scheme.lowestKbps, topKbps: scheme.topKbps };
}

function widen(ladder: { lowestKbps: number; topKbps: number }, kbps: number): void {
  if (!(ladder.lowestKbps <= kbps)) ladder.lowestKbps = kbps;
  if (!(ladder.topKbps >= kbps)) ladder.topKbps = kbps;
}

// One request is asked about several times in a row: its folder's key is not cut out again.
let lastTenant = '';
let lastFolder = '';
let lastKey = '\n';
let lastScheme = '\n';

/** Renditions of one content lie side by side: their folders differ in the digits of the last one. */
function folderKey(tenant: string, path: string): string {
  const length = Math.max(0, path.lastIndexOf('/'));
  if (length === lastFolder.length && tenant === lastTenant && path.startsWith(lastFolder)) return lastKey;
  lastTenant = tenant;
  lastFolder = path.slice(0, length);
  const last = lastFolder.lastIndexOf('/');
  lastKey = `${tenant}\n${lastFolder.slice(0, last)}${lastFolder.slice(last).replace(DIGITS, '#')}`;
  lastScheme = lastKey.replace(DIGITS, '#');
  return lastKey;
}

function schemeKey(key: string): string {
  return key === lastKey ? lastScheme : key.replace(DIGITS, '#');
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= LIMIT) map.delete(map.keys().next().value as string);
  map.set(key, value);
}
