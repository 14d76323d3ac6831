import { catalogueOf } from './catalogue.ts';
import { DeliveryNetwork } from './delivery-network.ts';
import type { Exchange } from './exchange.ts';
import { FleetLedger, type FleetTruth } from './fleet-truth.ts';
import { IncidentPlan } from './incident-plan.ts';
import { Origin } from './origin.ts';
import { type LineHandling, Outbox } from './outbox.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import { SessionFactory } from './session-factory.ts';
import type { SessionFacts } from './session-facts.ts';
import type { SessionWorld } from './session-plan.ts';
import type { SessionTruth } from './session-truth.ts';
import { sourceHandling } from './sources.ts';
import { TimeHeap } from './time-heap.ts';
import { behave } from './viewer-behaviour.ts';
import { ViewerSession } from './viewer-session.ts';
import { CLOUDFRONT_HEADER } from './wire/cloudfront-line.ts';
import type { EdgeRecord } from './wire/edge-record.ts';
import { edgeLine, originLine, shieldLine } from './wire/log-writer.ts';

const CENSUS_MS = 10_000;
const DAY_MS = 86_400_000;
/** A dying decoder freezes the picture for so long. */
const FREEZE_MS = [700, 3500] as const;

/** The run itself: a clock that jumps from happening to happening, and everything that happens. */
export class World implements SessionWorld {
  readonly outbox: Outbox;
  readonly fleet = new FleetLedger();
  readonly tenant: string;
  readonly #scenario: Scenario;
  readonly #seed: number;
  readonly #startMs: number;
  readonly #agenda = new TimeHeap<() => void>();
  readonly #incidents: IncidentPlan;
  readonly #factory: SessionFactory;
  readonly #arrivals: Random;
  readonly #handling: ReadonlyMap<string, LineHandling>;
  readonly #sessions = new Set<ViewerSession>();
  readonly #onTruth: (truth: SessionTruth) => void;
  readonly #onExchange: (facts: SessionFacts, exchange: Exchange) => void;
  #nowMs: number;
  #isOpen = true;

  constructor(
    scenario: Scenario,
    seed: number,
    startMs: number,
    onTruth: (truth: SessionTruth) => void,
    onExchange: (facts: SessionFacts, exchange: Exchange) => void = () => {},
  ) {
    const random = new Random(seed);
    this.#scenario = scenario;
    this.#seed = seed;
    this.#startMs = startMs;
    this.#nowMs = startMs;
    this.#onTruth = onTruth;
    this.#onExchange = onExchange;
    this.tenant = scenario.tenant;
    this.#incidents = new IncidentPlan(scenario.incidents, startMs);
    this.#handling = new Map(sourceHandling(scenario).map((handling) => [handling.name, handling]));
    this.outbox = new Outbox(this.fleet, scenario.telemetry, random.fork(1));
    const origin = new Origin(scenario.origin, this.#incidents);
    const networks = scenario.cdns.map((spec) => new DeliveryNetwork(spec, origin, this.#incidents));
    const contents = catalogueOf(scenario.catalogue, seed, startMs);
    const clock = { nowMs: () => this.#nowMs, at: (timeMs: number, action: () => void) => this.at(timeMs, action) };
    this.#factory = new SessionFactory(scenario, contents, networks, this.#incidents, clock, random.fork(2));
    this.#arrivals = random.fork(3);
    this.#writeHeaders();
    this.#openDoors();
    this.#count(startMs);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get living(): number {
    return this.#sessions.size;
  }

  at(timeMs: number, action: () => void): void {
    this.#agenda.add(Math.max(timeMs, this.#nowMs), action);
  }

  /** Lets everything happen that happens until `untilMs`. */
  runUntil(untilMs: number): void {
    while (this.#agenda.firstMs <= untilMs) {
      this.#nowMs = this.#agenda.firstMs;
      this.#agenda.take()?.();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Nobody comes any more. */
  shutDoors(): void {
    this.#isOpen = false;
  }

  /** Everyone is cut off in the middle of what they do. */
  stop(): void {
    this.shutDoors();
    for (const session of this.#sessions) session.close('in_progress', this.#nowMs);
    this.runUntil(this.#nowMs);
  }

  truth(): FleetTruth {
    const { name } = this.#scenario;
    return this.fleet.truth(name, this.#seed, this.#startMs, this.#nowMs, this.#incidents.all);
  }

  written(facts: SessionFacts, exchange: Exchange, record: EdgeRecord): void {
    this.#onExchange(facts, exchange);
    const { name: cdn, format } = exchange.network.spec;
    const { objectType } = exchange.object;
    const { origin, shield } = exchange.answer;
    this.fleet.request(cdn, 'edge', record.status, objectType, exchange.sentBytes);
    this.#hand(cdn, edgeLine(exchange, record), record.endMs);
    const shielded = shieldLine(exchange);
    if (shielded !== null && shield !== null) {
      this.fleet.request(cdn, 'shield', shield.status, objectType, shield.bodyBytes);
      this.#hand(format === 'fastly-json' ? cdn : `${cdn}-shield`, shielded.line, shielded.writtenMs);
    }
    const filled = originLine(exchange, this.#scenario.origin);
    if (filled !== null && origin !== null) {
      this.fleet.request(cdn, 'origin', origin.status, objectType, origin.bodyBytes);
      this.#hand(this.#scenario.origin.name, filled.line, filled.writtenMs);
    }
  }

  post(
    facts: SessionFacts,
    path: '/v1/cmcd' | '/v1/beacon',
    contentType: string,
    body: string,
    nowMs: number,
  ): boolean {
    return this.outbox.post(facts, path, contentType, body, nowMs);
  }

  closed(session: ViewerSession, truth: SessionTruth): void {
    this.#sessions.delete(session);
    this.fleet.left(session, this.#nowMs);
    this.#onTruth(truth);
  }

  #hand(source: string, line: string, writtenMs: number): void {
    const handling = this.#handling.get(source);
    if (handling === undefined) throw new Error(`the lab has no source ${source}`);
    this.outbox.line(handling, line, writtenMs, this.#nowMs);
  }

  #writeHeaders(): void {
    for (const { name, format, isLogged } of this.#scenario.cdns) {
      if (format !== 'cloudfront-standard' || !isLogged) continue;
      for (const line of CLOUDFRONT_HEADER) this.outbox.header(name, line, this.#startMs);
    }
  }

  #openDoors(): void {
    const { atStart, atStartMs, perMinute } = this.#scenario.arrivals;
    for (let i = 0; i < atStart; i++) {
      this.at(this.#startMs + this.#arrivals.next() * atStartMs, () => this.#arrive());
    }
    if (perMinute > 0) this.#awaitNext();
  }

  /** Poisson arrivals; the day's shape thins them out. */
  #awaitNext(): void {
    const { perMinute, dayShape } = this.#scenario.arrivals;
    const peakPerMs = (perMinute * (1 + dayShape)) / 60_000;
    this.at(this.#nowMs + this.#arrivals.exponential(1 / peakPerMs), () => {
      if (!this.#isOpen) return;
      const evening = Math.cos(((this.#nowMs % DAY_MS) / DAY_MS - 20 / 24) * 2 * Math.PI);
      if (this.#arrivals.chance((1 + dayShape * evening) / (1 + dayShape))) this.#arrive();
      this.#awaitNext();
    });
  }

  #arrive(): void {
    const { maxSessions } = this.#scenario.arrivals;
    if (maxSessions > 0 && this.fleet.sessionsStarted >= maxSessions) return;
    const nowMs = this.#nowMs;
    const serial = this.fleet.sessionsStarted++;
    const plan = this.#factory.plan(serial, nowMs);
    const session = new ViewerSession(plan, this, nowMs);
    this.#sessions.add(session);
    behave(session, this.#scenario.behaviour, plan.adMs, plan.facts.random.fork(3), nowMs);
    const { steering, crash } = this.#factory.strokes(plan.facts, nowMs);
    for (const { atMs, cdn } of steering) this.at(atMs, () => session.steerAway(cdn, this.#nowMs));
    if (crash !== null) {
      const chance = plan.facts.random.fork(4);
      const freezeMs = chance.between(...FREEZE_MS);
      this.at(crash.atMs, () => session.crash(freezeMs, chance.chance(0.6), this.#nowMs));
    }
    session.begin(nowMs);
  }

  #count(atMs: number): void {
    this.fleet.census(this.#sessions, atMs);
    this.at(atMs + CENSUS_MS, () => this.#count(this.#nowMs));
  }
}
