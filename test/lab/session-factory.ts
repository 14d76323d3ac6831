import type { Content } from './catalogue.ts';
import { CdnPath } from './cdn-path.ts';
import type { DeliveryNetwork } from './delivery-network.ts';
import type { IncidentPlan } from './incident-plan.ts';
import { LastMile } from './last-mile.ts';
import { segmentCount } from './media-object.ts';
import { PLAYER_POLICIES } from './player-policy.ts';
import { viewerFor } from './population.ts';
import { hash32, type Random } from './random.ts';
import { PLAYER_KINDS, type Scenario } from './scenario.ts';
import type { SessionFacts } from './session-facts.ts';
import type { SessionPlan } from './session-plan.ts';
import { voiceOf } from './voices/voice-of.ts';

/** Time and agenda of the run. */
export type RunClock = { nowMs(): number; at(timeMs: number, action: () => void): void };

const STEERING_TTL_MS = 12_000;
const CRASH_WITHIN_MS = 20_000;
const RESUME_SHARE = 0.2;
const NEVER = () => false;

/** Draws viewers: who comes, with what, to watch what, over which CDN. One stream of chance per session. */
export class SessionFactory {
  readonly #scenario: Scenario;
  readonly #contents: readonly Content[];
  readonly #networks: readonly DeliveryNetwork[];
  readonly #incidents: IncidentPlan;
  readonly #clock: RunClock;
  readonly #random: Random;

  constructor(
    scenario: Scenario,
    contents: readonly Content[],
    networks: readonly DeliveryNetwork[],
    incidents: IncidentPlan,
    clock: RunClock,
    random: Random,
  ) {
    this.#scenario = scenario;
    this.#contents = contents;
    this.#networks = networks;
    this.#incidents = incidents;
    this.#clock = clock;
    this.#random = random;
  }

  plan(serial: number, nowMs: number): SessionPlan {
    const random = this.#random.fork(serial);
    const { behaviour, players, lastMile, telemetry, countries } = this.#scenario;
    const kind = PLAYER_KINDS[random.weighted(PLAYER_KINDS.map((name) => players[name]))] ?? 'hls.js';
    const policy = PLAYER_POLICIES[kind];
    const content = this.#pickContent(random);
    const viewer = viewerFor(kind, lastMile, countries, random);
    const sid = random.uuid();
    const isBlocked = random.chance(telemetry.blockedShare);
    const hasCmcd = telemetry.hasCmcd && (!isBlocked || telemetry.blockedKeepsCmcd);
    const isSkewed = random.chance(telemetry.skewShare);
    const congestion = this.#incidents.touching('congestion', viewer.network, content.id);
    const stubborn = this.#incidents.touching('abr_oscillation', viewer.network, content.id);
    const facts: SessionFacts = {
      serial,
      sid,
      kind,
      policy,
      viewer,
      content,
      tracks: policy.packaging === 'dash' ? ['video', 'audio'] : ['video'],
      line: new LastMile(viewer.meanKbps, lastMile, random.bits(), congestion, serial),
      random: random.fork(1),
      isBlocked,
      isTelling: !isBlocked && telemetry.isPosted,
      hasCmcd,
      clockSkewMs: isSkewed ? Math.round(random.between(-1, 1) * telemetry.skewMs) : 0,
      nowMs: () => this.#clock.nowMs(),
      at: (timeMs, action) => this.#clock.at(timeMs, action),
      isStubborn: stubborn.length === 0 ? NEVER : () => isHit(stubborn, serial, this.#clock.nowMs()),
    };
    const tokens = content.hasToken ? this.#incidents.touching('token_expired', viewer.network, content.id) : [];
    return {
      facts,
      path: this.#pathFor(facts, random, nowMs),
      voice: voiceOf(kind),
      adMs: random.chance(behaviour.preRollShare) ? Math.round(random.between(6, 15)) * 1000 : 0,
      token: content.hasToken ? tokenFor(content, random, nowMs) : '',
      isTokenBad: tokens.length === 0 ? NEVER : (atMs) => isHit(tokens, serial, atMs),
      startAtMs: this.#startOf(content, random),
    };
  }

  /** When a steering server sends this session away from a CDN, and when its decoder fails: at most one of each. */
  strokes(facts: SessionFacts, nowMs: number): { steering: readonly Stroke[]; crash: Stroke | null } {
    const { serial, viewer, content } = facts;
    const random = facts.random.fork(2);
    const steering = this.#incidents.touching('steering', viewer.network, content.id).flatMap((incident): Stroke[] => {
      const beginMs = incident.nextBegin(nowMs);
      const atMs = Math.max(beginMs, nowMs) + random.next() * STEERING_TTL_MS;
      const isHit = Number.isFinite(beginMs) && incident.hitsSession(serial, beginMs);
      return isHit && facts.policy.isSteered ? [{ atMs, cdn: incident.spec.cdn }] : [];
    });
    for (const incident of this.#incidents.touching('player_crash', viewer.network, content.id)) {
      const beginMs = incident.nextBegin(nowMs);
      if (!Number.isFinite(beginMs) || !incident.hitsSession(serial, beginMs)) continue;
      const windowMs = Math.min(incident.spec.durationMs, CRASH_WITHIN_MS);
      return { steering, crash: { atMs: Math.max(beginMs, nowMs + 6000) + random.next() * windowMs, cdn: '' } };
    }
    return { steering, crash: null };
  }

  #pickContent(random: Random): Content {
    const { channels, titles, liveShare } = this.#scenario.catalogue;
    const isLive = channels > 0 && (titles === 0 || random.chance(liveShare));
    const index = isLive ? random.popular(channels) : channels + random.popular(titles);
    return this.#contents[index] as Content;
  }

  #pathFor(facts: SessionFacts, random: Random, nowMs: number): CdnPath {
    const { behaviour } = this.#scenario;
    const first = random.weighted(this.#networks.map(({ spec }) => spec.weight));
    const order = [...this.#networks.slice(first), ...this.#networks.slice(0, first)];
    const isShared = order.length > 1 && random.chance(behaviour.sharedHostShare);
    const knowsOther = random.chance(behaviour.redundantShare);
    const reroutes = this.#incidents.touching('silent_reroute', facts.viewer.network, facts.content.id);
    const known = isShared || knowsOther ? order.slice(0, 2) : order.slice(0, 1);
    const steering = this.#incidents.touching('steering', facts.viewer.network, facts.content.id);
    const away = steering.filter((incident) => incident.spec.cdn === known[0]?.spec.name);
    const isSent = isHit(away, facts.serial, nowMs) && facts.policy.isSteered && !isShared;
    return new CdnPath(isSent ? known.toReversed() : known, facts.policy, isShared, reroutes, facts.serial);
  }

  #startOf(content: Content, random: Random): number {
    const place = random.next();
    if (content.isLive || !random.chance(RESUME_SHARE)) return 0;
    return Math.floor(place * 0.7 * segmentCount(content)) * content.segmentMs;
  }
}

export type Stroke = { readonly atMs: number; readonly cdn: string };

function isHit(incidents: ReturnType<IncidentPlan['touching']>, serial: number, atMs: number): boolean {
  return incidents.some((incident) => {
    const beginMs = incident.beginAt(atMs);
    return !Number.isNaN(beginMs) && incident.hitsSession(serial, beginMs);
  });
}

/** The shape of the token most CDNs use. It opens nothing: its code is chance. */
function tokenFor(content: Content, random: Random, nowMs: number): string {
  const expires = Math.floor(nowMs / 1000) + 4 * 3600;
  const code = random.hex(32) + hash32(content.index).toString(16);
  return `hdnts=exp=${expires}~acl=/${content.isLive ? 'live' : 'vod'}/${content.id}/*~hmac=${code}`;
}
