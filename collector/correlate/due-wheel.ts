import type { UnixMs } from '../model/time.ts';

const SECOND = 1000;

/**
 * When each slot wants attention next, to the second. A slot has one appointment; moving it leaves a stale entry
 * behind that is skipped when its second comes.
 */
export class DueWheel {
  readonly #seconds = new Map<number, number[]>();
  #due = new Float64Array(1024).fill(Number.POSITIVE_INFINITY);
  #nowSecond = Number.NaN;

  dueMs(slot: number): UnixMs {
    return slot < this.#due.length ? (this.#due[slot] as number) : Number.POSITIVE_INFINITY;
  }

  /** Brings the appointment of a slot forward to `dueMs`, or sets it; a later one than it has changes nothing. */
  schedule(slot: number, dueMs: UnixMs): void {
    if (slot >= this.#due.length) {
      const grown = new Float64Array(Math.max(slot + 1, this.#due.length * 2)).fill(Number.POSITIVE_INFINITY);
      grown.set(this.#due);
      this.#due = grown;
    }
    if (dueMs >= (this.#due[slot] as number)) return;
    this.#due[slot] = dueMs;
    const second = Math.max(Math.ceil(dueMs / SECOND), !Number.isNaN(this.#nowSecond) ? this.#nowSecond + 1 : 0);
    const list = this.#seconds.get(second);
    if (list) list.push(slot);
    else this.#seconds.set(second, [slot]);
  }

  cancel(slot: number): void {
    if (slot < this.#due.length) this.#due[slot] = Number.POSITIVE_INFINITY;
  }

  /** Slots due by `nowMs`, in order; each has no appointment any more when it is given. */
  *take(nowMs: UnixMs): Generator<number> {
    const now = Math.floor(nowMs / SECOND);
    if (!(now > this.#nowSecond) && !Number.isNaN(this.#nowSecond)) return;
    const seconds = [...this.#seconds.keys()].filter((second) => second <= now).sort((a, b) => a - b);
    this.#nowSecond = now;
    for (const second of seconds) {
      const slots = this.#seconds.get(second) as number[];
      this.#seconds.delete(second);
      for (const slot of slots) {
        if ((this.#due[slot] as number) > nowMs) continue;
        this.#due[slot] = Number.POSITIVE_INFINITY;
        yield slot;
      }
    }
  }
}
