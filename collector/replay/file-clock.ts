import { cloneEvent } from '../model/clone-report.ts';
import type { Event } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';
import { MAX_AHEAD_MS } from '../model/timely.ts';

/** Records that are heard before the clock of a file is set, or jumps. */
const JURY = 200;
/** So few of the jury, beside its largest group, prove nothing: one, or one in fifty. */
const FEW_SHARE = 1 / 50;

type Held = { readonly event: Event; readonly arrivedMs: UnixMs };

/**
 * The clock of one finished file, told by its records. Lines are written in order of their end, more or less; what is
 * out of order arrives with its neighbours. A record that is suddenly more than a day ahead, and the first one, may be
 * mad: it waits for what those behind it say.
 */
export class FileClock {
  readonly #emit: (event: Event, arrivedMs: UnixMs) => void;
  #latestMs: UnixMs = Number.NEGATIVE_INFINITY;
  #held: Held[] = [];

  /** `emit` gets every record in its order, with times that never run backwards; the record is valid for the call. */
  constructor(emit: (event: Event, arrivedMs: UnixMs) => void) {
    this.#emit = emit;
  }

  add(event: Event, arrivedMs: UnixMs): void {
    if (this.#held.length === 0 && arrivedMs <= this.#latestMs + MAX_AHEAD_MS) {
      this.#tell(event, arrivedMs);
      return;
    }
    if (this.#held.push({ event: cloneEvent(event), arrivedMs }) >= JURY) this.end();
  }

  /** Decides about what is held: nothing comes behind it. */
  end(): void {
    const held = this.#held;
    if (held.length === 0) return;
    this.#held = [];
    const isFirst = this.#latestMs === Number.NEGATIVE_INFINITY;
    const isBelieved = believed(
      held.map(({ arrivedMs }) => arrivedMs),
      isFirst,
    );
    if (isFirst) this.#latestMs = held[Math.max(0, isBelieved.indexOf(true))]?.arrivedMs as UnixMs;
    for (const [i, { event, arrivedMs }] of held.entries()) {
      if (arrivedMs <= this.#latestMs + MAX_AHEAD_MS || isBelieved[i]) this.#tell(event, arrivedMs);
      else this.#emit(receivedAt(event, this.#latestMs), this.#latestMs);
    }
  }

  #tell(event: Event, arrivedMs: UnixMs): void {
    if (arrivedMs > this.#latestMs) this.#latestMs = arrivedMs;
    this.#emit(event, this.#latestMs);
  }
}

/** Which of these times, in the order of their file, can set its clock. `isFirst`: nothing stands before them. */
function believed(times: readonly UnixMs[], isFirst: boolean): boolean[] {
  const near = times.map((atMs) => times.filter((other) => Math.abs(other - atMs) <= MAX_AHEAD_MS).length);
  const few = Math.max(1, Math.max(...near) * FEW_SHARE);
  return times.map((atMs, i) => {
    const behind = times.slice(i + 1);
    const confirming = behind.filter((other) => other >= atMs - MAX_AHEAD_MS).length;
    if (confirming < behind.length - confirming) return false;
    // At either end nothing but company speaks for a record; between others, that time went on.
    return (near[i] as number) > few || (confirming > 0 && !(isFirst && i === 0));
  });
}

function receivedAt(event: Event, receivedMs: UnixMs): Event {
  if (event.kind === 'player') return { ...event, receivedMs };
  event.receivedMs = receivedMs;
  return event;
}
