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
type Track = { cdn: string; host: string };

/** Follows which CDN one playback is on, per track, and what drove it away. Requests come in order of their begin. */
export class CdnSwitches {
  readonly #tracks = new Map<string, Track>();
  readonly #signs = new Map<string, Sign[]>();
  #open: Failover[] = [];
  #nth = 0;

  /** The CDN that delivers the pictures, or the sound where there are none; '' before the first media object. */
  get current(): string {
    return (this.#tracks.get('video') ?? this.#tracks.get('audio'))?.cdn ?? '';
  }

  /** Failovers whose result is open. */
  get isWaiting(): boolean {
    return this.#open.length > 0;
  }

  /** Returns the switch this request made, if any. `sign` is what was wrong with it. */
  step(request: JoinedRequest, sign: BadSign | ''): CdnSwitch | null {
    const isMedia = isMediaObject(request.objectType);
    if (isMedia) this.#nth++;
    const change = isMedia ? this.#follow(request) : null;
    if (sign !== '') {
      this.#note(request.cdn, {
        atMs: request.startMs,
        reason: switchReason(sign),
        nth: this.#nth,
        spanId: request.spanId,
        healed: false,
      });
    } else if (isMedia && (this.#signs.size > 0 || this.#open.length > 0) && isGood(request)) this.#heal(request);
    return change;
  }

  /** A stall of this playback: a bad sign on the CDN that served it then. */
  stalled(atMs: UnixMs): void {
    for (const cdn of new Set([...this.#tracks.values()].map((track) => track.cdn))) {
      this.#note(cdn, { atMs, reason: 'stall', nth: this.#nth, spanId: '', healed: false });
    }
  }

  /** A fatal error: every failover still on probation has failed. */
  failed(atMs: UnixMs): void {
    for (const failover of this.#open) {
      if (failover.result === '' && atMs >= failover.switchedMs && atMs - failover.switchedMs <= PROBATION_MS)
        failover.result = 'failed';
    }
  }

  /** Failovers whose result is known by `nowMs`; each is returned once. Infinity ends all. */
  *settle(nowMs: UnixMs): Generator<Failover> {
    const open: Failover[] = [];
    for (const failover of this.#open) {
      if (failover.result === '' && nowMs - failover.switchedMs < PROBATION_MS) open.push(failover);
      else {
        if (failover.result === '') failover.result = 'recovered';
        yield failover;
      }
    }
    this.#open = open;
  }

  #follow(request: JoinedRequest): CdnSwitch | null {
    const name = request.objectType === 'audio' ? 'audio' : 'video';
    const track = this.#tracks.get(name);
    if (track !== undefined && (track.cdn === request.cdn || request.cdn === '')) return null;
    const host = request.edge?.report.host ?? request.player?.host ?? '';
    if (!track) {
      this.#tracks.set(name, { cdn: request.cdn, host });
      return null;
    }
    // A host whose CDN nobody has named yet goes by its own name until an edge line names it.
    if (host !== '' && track.host === host && (track.cdn === host || request.cdn === host)) {
      if (request.cdn !== host) track.cdn = request.cdn;
      return null;
    }
    const from = track.cdn;
    const isRerouted = track.host === host && host !== '';
    track.cdn = request.cdn;
    track.host = host;
    const signs = (this.#signs.get(from) ?? []).filter(
      (sign) => request.startMs - sign.atMs <= SIGN_WINDOW_MS || this.#nth - sign.nth <= SIGN_WINDOW_REQUESTS,
    );
    // Same host, other CDN: DNS or the network moved the viewer and the player never noticed.
    if (signs.length === 0)
      return { from, to: request.cdn, atMs: request.startMs, reason: isRerouted ? 'unknown' : 'steering' };
    const unhealed = signs.filter((sign) => !sign.healed);
    const cause = unhealed.length > 0 ? unhealed : signs.slice(-1);
    const reason = worst(cause);
    const isKnown = this.#open.some(
      (failover) =>
        failover.from === from && failover.to === request.cdn && request.startMs - failover.switchedMs < SIGN_WINDOW_MS,
    );
    if (!isKnown) {
      this.#open.push({
        from,
        to: request.cdn,
        reason,
        beginMs: (cause[0] as Sign).atMs,
        endMs: request.startMs,
        switchedMs: request.startMs,
        result: '',
        evidence: cause.map((sign) => sign.spanId).filter((id) => id !== ''),
      });
    }
    return { from, to: request.cdn, atMs: request.startMs, reason };
  }

  #note(cdn: string, sign: Sign): void {
    let signs = this.#signs.get(cdn);
    if (!signs) {
      signs = [];
      this.#signs.set(cdn, signs);
    }
    signs.push(sign);
    if (signs.length > SIGN_LIMIT) signs.shift();
  }

  #heal(request: JoinedRequest): void {
    for (const sign of this.#signs.get(request.cdn) ?? []) sign.healed = true;
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

function worst(signs: readonly Sign[]): SwitchReason {
  for (const reason of ['5xx', 'timeout', 'stall'] as const)
    if (signs.some((sign) => sign.reason === reason)) return reason;
  return 'unknown';
}
