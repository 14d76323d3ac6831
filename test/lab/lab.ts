import type { LabDelivery } from './delivery.ts';
import type { Exchange } from './exchange.ts';
import type { FleetTruth } from './fleet-truth.ts';
import type { Scenario } from './scenario.ts';
import type { SessionFacts } from './session-facts.ts';
import type { SessionTruth } from './session-truth.ts';
import { World } from './world.ts';

/** Takes what a run makes, in the order it arrives. */
export interface LabSink {
  delivery(delivery: LabDelivery): void;
  /** The truth of a session that is over; in order of ending. */
  session?(truth: SessionTruth): void;
  /** A request that is over, before its lines are on their way: what every half of it says. */
  exchange?(facts: SessionFacts, exchange: Exchange): void;
}

export type LabRun = {
  readonly seed: number;
  readonly startMs: number;
  /** Viewers come during this time; then those who are there may finish for `drainMs`. */
  readonly durationMs: number;
  readonly drainMs?: number;
  readonly sink: LabSink;
};

/** Virtual time between two looks at the outbox: what bounds the memory of a run is lateness, not length. */
const STEP_MS = 500;

/**
 * Simulates a fleet and writes what its servers and players would write. The same scenario, seed and start give the
 * same bytes in the same order; nothing here looks at a clock.
 */
export function runLab(scenario: Scenario, run: LabRun): FleetTruth {
  const { seed, startMs, durationMs, drainMs = 0, sink } = run;
  const world = new World(
    scenario,
    seed,
    startMs,
    (truth) => sink.session?.(truth),
    (facts, exchange) => sink.exchange?.(facts, exchange),
  );
  const shutMs = startMs + durationMs;
  const endMs = shutMs + drainMs;
  for (let untilMs = startMs; ; untilMs = Math.min(untilMs + STEP_MS, endMs)) {
    world.runUntil(untilMs);
    for (const delivery of world.outbox.take(untilMs)) sink.delivery(delivery);
    if (untilMs >= shutMs) world.shutDoors();
    if (untilMs >= endMs || (untilMs >= shutMs && world.living === 0)) break;
  }
  world.stop();
  for (const delivery of world.outbox.take(Number.POSITIVE_INFINITY)) sink.delivery(delivery);
  return world.truth();
}

/** The same run, pulled: for whoever has a clock of their own, such as the demo inside `npm start`. */
export class LabPlayer {
  readonly #world: World;

  /** `onSession` receives the truth of every session that is over. */
  constructor(scenario: Scenario, seed: number, startMs: number, onSession: (truth: SessionTruth) => void = () => {}) {
    this.#world = new World(scenario, seed, startMs, onSession);
  }

  /** Everything that arrives until `untilMs`, in order. Virtual time never goes back. */
  *next(untilMs: number): Generator<LabDelivery, void, undefined> {
    while (this.#world.nowMs < untilMs) {
      const stepMs = Math.min(untilMs, this.#world.nowMs + STEP_MS);
      this.#world.runUntil(stepMs);
      yield* this.#world.outbox.take(stepMs);
    }
  }

  /** The fleet so far. */
  truth(): FleetTruth {
    return this.#world.truth();
  }
}
