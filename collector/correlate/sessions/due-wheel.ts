import type { UnixMs } from '../../model/time.ts';

const SECOND = 1000;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * When each slot wants attention next, to the second. A slot has one appointment; moving or cancelling it leaves a
 * stale entry behind that is skipped when its second comes, whoever has the slot by then.
 */
export class DueWheel {
  readonly #slotsOf = new Map<number, number[]>();
  /** The second of a slot's appointment. */
  #second = new Float64Array(1024).fill(NEVER);
  #nowSecond = Number.NaN;

  /** Brings the appointment of a slot forward to `dueMs`, or sets it; a later one than it has changes nothing. */
  schedule(slot: number, dueMs: UnixMs): void {
    if (slot >= this.#second.length) {
      const grown = new Float64Array(Math.max(slot + 1, this.#second.length * 2)).fill(NEVER);
      grown.set(this.#second);
      this.#second = grown;
    }
    const second = Math.max(Math.ceil(dueMs / SECOND), !Number.isNaN(this.#nowSecond) ? this.#nowSecond + 1 : 0);
    if (second >= (this.#second[slot] as number)) return;
    this.#second[slot] = second;
    const list = this.#slotsOf.get(second);
    if (list) list.push(slot);
    else this.#slotsOf.set(second, [slot]);
  }

  cancel(slot: number): void {
    if (slot < this.#second.length) this.#second[slot] = NEVER;
  }

  /** Slots due by `nowMs`, in order; each has no appointment any more when it is given. */
  *take(nowMs: UnixMs): Generator<number> {
    const now = Math.floor(nowMs / SECOND);
    if (!(now > this.#nowSecond) && !Number.isNaN(this.#nowSecond)) return;
    const seconds = [...this.#slotsOf.keys()].filter((second) => second <= now).sort((a, b) => a - b);
    this.#nowSecond = now;
    for (const second of seconds) {
      const slots = this.#slotsOf.get(second) as number[];
      this.#slotsOf.delete(second);
      for (const slot of slots) {
        if (this.#second[slot] !== second) continue;
        this.#second[slot] = NEVER;
        yield slot;
      }
    }
  }
}
