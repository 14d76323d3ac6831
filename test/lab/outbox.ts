import { type LabDelivery, PLAYER_SOURCE } from './delivery.ts';
import type { FleetLedger } from './fleet-truth.ts';
import type { Random } from './random.ts';
import type { Range, TelemetrySpec } from './scenario.ts';
import type { SessionFacts } from './session-facts.ts';
import { TimeHeap } from './time-heap.ts';

/** How a source hands its lines over. */
export type LineHandling = {
  readonly name: string;
  readonly latenessMs: Range;
  readonly duplicateShare: number;
  readonly sampleRate: number;
  readonly isLogged: boolean;
};

/** A post needs the way up, and a browser a moment to send it. */
const POST_MS = 12;

/** Everything between writing a record and its arrival: sampling, lateness, loss, duplicates, and the order they cause. */
export class Outbox {
  readonly #waiting = new TimeHeap<LabDelivery>();
  readonly #fleet: FleetLedger;
  readonly #telemetry: TelemetrySpec;
  readonly #random: Random;

  constructor(fleet: FleetLedger, telemetry: TelemetrySpec, random: Random) {
    this.#fleet = fleet;
    this.#telemetry = telemetry;
    this.#random = random;
  }

  /** A header of a log file: arrives first, counts as nothing. */
  header(source: string, line: string, atMs: number): void {
    this.#waiting.add(atMs, { source, kind: 'line', deliveredMs: atMs, body: line, address: '', userAgent: '' });
  }

  line(handling: LineHandling, line: string, writtenMs: number, nowMs: number): void {
    const count = this.#fleet.source(handling.name);
    count.written++;
    if (!handling.isLogged) {
      count.withheld++;
      return;
    }
    if (handling.sampleRate < 1 && !this.#random.chance(handling.sampleRate)) {
      count.sampledOut++;
      return;
    }
    const copies = this.#random.chance(handling.duplicateShare) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const deliveredMs = Math.max(nowMs, writtenMs + this.#random.between(...handling.latenessMs));
      const delivery: LabDelivery = {
        source: handling.name,
        kind: 'line',
        deliveredMs,
        body: line,
        address: '',
        userAgent: '',
      };
      this.#waiting.add(deliveredMs, delivery);
      count.delivered++;
    }
  }

  /** False when nobody will ever see the post. */
  post(
    facts: SessionFacts,
    path: '/v1/cmcd' | '/v1/beacon',
    contentType: string,
    body: string,
    nowMs: number,
  ): boolean {
    const { posts } = this.#fleet;
    posts.made++;
    if (!facts.isTelling) {
      posts.blocked++;
      return false;
    }
    if (this.#random.chance(this.#telemetry.lossShare)) {
      posts.lost++;
      return false;
    }
    const { address, userAgent, rttMs } = facts.viewer;
    const copies = this.#random.chance(this.#telemetry.duplicateShare) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const deliveredMs = nowMs + POST_MS + rttMs / 2 + this.#random.between(...this.#telemetry.latenessMs);
      this.#waiting.add(deliveredMs, {
        source: PLAYER_SOURCE,
        kind: 'post',
        deliveredMs,
        body,
        contentType,
        path,
        address,
        userAgent,
      });
      this.#fleet.source(PLAYER_SOURCE).delivered++;
    }
    return true;
  }

  /** What has arrived by `untilMs`, in order of arrival. */
  *take(untilMs: number): Generator<LabDelivery, void, undefined> {
    while (this.#waiting.firstMs <= untilMs) {
      const delivery = this.#waiting.take();
      if (delivery === undefined) return;
      yield delivery;
    }
  }
}
