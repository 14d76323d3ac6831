import type { CdnSwitch, SwitchReason } from '../model/incident.ts';
import type { JoinedRequest } from '../model/joined-request.ts';
import { isMediaObject } from '../model/media.ts';
import type { UnixMs } from '../model/time.ts';
import { type BadSign, firstByteMs, isGood, switchReason } from './request-signs.ts';

/** A sign this old, or this many media requests ago, still explains a switch (semantics.md section 4). */
const SIGN_WINDOW_MS = 30_000;
const SIGN_WINDOW_REQUESTS = 3;
/** A failover is recovered when no fatal error follows within this time. */
const PROBATION_MS = 60_000;
const SIGN_LIMIT = 64;
/** Logs that write whole seconds tell requests to two CDNs in any order. */
const COARSE_MS = 500;

/** A switch away from a CDN that had shown a bad sign. */
export type Failover = {
  readonly from: string;
  readonly to: string;
  readonly reason: SwitchReason;
  /** First bad sign on the old CDN. */
  readonly beginMs: UnixMs;
  /** First good media byte from the new one; the switch itself while none has come. */
  endMs: UnixMs;
  readonly switchedMs: UnixMs;
  result: 'recovered' | 'failed' | '';
  /** Span ids of the bad signs and of the first good request. */
  readonly evidence: string[];
};

type Sign = {
  readonly atMs: UnixMs;
  readonly reason: SwitchReason;
  readonly nth: number;
  readonly spanId: string;
  healed: boolean;
};
type Track = { cdn: string; host: string; doubted: JoinedRequest | null };

/** Follows which CDN one playback is on, per track, and what drove it away. Requests come in order of their begin. */
export class CdnSwitches {
  #audio: Track | null = null;
  #video: Track | null = null;
  /** By CDN; made at the first bad sign. */
  #signs: Map<string, Sign[]> | null = null;
  #open: Failover[] = [];
  /** The last one, told or not. */
  #latest: Failover | null = null;
  readonly #fatalMs: UnixMs[] = [];
  #nth = 0;

  /** The CDN that delivers the pictures, or the sound where there are none; '' before the first media object. */
  get current(): string {
    return (this.#video ?? this.#audio)?.cdn ?? '';
  }

  /** Failovers whose result is open, or a move nobody dated exactly. */
  get isWaiting(): boolean {
    return this.#open.length > 0 || (this.#audio?.doubted ?? null) !== null || (this.#video?.doubted ?? null) !== null;
  }

  /** Returns the switch this request made, if any. `sign` is what was wrong with it. */
  step(request: JoinedRequest, sign: BadSign | ''): CdnSwitch | null {
    // What only an origin wrote down says nothing of the CDN that asked for it.
    if (request.cdn === '') return null;
    const isMedia = isMediaObject(request.objectType);
    if (isMedia) this.#nth++;
    const change = isMedia ? this.#follow(request) : null;
    // An object that came late, and yet before it was needed, drives nobody away; a stall does, and is told apart.
    if (sign !== '' && sign !== 'slow') {
      this.#note(request.cdn, {
        atMs: request.startMs,
        reason: switchReason(sign),
        nth: this.#nth,
        spanId: request.spanId,
        healed: false,
      });
    } else if (isMedia && (this.#signs !== null || this.#open.length > 0) && isGood(request)) this.#heal(request);
    return change;
  }

  /** A stall of this playback: a bad sign on the CDN that served it then. */
  stalled(atMs: UnixMs): void {
    for (const cdn of new Set(this.#tracks().map(([track]) => track.cdn))) {
      this.#note(cdn, { atMs, reason: 'stall', nth: this.#nth, spanId: '', healed: false });
    }
  }

  /** A fatal error, which players tell before the logs tell of the failovers it ended. */
  failed(atMs: UnixMs): void {
    if (this.#fatalMs.length < SIGN_LIMIT) this.#fatalMs.push(atMs);
  }

  /** Failovers whose result is known by `nowMs`; each is returned once. Infinity ends all. */
  *settle(nowMs: UnixMs): Generator<Failover> {
    for (const [track, name] of this.#tracks()) {
      const { doubted } = track;
      if (doubted !== null && nowMs - doubted.startMs > PROBATION_MS) this.#move(track, name, doubted);
    }
    const open: Failover[] = [];
    for (const failover of this.#open) {
      const { switchedMs } = failover;
      const hasFailed = this.#fatalMs.some((atMs) => atMs >= switchedMs && atMs - switchedMs <= PROBATION_MS);
      if (!hasFailed && nowMs - switchedMs < PROBATION_MS) open.push(failover);
      else {
        failover.result = hasFailed ? 'failed' : 'recovered';
        yield failover;
      }
    }
    this.#open = open;
  }

  /** The tracks there are, in the order in which they are judged. */
  #tracks(): [Track, 'audio' | 'video'][] {
    const tracks: [Track, 'audio' | 'video'][] = [];
    if (this.#audio !== null) tracks.push([this.#audio, 'audio']);
    if (this.#video !== null) tracks.push([this.#video, 'video']);
    return tracks;
  }

  #follow(request: JoinedRequest): CdnSwitch | null {
    const name = request.objectType === 'audio' ? 'audio' : 'video';
    const track = name === 'audio' ? this.#audio : this.#video;
    if (track !== null && track.cdn === request.cdn) {
      const { doubted } = track;
      if (doubted === null) return null;
      // It goes on where it was: what came from elsewhere was dated too early, or the player has come back since.
      track.doubted = null;
      if (request.startMs - doubted.startMs < precisionMs(doubted)) return null;
      const change = this.#move(track, name, doubted);
      return this.#move(track, name, request) ?? change;
    }
    const host = hostOf(request);
    if (!track) {
      const begun = { cdn: request.cdn, host, doubted: null };
      if (name === 'audio') this.#audio = begun;
      else this.#video = begun;
      return null;
    }
    // A host whose CDN nobody has named yet goes by its own name until an edge line names it.
    if (host !== '' && track.host === host && (track.cdn === host || request.cdn === host)) {
      if (request.cdn !== host) track.cdn = request.cdn;
      return null;
    }
    const first = track.doubted ?? request;
    if (precisionMs(request) < COARSE_MS || request.startMs - first.startMs >= precisionMs(request)) {
      return this.#move(track, name, first);
    }
    track.doubted = first;
    return null;
  }

  #move(track: Track, name: 'audio' | 'video', request: JoinedRequest): CdnSwitch | null {
    const host = hostOf(request);
    const from = track.cdn;
    const isRerouted = track.host === host && host !== '';
    track.cdn = request.cdn;
    track.host = host;
    track.doubted = null;
    // The pictures are what a viewer is on; sound follows them.
    if (name === 'audio' && this.#video !== null) return null;
    const signs = (this.#signs?.get(from) ?? []).filter(
      (sign) =>
        sign.atMs <= request.startMs &&
        (request.startMs - sign.atMs <= SIGN_WINDOW_MS || this.#nth - sign.nth <= SIGN_WINDOW_REQUESTS),
    );
    // Same host, other CDN: DNS or the network moved the viewer and the player never noticed.
    if (signs.length === 0)
      return { from, to: request.cdn, atMs: request.startMs, reason: isRerouted ? 'unknown' : 'steering' };
    const unhealed = signs.filter((sign) => !sign.healed);
    const cause = unhealed.length > 0 ? unhealed : signs.slice(-1);
    const reason = worst(cause);
    // Sound and pictures move one after the other; a player that went back in between moved twice.
    const latest = this.#latest;
    const isKnown =
      latest?.from === from && latest.to === request.cdn && request.startMs - latest.switchedMs < SIGN_WINDOW_MS;
    if (!isKnown) {
      this.#latest = {
        from,
        to: request.cdn,
        reason,
        beginMs: (cause[0] as Sign).atMs,
        endMs: request.startMs,
        switchedMs: request.startMs,
        result: '',
        evidence: cause.map((sign) => sign.spanId).filter((id) => id !== ''),
      };
      this.#open.push(this.#latest);
    }
    return { from, to: request.cdn, atMs: request.startMs, reason };
  }

  #note(cdn: string, sign: Sign): void {
    this.#signs ??= new Map();
    let signs = this.#signs.get(cdn);
    if (!signs) {
      signs = [];
      this.#signs.set(cdn, signs);
    }
    signs.push(sign);
    if (signs.length > SIGN_LIMIT) signs.shift();
  }

  #heal(request: JoinedRequest): void {
    for (const sign of this.#signs?.get(request.cdn) ?? []) sign.healed = true;
    for (const failover of this.#open) {
      if (
        failover.to === request.cdn &&
        failover.endMs === failover.switchedMs &&
        request.startMs >= failover.switchedMs
      ) {
        failover.endMs = Math.max(firstByteMs(request), failover.switchedMs + 1e-3);
        failover.evidence.push(request.spanId);
      }
    }
  }
}

function hostOf({ edge, player }: JoinedRequest): string {
  return edge?.report.host ?? player?.host ?? '';
}

/** How exactly the party nearest the viewer dates the request. */
function precisionMs({ player, edge, shield, origin }: JoinedRequest): number {
  return (player ?? edge?.report ?? shield?.report ?? origin?.report)?.precisionMs ?? 0;
}

function worst(signs: readonly Sign[]): SwitchReason {
  for (const reason of ['5xx', 'timeout', 'stall'] as const)
    if (signs.some((sign) => sign.reason === reason)) return reason;
  return 'unknown';
}
