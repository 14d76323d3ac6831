import type { IncidentPlan } from './incident-plan.ts';
import type { MediaObject } from './media-object.ts';
import { ORIGIN_RTT_MS } from './population.ts';
import type { Random } from './random.ts';
import type { OriginSpec } from './scenario.ts';

/** What the origin answered, in true time at the origin. */
export type OriginAnswer = {
  readonly receivedMs: number;
  readonly firstByteMs: number;
  readonly endMs: number;
  /** 304 when nothing had changed. */
  readonly status: number;
  readonly bodyBytes: number;
  readonly newest: number;
  /** Of the first byte: what a fault added. */
  readonly addedMs: number;
};

/** Time from the last byte of a live segment to its place in the playlist. */
const PACKAGING_MS = 350;
const ERROR_BYTES = 534;
const ERROR_MS = 6;

/** The one server that has everything: packager behind nginx. */
export class Origin {
  readonly spec: OriginSpec;
  readonly #incidents: IncidentPlan;

  constructor(spec: OriginSpec, incidents: IncidentPlan) {
    this.spec = spec;
    this.#incidents = incidents;
  }

  /** Answers a request that arrives at `atMs`; `kept` is the playlist version the asker already has, -1 for none. */
  serve(object: MediaObject, atMs: number, kept: number, fillKbps: number, random: Random): OriginAnswer {
    const isPlaylist = object.objectType === 'manifest';
    const contentId = object.content.id;
    const broken = this.#incidents.at('origin_5xx', atMs, '', '', contentId);
    if (broken !== undefined && random.chance(broken.spec.share)) {
      const endMs = atMs + ERROR_MS + random.between(0, 10);
      const status = random.chance(0.7) ? 503 : 500;
      return { receivedMs: atMs, firstByteMs: endMs, endMs, status, bodyBytes: ERROR_BYTES, newest: -1, addedMs: 0 };
    }
    const slow = this.#incidents.at('origin_slow', atMs, '', '', contentId);
    const addedMs =
      slow !== undefined && random.chance(slow.spec.share) ? slow.spec.strength * random.between(0.7, 1.3) : 0;
    const firstByteMs = atMs + random.logNormal(this.spec.medianTtfbMs * (isPlaylist ? 0.5 : 1), 0.45) + addedMs;
    const newest = this.newestSegment(object, firstByteMs);
    const isUnchanged = kept >= 0 && kept === newest;
    const bodyBytes = isUnchanged ? 0 : object.sizeBytes;
    const endMs = firstByteMs + Math.max(0.4, (bodyBytes * 8) / fillKbps);
    return { receivedMs: atMs, firstByteMs, endMs, status: isUnchanged ? 304 : 200, bodyBytes, newest, addedMs };
  }

  /** Last segment a live playlist made at `atMs` lists, 0 for the rest. A frozen packager repeats what it knew when it froze. */
  newestSegment(object: MediaObject, atMs: number): number {
    const { content } = object;
    if (!content.isLive || object.objectType !== 'manifest') return 0;
    const stale = this.#incidents.at('manifest_stale', atMs, '', '', content.id);
    const knownMs = stale === undefined ? atMs : stale.beginAt(atMs);
    return Math.floor((knownMs - PACKAGING_MS - content.epochMs) / content.segmentMs) - 1;
  }
}

/** One way from a site to the origin. */
export function originDistanceMs(site: string): number {
  return (ORIGIN_RTT_MS[site] ?? 40) / 2;
}
