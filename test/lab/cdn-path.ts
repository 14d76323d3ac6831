import type { SwitchReason, Verdict } from '../../collector/model/incident.ts';
import type { DeliveryNetwork } from './delivery-network.ts';
import type { Exchange } from './exchange.ts';
import type { Incident } from './incident-plan.ts';
import type { PlayerPolicy } from './player-policy.ts';

/** The session's media moved to another CDN (semantics section 4). */
export type SwitchTruth = {
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
  readonly reason: SwitchReason;
  /** There was an error, timeout or stall on the old CDN within 3 requests or 30 s: this is a failover. */
  readonly hasBadSign: boolean;
  /** First bad sign on the old CDN; `atMs` without one. */
  readonly beginMs: number;
  /** First good media byte from the new CDN; NaN when none came. */
  readonly endMs: number;
  /** What was wrong with the old CDN; `unknown` without a bad sign. */
  readonly cause: Verdict;
  /** DNS moved the host name; the player knows nothing of it. */
  readonly isSilent: boolean;
};

/** The host name that both CDNs serve. */
export const SHARED_HOST = 'media.example.com';
const BAD_SIGN_REQUESTS = 3;
const BAD_SIGN_MS = 30_000;
const FAILOVER_WINDOW_MS = 60_000;
const DNS_TTL_MS = 20_000;

type BadSign = {
  readonly firstMs: number;
  readonly reason: SwitchReason;
  cause: Verdict;
  lastMs: number;
  requests: number;
};
type OpenSwitch = { -readonly [K in keyof SwitchTruth]: SwitchTruth[K] };

/** Which CDN a session uses, why it changed, and what the truth says about each change. */
export class CdnPath {
  readonly switches: OpenSwitch[] = [];
  readonly #order: readonly DeliveryNetwork[];
  readonly #policy: PlayerPolicy;
  readonly #isShared: boolean;
  readonly #reroutes: readonly Incident[];
  readonly #serial: number;
  readonly #failovers: number[] = [];
  #position = 0;
  #movedMs = 0;
  #isSteered = false;
  /** The latest bad sign of each CDN. */
  readonly #bad = new Map<string, BadSign>();
  #mediaCdn = '';

  /** `order` holds the CDNs the player knows, best first; behind a shared host, those DNS can choose from. */
  constructor(
    order: readonly DeliveryNetwork[],
    policy: PlayerPolicy,
    isShared: boolean,
    reroutes: readonly Incident[],
    serial: number,
  ) {
    this.#order = order;
    this.#policy = policy;
    this.#isShared = isShared;
    this.#reroutes = reroutes;
    this.#serial = serial;
  }

  get isShared(): boolean {
    return this.#isShared;
  }

  /** The CDN a request sent at `nowMs` ends up at. */
  at(nowMs: number): DeliveryNetwork {
    const chosen = this.#order[this.#position] as DeliveryNetwork;
    if (!this.#isShared) return chosen;
    for (const incident of this.#reroutes) {
      const resolvedMs = nowMs - ((this.#serial * 7919) % DNS_TTL_MS);
      const beginMs = incident.beginAt(resolvedMs);
      const isMoved = !Number.isNaN(beginMs) && incident.hitsSession(this.#serial, beginMs);
      if (isMoved && incident.spec.cdn === chosen.spec.name) return this.#order[1 - this.#position] ?? chosen;
    }
    return chosen;
  }

  host(nowMs: number): string {
    return this.#isShared ? SHARED_HOST : this.at(nowMs).spec.host;
  }

  /** Takes the other CDN; false when the player knows none or has tried too often. */
  failOver(nowMs: number): boolean {
    if (this.#isShared || this.#order.length < 2) return false;
    while (this.#failovers.length > 0 && nowMs - (this.#failovers[0] as number) > FAILOVER_WINDOW_MS) {
      this.#failovers.shift();
    }
    if (this.#failovers.length >= this.#policy.maxFailovers) return false;
    this.#failovers.push(nowMs);
    this.#move(nowMs);
    return true;
  }

  /** A steering server says: not this one. True when that changed something. */
  steerAway(cdn: string, nowMs: number): boolean {
    if (this.#isShared || this.#order.length < 2 || this.at(nowMs).spec.name !== cdn) return false;
    this.#move(nowMs);
    this.#isSteered = true;
    return true;
  }

  /** Some players go back to their first choice after a while. True when this one just did. */
  returnHome(nowMs: number): boolean {
    if (this.#position === 0 || this.#isSteered || nowMs - this.#movedMs < this.#policy.returnsAfterMs) return false;
    this.#move(nowMs);
    return true;
  }

  /** Called for every media request of the video track, in order of sending. */
  sent(exchange: Exchange): void {
    const to = exchange.network.spec.name;
    const from = this.#mediaCdn;
    this.#mediaCdn = to;
    if (from === '' || from === to) return;
    const bad = this.#bad.get(from);
    const hasBadSign =
      bad !== undefined && (bad.requests <= BAD_SIGN_REQUESTS || exchange.sentMs - bad.lastMs <= BAD_SIGN_MS);
    const reason = hasBadSign ? bad.reason : this.#isSteered ? 'steering' : 'unknown';
    this.switches.push({
      from,
      to,
      atMs: exchange.sentMs,
      reason,
      hasBadSign,
      beginMs: hasBadSign ? bad.firstMs : exchange.sentMs,
      endMs: Number.NaN,
      cause: hasBadSign ? bad.cause : 'unknown',
      isSilent: this.#isShared,
    });
    this.#bad.delete(from);
  }

  /** Called when a media request of the video track is over; `cause` says what was wrong with it. */
  ended(exchange: Exchange, cause: Verdict): void {
    const cdn = exchange.network.spec.name;
    const { ending, object } = exchange;
    // What is given up later than it would have played has timed out for the viewer.
    const isLate = ending === 'abandoned' && exchange.endMs - exchange.sentMs > object.durationMs;
    if (ending === 'http_error' || ending === 'timeout' || isLate) {
      this.failed(exchange, cause);
      return;
    }
    for (const bad of this.#bad.values()) bad.requests++;
    const latest = this.switches.at(-1);
    if (ending === 'ok' && latest !== undefined && Number.isNaN(latest.endMs) && latest.to === cdn) {
      latest.endMs = exchange.firstByteMs;
    }
  }

  /** Any object that brought nothing is a bad sign on its CDN: a playlist and an init segment, too. */
  failed({ network, ending, endMs, answer }: Exchange, cause: Verdict): void {
    const reason = ending !== 'http_error' ? 'timeout' : answer.status >= 500 ? '5xx' : 'unknown';
    this.#noteBad(network.spec.name, endMs, reason, cause);
  }

  stalled(nowMs: number, cause: Verdict): void {
    this.#noteBad(this.#mediaCdn, nowMs, 'stall', cause);
  }

  /** The stall is over, and with it the doubt about its cause. */
  stallOver(cause: Verdict): void {
    const bad = this.#bad.get(this.#mediaCdn);
    if (bad?.reason === 'stall') bad.cause = cause;
    const latest = this.switches.at(-1);
    if (latest?.reason === 'stall' && latest.cause === 'unknown') latest.cause = cause;
  }

  #noteBad(cdn: string, atMs: number, reason: SwitchReason, cause: Verdict): void {
    const known = this.#bad.get(cdn);
    if (known !== undefined && atMs - known.lastMs <= BAD_SIGN_MS) {
      known.lastMs = atMs;
      known.requests = 0;
      return;
    }
    this.#bad.set(cdn, { firstMs: atMs, lastMs: atMs, reason, cause, requests: 0 });
  }

  #move(nowMs: number): void {
    this.#position = (this.#position + 1) % this.#order.length;
    this.#movedMs = nowMs;
    this.#isSteered = false;
  }
}
