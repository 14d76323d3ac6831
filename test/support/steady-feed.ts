import { setTimeout as delay, setImmediate as yielded } from 'node:timers/promises';
import type { Ingest } from '../../collector/receivers/ingest.ts';
import type { LabDelivery } from '../lab/delivery.ts';
import { LabPlayer } from '../lab/lab.ts';
import type { Scenario } from '../lab/scenario.ts';
import type { SessionTruth } from '../lab/session-truth.ts';
import { labSources } from '../lab/sources.ts';
import { configOf, LabReader, labConfigTree, lineFactsOf } from './lab-feed.ts';

/** Real time between two helpings, and the most virtual time in one, whatever the machine has to do besides. */
const STEP_MS = 25;
const MOST_VIRTUAL_MS = 3_000;
/** A scrape must not wait longer for its turn. */
const TURN_MS = 10;

/** Plays simulated fleets into a collector, faster than life, and knows exactly what it has fed. */
export class SteadyFeed {
  /** Virtual time: the clock the collector has to run on. */
  nowMs: number;
  readonly lines = new Map<string, number>();
  /** While this is true nothing is fed. */
  isHeld = false;
  /** Virtual time that is not passed until somebody moves it, so that a slow observer misses nothing. */
  barrierMs = Number.POSITIVE_INFINITY;
  readonly #speed: number;
  #servedMs = performance.now();

  constructor(startMs: number, speed: number) {
    this.nowMs = startMs;
    this.#speed = speed;
  }

  /**
   * A fleet of `arrivals.maxSessions` viewers, until the last has left and `quietMs` of virtual time have passed.
   * Resolves with what really happened to each.
   */
  async play(scenario: Scenario, seed: number, quietMs: number, ingest: Ingest): Promise<SessionTruth[]> {
    const { maxSessions } = scenario.arrivals;
    const reader = new LabReader(configOf(labConfigTree(scenario), '/nowhere'));
    const factsOf = lineFactsOf(labSources(scenario));
    const truths: SessionTruth[] = [];
    const lab = new LabPlayer(scenario, seed, this.nowMs, (truth) => truths.push(truth));
    const give = (delivery: LabDelivery): void => {
      this.nowMs = Math.max(this.nowMs, delivery.deliveredMs);
      const facts = delivery.kind === 'line' ? factsOf(delivery) : null;
      if (facts !== null) {
        const key = `${facts.cdn} ${facts.tier} ${facts.statusClass}`;
        this.lines.set(key, (this.lines.get(key) ?? 0) + 1);
      }
      reader.read(delivery, (event) => {
        if (ingest.accept(event, this.nowMs) === 'full') throw new Error('the collector is full');
      });
    };
    let leftMs = Number.POSITIVE_INFINITY;
    while (this.nowMs < leftMs + quietMs) {
      await this.#advance(async (untilMs) => {
        let turnMs = performance.now();
        for (const delivery of lab.next(untilMs)) {
          give(delivery);
          if (performance.now() - turnMs < TURN_MS) continue;
          do await yielded();
          while (this.isHeld);
          turnMs = performance.now();
        }
      });
      if (truths.length >= maxSessions && leftMs === Number.POSITIVE_INFINITY) leftMs = this.nowMs;
    }
    if (reader.refused.size > 0) throw new Error(`refused: ${[...reader.refused.keys()].join(', ')}`);
    return truths;
  }

  async #advance(feed: (untilMs: number) => Promise<void>): Promise<void> {
    const elapsedMs = (performance.now() - this.#servedMs) * this.#speed;
    this.#servedMs = performance.now();
    const untilMs = Math.max(this.nowMs, Math.min(this.nowMs + Math.min(elapsedMs, MOST_VIRTUAL_MS), this.barrierMs));
    await feed(untilMs);
    this.nowMs = Math.max(this.nowMs, untilMs);
    do await delay(STEP_MS);
    while (this.isHeld);
  }
}
