import type { Incident } from './incident-plan.ts';
import { hashRatio } from './random.ts';
import type { LastMileSpec } from './scenario.ts';

const STEP_MS = 1000;
const DIP_STEPS = 8;
/** A line never goes quite dead, so every transfer ends. */
const FLOOR_KBPS = 12;
const MAX_STEPS = 600;

/** When the last of `bytes` arrived, and the worst second on the way. */
export type Transfer = { readonly endMs: number; readonly meanKbps: number };

/**
 * The viewer's own line. Its rate is a function of time, not a walk: correlated noise of three time scales, dips, and
 * congestion somebody injected. So a transfer that is given up early and one that is not see the same line.
 */
export class LastMile {
  readonly meanKbps: number;
  readonly #spec: LastMileSpec;
  readonly #seed: number;
  readonly #congestion: readonly { readonly incident: Incident; readonly serial: number }[];

  #knownStep = Number.NaN;
  #knownKbps = 0;

  constructor(meanKbps: number, spec: LastMileSpec, seed: number, congestion: readonly Incident[], serial: number) {
    this.meanKbps = meanKbps;
    this.#spec = spec;
    this.#seed = seed;
    this.#congestion = congestion.map((incident) => ({ incident, serial }));
  }

  rateAt(atMs: number): number {
    let kbps = this.#quietRate(Math.floor(atMs / STEP_MS));
    for (const { incident, serial } of this.#congestion) {
      const beginMs = incident.beginAt(atMs);
      if (!Number.isNaN(beginMs) && incident.hitsSession(serial, beginMs)) kbps *= incident.spec.strength;
    }
    return Math.max(FLOOR_KBPS, kbps);
  }

  /** Over the seconds of a stretch of time. */
  meanRate(fromMs: number, toMs: number): number {
    let sum = 0;
    let count = 0;
    for (let atMs = fromMs; atMs < toMs; atMs += STEP_MS) {
      sum += this.rateAt(atMs);
      count++;
    }
    return sum / count;
  }

  /** The rate nobody interferes with. Transfers ask for one step again and again, so the last one is kept. */
  #quietRate(step: number): number {
    if (step === this.#knownStep) return this.#knownKbps;
    const noise =
      0.45 * this.#noise(step, 1) +
      0.75 * this.#noise(Math.floor(step / 5), 2) +
      0.6 * this.#noise(Math.floor(step / 23), 3);
    let kbps = this.meanKbps * Math.exp(this.#spec.noise * noise);
    const dip = hashRatio(this.#seed, Math.floor(step / DIP_STEPS), 4);
    if (dip < this.#spec.dipShare) kbps *= 0.12 + (0.3 * dip) / this.#spec.dipShare;
    this.#knownStep = step;
    this.#knownKbps = kbps;
    return kbps;
  }

  /** Sends `bytes` from `startMs` on, at most at `limitKbps` (what the edge itself receives). */
  transfer(startMs: number, bytes: number, limitKbps: number): Transfer {
    let atMs = startMs;
    let left = bytes * 8;
    for (let step = 0; step < MAX_STEPS; step++) {
      const kbps = Math.min(this.rateAt(atMs), limitKbps);
      const untilMs = (Math.floor(atMs / STEP_MS) + 1) * STEP_MS;
      const carried = kbps * (untilMs - atMs);
      if (carried >= left) {
        atMs += left / kbps;
        left = 0;
        break;
      }
      left -= carried;
      atMs = untilMs;
    }
    const tookMs = Math.max(atMs - startMs, 0.01);
    return { endMs: atMs, meanKbps: (bytes * 8 - left) / tookMs };
  }

  /** Bytes that made it by `cutMs` of a transfer that began at `startMs`. */
  carried(startMs: number, cutMs: number, bytes: number, limitKbps: number): number {
    let atMs = startMs;
    let bits = 0;
    while (atMs < cutMs && bits < bytes * 8) {
      const untilMs = Math.min(cutMs, (Math.floor(atMs / STEP_MS) + 1) * STEP_MS);
      bits += Math.min(this.rateAt(atMs), limitKbps) * (untilMs - atMs);
      atMs = untilMs;
    }
    return Math.min(bytes, Math.floor(bits / 8));
  }

  /** About normal: the sum of three even draws. */
  #noise(step: number, scale: number): number {
    const sum =
      hashRatio(this.#seed, step, scale) +
      hashRatio(this.#seed, step, scale + 10) +
      hashRatio(this.#seed, step, scale + 20);
    return (sum - 1.5) * 2;
  }
}
