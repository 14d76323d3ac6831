import type { CdnSwitch, SwitchReason } from '../../model/incident.ts';
import type { JoinedRequest } from '../../model/joined-request.ts';
import { isMediaObject } from '../../model/media.ts';
import type { UnixMs } from '../../model/time.ts';
import { type BadSign, firstByteMs, isGood, switchReason } from '../join/request-signs.ts';

/** A sign this old, or this many media requests ago, still explains a switch (semantics.md section 4). */
const SIGN_WINDOW_MS = 30_000;
const SIGN_WINDOW_REQUESTS = 3;
/** A failover is recovered when no fatal error follows within this time. */
const PROBATION_MS = 60_000;
const SIGN_LIMIT = 64;
const UNEXPLAINED_LIMIT = 8;
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
  /** When the player knew of it. */
  readonly knownMs: UnixMs;
  readonly reason: SwitchReason;
  readonly nth: number;
  readonly spanId: string;
  healed: boolean;
};
type Track = {
  cdn: string;
  host: string;
  /** Where it was before, and when it left there. */
  leftCdn: string;
  movedMs: UnixMs;
  /** The first request elsewhere, dated so coarsely that it may have been before the move, or after. */
  doubted: JoinedRequest | null;
  /** The playback was seen where it was while that may have been. */
  isShaken: boolean;
};

/** Follows which CDN one playback is on, per track, and what drove it away. Requests come in order of their begin. */
export class CdnSwitches {
  #audio: Track | null = null;
  #video: Track | null = null;
  /** By CDN; made at the first bad sign. A switch uses up those of the CDN it leaves. */
  #signs: Map<string, Sign[]> | null = null;
  #open: Failover[] = [];
  /** The last moves for no known reason: players tell of a stall when it is over. */
  #unexplained: Failover[] = [];
  /** The last one, told or not. */
  #latest: Failover | null = null;
  readonly #fatalMs: UnixMs[] = [];
  #nth = 0;

  /** The CDN that delivers the pictures, or the sound where there are none; '' before the first media object. */
  get current(): string {
    return (this.#video ?? this.#audio)?.cdn ?? '';
  }

  /** Failovers whose result is open, a move nobody dated exactly, or one that a stall may explain. */
  get isWaiting(): boolean {
    if (this.#open.length > 0 || this.#unexplained.length > 0) return true;
    return (this.#audio?.doubted ?? null) !== null || (this.#video?.doubted ?? null) !== null;
  }

  get #isAwaitingGood(): boolean {
    return this.#signs !== null || this.#open.length > 0 || this.#unexplained.length > 0;
  }

  /** Adds the requests that it waits with. */
  holdInto(held: Set<JoinedRequest>): void {
    for (const track of [this.#audio, this.#video]) if (track?.doubted) held.add(track.doubted);
  }

  /** Returns the switch this request made, if any. `sign` is what was wrong with it, `isSound` that it has no pictures. */
  step(request: JoinedRequest, sign: BadSign | '', isSound: boolean): CdnSwitch | null {
    const isMedia = isMediaObject(request.objectType);
    if (isMedia) this.#nth++;
    // What only an origin wrote down names no CDN: it was asked for by the one the playback is on.
    const cdn = request.cdn || this.current;
    const change = isMedia && request.cdn !== '' ? this.#follow(request, isSound ? 'audio' : 'video') : null;
    // An object that came late, and yet before it was needed, drives nobody away; a stall does, and is told apart.
    if (sign !== '' && sign !== 'slow') {
      this.#note(cdn, {
        atMs: request.startMs,
        knownMs: request.endMs,
        reason: switchReason(sign),
        nth: this.#nth,
        spanId: request.spanId,
        healed: false,
      });
    } else if (isMedia && this.#isAwaitingGood && isGood(request)) this.#heal(request);
    return change;
  }

  /** A stall of this playback since `atMs`: a bad sign on the CDN that served it then. */
  stalled(atMs: UnixMs): void {
    const move = this.#unexplained.find(({ switchedMs }) => switchedMs >= atMs && switchedMs - atMs <= SIGN_WINDOW_MS);
    if (move !== undefined) {
      this.#unexplained = this.#unexplained.filter((other) => other !== move);
      this.#open.push({ ...move, reason: 'stall', beginMs: atMs });
      return;
    }
    for (const cdn of new Set(this.#tracks().map(([track]) => track.cdn))) {
      this.#note(cdn, { atMs, knownMs: atMs, reason: 'stall', nth: this.#nth, spanId: '', healed: false });
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
    this.#unexplained = this.#unexplained.filter(({ switchedMs }) => nowMs - switchedMs < PROBATION_MS);
  }

  /** The tracks there are, in the order in which they are judged. */
  #tracks(): [Track, 'audio' | 'video'][] {
    const tracks: [Track, 'audio' | 'video'][] = [];
    if (this.#audio !== null) tracks.push([this.#audio, 'audio']);
    if (this.#video !== null) tracks.push([this.#video, 'video']);
    return tracks;
  }

  #follow(request: JoinedRequest, name: 'audio' | 'video'): CdnSwitch | null {
    const track = name === 'audio' ? this.#audio : this.#video;
    if (track !== null && track.cdn === request.cdn) {
      const { doubted } = track;
      if (doubted === null) return null;
      // It is still where it was, and what came from elsewhere was dated too early, or it has come back since.
      track.isShaken = true;
      if (request.startMs - doubted.startMs < precisionMs(doubted)) return null;
      const change = this.#move(track, name, doubted);
      return this.#move(track, name, request) ?? change;
    }
    const host = hostOf(request);
    if (!track) {
      const begun = { cdn: request.cdn, host, leftCdn: '', movedMs: 0, doubted: null, isShaken: false };
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
      return this.#move(track, name, track.isShaken ? request : first);
    }
    // One clock is behind the other: a last request of before the move.
    const isLeft = request.cdn === track.leftCdn && request.startMs - track.movedMs < precisionMs(request);
    if (!isLeft) track.doubted = first;
    return null;
  }

  #move(track: Track, name: 'audio' | 'video', request: JoinedRequest): CdnSwitch | null {
    const host = hostOf(request);
    const from = track.cdn;
    const isRerouted = track.host === host && host !== '';
    track.cdn = request.cdn;
    track.host = host;
    track.leftCdn = from;
    track.movedMs = request.startMs;
    track.doubted = null;
    track.isShaken = false;
    // The pictures are what a viewer is on; sound follows them.
    if (name === 'audio' && this.#video !== null) return null;
    const signs = (this.#signs?.get(from) ?? []).filter(
      (sign) =>
        sign.atMs <= request.startMs &&
        (request.startMs - sign.knownMs <= SIGN_WINDOW_MS || this.#nth - sign.nth <= SIGN_WINDOW_REQUESTS),
    );
    const move = { from, to: request.cdn, endMs: request.startMs, switchedMs: request.startMs };
    if (signs.length === 0) {
      // Same host, other CDN: DNS or the network moved the viewer and the player never noticed.
      const reason = isRerouted ? 'unknown' : 'steering';
      this.#unexplained.push({ ...move, reason, beginMs: request.startMs, result: '', evidence: [] });
      if (this.#unexplained.length > UNEXPLAINED_LIMIT) this.#unexplained.shift();
      return { from, to: request.cdn, atMs: request.startMs, reason };
    }
    this.#useUp(from, request.startMs);
    const unhealed = signs.filter((sign) => !sign.healed);
    const cause = unhealed.length > 0 ? unhealed : signs.slice(-1);
    const reason = worst(cause);
    // Sound and pictures move one after the other; a player that went back in between moved twice.
    const latest = this.#latest;
    const isKnown =
      latest?.from === from && latest.to === request.cdn && request.startMs - latest.switchedMs < SIGN_WINDOW_MS;
    if (!isKnown) {
      this.#latest = {
        ...move,
        reason,
        beginMs: (cause[0] as Sign).atMs,
        result: '',
        evidence: cause.map((sign) => sign.spanId).filter((id) => id !== ''),
      };
      this.#open.push(this.#latest);
    }
    return { from, to: request.cdn, atMs: request.startMs, reason };
  }

  #useUp(cdn: string, untilMs: UnixMs): void {
    const later = this.#signs?.get(cdn)?.filter(({ atMs }) => atMs > untilMs) ?? [];
    this.#signs?.set(cdn, later);
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
    for (const move of this.#open) arrive(move, request);
    for (const move of this.#unexplained) arrive(move, request);
  }
}

/** The first good media byte from where a playback moved ends the move. */
function arrive(move: Failover, request: JoinedRequest): void {
  if (move.to !== request.cdn || move.endMs !== move.switchedMs || request.startMs < move.switchedMs) return;
  move.endMs = Math.max(firstByteMs(request), move.switchedMs + 1e-3);
  move.evidence.push(request.spanId);
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
