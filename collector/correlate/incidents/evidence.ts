import type { CdnSwitch } from '../../model/incident.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject, type StreamType } from '../../model/media.ts';
import type { PlayerEvent } from '../../model/player-event.ts';
import type { SessionRef } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import { type ContentMemory, widerLadder } from '../content/content-memory.ts';
import { RenditionSizes } from '../content/rendition-sizes.ts';
import type { Kept, SettledRequests } from '../rows/settled-requests.ts';
import { DeliveryElsewhere } from './delivery-elsewhere.ts';
import type { IncidentDraft, IncidentEvidence } from './incident-draft.ts';
import type { RecentDelivery } from './recent-delivery.ts';

/** A buffer drains this long at most before it is empty: older requests cannot have caused the incident. */
const LOOKBACK_MS = 60_000;
/** Requests in flight when an incident ended are its evidence if they were over soon after; later ones tell of later. */
export const EVIDENCE_GRACE_MS = 5_000;
/** Requests of one playback that are kept as possible evidence. */
const LIMIT = 512;

/** What playbacks share: the requests they keep, and what others told of the content and of its CDNs. */
export type Memories = {
  readonly requests: SettledRequests;
  readonly contents: ContentMemory;
  readonly recent: RecentDelivery;
};

/** The recent past of one playback, kept so that an incident can be explained by what was on the wire then. */
export class Evidence {
  readonly #session: SessionRef;
  readonly #recent: RecentDelivery;
  readonly #requests: SettledRequests;
  readonly #kept: Kept[] = [];
  #switches: CdnSwitch[] = [];
  #errors: { readonly event: PlayerEvent; readonly atMs: UnixMs }[] = [];
  readonly #contents: ContentMemory;
  #lowestKbps = Number.NaN;
  #topKbps = Number.NaN;
  readonly #sizes = new RenditionSizes();
  #hasTaught = false;
  #mediaPath = '';

  constructor(session: SessionRef, { requests, contents, recent }: Memories) {
    this.#session = session;
    this.#recent = recent;
    this.#requests = requests;
    this.#contents = contents;
  }

  /** What the player reported, the newest 64, in server time as it was known then. */
  get errors(): readonly { readonly event: PlayerEvent; readonly atMs: UnixMs }[] {
    return this.#errors;
  }

  get hasErrors(): boolean {
    return this.#errors.length > 0;
  }

  add(request: JoinedRequest): void {
    this.#kept.push(this.#requests.keep(request));
    if (this.#kept.length > LIMIT) this.#requests.letGo(this.#kept.shift() as Kept);
    const cmcd = (request.edge?.report ?? request.player ?? request.origin?.report)?.cmcd;
    if (!cmcd) return;
    // The rungs are those of the pictures; what sets up a track does not say which track it is of.
    if (request.objectType === 'audio' || !isMediaObject(request.objectType)) return;
    let isStated = this.#see(cmcd.bitrateKbps);
    if (this.#see(cmcd.lowestBitrateKbps)) isStated = true;
    if (this.#see(cmcd.topBitrateKbps)) isStated = true;
    this.#mediaPath = request.path;
    const sizes = cmcd.bitrateKbps > 0 ? null : this.#sizes.add(request);
    if (sizes !== null) this.#contents.learnSizes(this.#session.tenant, request.path, sizes);
    if (!isStated && (this.#hasTaught || !(cmcd.objectDurationMs > 0))) return;
    this.#hasTaught ||= cmcd.objectDurationMs > 0;
    this.#contents.learn(this.#session.tenant, request);
  }

  switched(change: CdnSwitch): void {
    this.#switches.push(change);
    if (this.#switches.length > 64) this.#switches.shift();
  }

  failed(event: PlayerEvent, atMs: UnixMs): void {
    this.#errors.push({ event, atMs });
    if (this.#errors.length > 64) this.#errors.shift();
  }

  /** What surrounds a draft: requests that overlap it or its lookback, errors and switches near it. */
  around(draft: IncidentDraft, streamType: StreamType): IncidentEvidence {
    const fromMs = draft.beginMs - LOOKBACK_MS;
    const toMs = draft.endMs + 1_000;
    const overMs = draft.endMs + EVIDENCE_GRACE_MS;
    const told = this.#contents.of(this.#session.tenant, this.#mediaPath);
    const ladder = { lowestKbps: this.#lowestKbps, topKbps: this.#topKbps };
    return {
      requests: this.#between(fromMs, toMs).filter(({ endMs }) => endMs <= overMs),
      ladder: widerLadder(ladder, told),
      segmentMs: told.segmentMs,
      errors: this.#errors.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs + 5_000).map(({ event }) => event),
      switches: this.#switches.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
      streamType,
      elsewhere: new DeliveryElsewhere(this.#recent, this.#session.tenant, overMs),
    };
  }

  /** Mean rendition of the media requested in [fromMs, toMs), kbit/s; NaN when none said. */
  meanBitrateKbps(fromMs: UnixMs, toMs: UnixMs): number {
    let sum = 0;
    let count = 0;
    for (const request of this.#between(fromMs, toMs)) {
      if (request.startMs < fromMs || request.startMs >= toMs || !isMediaObject(request.objectType)) continue;
      const kbps = (request.edge?.report ?? request.player)?.cmcd.bitrateKbps;
      if (kbps !== undefined && kbps > 0) {
        sum += kbps;
        count++;
      }
    }
    return count > 0 ? sum / count : Number.NaN;
  }

  /** Forgets requests too old to explain anything that can still begin, or be told by a timeline that waits since `awaitedMs`. */
  trim(nowMs: UnixMs, awaitedMs: UnixMs): void {
    if (!Number.isFinite(nowMs)) return;
    const beforeMs = Math.min(nowMs - 2 * LOOKBACK_MS, awaitedMs);
    const kept = this.#kept;
    if (kept.length === 0 || this.#requests.endMs(kept[0] as Kept) >= beforeMs) return;
    let left = 0;
    for (const request of kept) {
      if (this.#requests.endMs(request) >= beforeMs) kept[left++] = request;
      else this.#requests.letGo(request);
    }
    kept.length = left;
  }

  /** The playback is over: nothing will be explained any more. */
  clear(): void {
    for (const request of this.#kept) this.#requests.letGo(request);
    this.#kept.length = 0;
  }

  /** The requests that were under way at some time of these. */
  #between(fromMs: UnixMs, toMs: UnixMs): JoinedRequest[] {
    return this.#kept
      .filter((kept) => this.#requests.endMs(kept) >= fromMs && this.#requests.startMs(kept) <= toMs)
      .map((kept) => this.#requests.read(kept, this.#session));
  }

  /** True when the ladder is wider than it was known to be. */
  #see(kbps: number): boolean {
    if (!(kbps > 0)) return false;
    const isLower = !(this.#lowestKbps <= kbps);
    const isHigher = !(this.#topKbps >= kbps);
    if (isLower) this.#lowestKbps = kbps;
    if (isHigher) this.#topKbps = kbps;
    return isLower || isHigher;
  }
}
