import type { UnixMs } from '../../model/time.ts';

const NONE = -1;

// One record, as numbers of 64 bits; the last two are two integers of 32 bits each.
const LAST_MS = 0;
const CHANGED_MS = 1;
const LATENESS_MS = 2;
const SEEN_LATENESS_MS = 3;
const LAST_MEDIA_MS = 4;
const FIRST_END_MS = 5;
const HEAD = 12;
const COUNT = 13;
const MARKS = 14;
const SEGMENT_MS = 15;
const RECORD = 8;

const SEEN = 1;
const LATE = 2;
const PARTNERS = 4;

/**
 * What the correlator must know of every open session for every line, by slot: one record of 64 bytes, so that a line
 * touches one line of the cache and no object.
 * HOT PATH: read and written once per log line. Bench: test/bench/intake.ts.
 */
export class SessionSlots {
  #doubles = new Float64Array(1024 * RECORD);
  #integers = new Int32Array(this.#doubles.buffer);

  /** Makes a slot ready for a new session. */
  open(slot: number, latenessMs: number, isLate: boolean): void {
    if (slot * RECORD >= this.#doubles.length) this.#grow();
    const at = slot * RECORD;
    this.#doubles[at + LAST_MS] = 0;
    this.#doubles[at + CHANGED_MS] = 0;
    this.#doubles[at + LATENESS_MS] = latenessMs;
    this.#doubles[at + SEEN_LATENESS_MS] = 0;
    this.#doubles[at + LAST_MEDIA_MS] = Number.NEGATIVE_INFINITY;
    this.#integers[at * 2 + MARKS] = isLate ? LATE : 0;
    this.#integers[at * 2 + SEGMENT_MS] = 0;
    this.clearRows(slot);
  }

  /** Something arrived. */
  touch(slot: number, nowMs: UnixMs): void {
    const at = slot * RECORD;
    this.#doubles[at + LAST_MS] = nowMs;
    this.#doubles[at + CHANGED_MS] = nowMs;
  }

  /** What had arrived was settled. */
  change(slot: number, nowMs: UnixMs): void {
    this.#doubles[slot * RECORD + CHANGED_MS] = nowMs;
  }

  /** When something last arrived. */
  lastMs(slot: number): UnixMs {
    return this.#doubles[slot * RECORD + LAST_MS] as number;
  }

  /** When what is known of the session last changed: something arrived, or what had arrived was settled. */
  changedMs(slot: number): UnixMs {
    return this.#doubles[slot * RECORD + CHANGED_MS] as number;
  }

  /** How long the session waits for halves. */
  latenessMs(slot: number): number {
    return this.#doubles[slot * RECORD + LATENESS_MS] as number;
  }

  /** How late the sources may be that did speak of it. */
  seenLatenessMs(slot: number): number {
    return this.#doubles[slot * RECORD + SEEN_LATENESS_MS] as number;
  }

  /** A source that may be that late spoke of it. */
  seeLateness(slot: number, latenessMs: number): void {
    const at = slot * RECORD;
    if (latenessMs <= (this.#doubles[at + SEEN_LATENESS_MS] as number)) return;
    this.#doubles[at + SEEN_LATENESS_MS] = latenessMs;
    if (latenessMs > (this.#doubles[at + LATENESS_MS] as number)) this.#doubles[at + LATENESS_MS] = latenessMs;
  }

  /** The session was told and closed before. */
  isLate(slot: number): boolean {
    return ((this.#integers[slot * 2 * RECORD + MARKS] as number) & LATE) !== 0;
  }

  /** The session's client is known. */
  isSeen(slot: number): boolean {
    return ((this.#integers[slot * 2 * RECORD + MARKS] as number) & SEEN) !== 0;
  }

  see(slot: number): void {
    this.#integers[slot * 2 * RECORD + MARKS]! |= SEEN;
  }

  /** The session has halves of more than one tier, which may belong together. */
  hasPartners(slot: number): boolean {
    return ((this.#integers[slot * 2 * RECORD + MARKS] as number) & PARTNERS) !== 0;
  }

  expectPartners(slot: number): void {
    this.#integers[slot * 2 * RECORD + MARKS]! |= PARTNERS;
  }

  /** When the session last got media; -Infinity before it did. */
  lastMediaMs(slot: number): UnixMs {
    return this.#doubles[slot * RECORD + LAST_MEDIA_MS] as number;
  }

  /** What its player last said of the length of a segment, in whole ms; 0 while it has not. */
  segmentMs(slot: number): number {
    return this.#integers[slot * 2 * RECORD + SEGMENT_MS] as number;
  }

  /** Media was there at `atMs`; `segmentMs`: as long as its player says, NaN when it does not. */
  seeMedia(slot: number, atMs: UnixMs, segmentMs: number): void {
    const at = slot * RECORD;
    if (atMs > (this.#doubles[at + LAST_MEDIA_MS] as number)) this.#doubles[at + LAST_MEDIA_MS] = atMs;
    if (segmentMs > 0) this.#integers[at * 2 + SEGMENT_MS] = segmentMs;
  }

  /** Earliest end of the halves that wait; Infinity when none does. */
  firstEndMs(slot: number): UnixMs {
    return this.#doubles[slot * RECORD + FIRST_END_MS] as number;
  }

  /** Newest block of the list of rows that wait, or -1. */
  head(slot: number): number {
    return this.#integers[slot * 2 * RECORD + HEAD] as number;
  }

  /** How many rows wait. */
  count(slot: number): number {
    return this.#integers[slot * 2 * RECORD + COUNT] as number;
  }

  clearRows(slot: number): void {
    const at = slot * RECORD;
    this.#doubles[at + FIRST_END_MS] = Number.POSITIVE_INFINITY;
    this.#integers[at * 2 + HEAD] = NONE;
    this.#integers[at * 2 + COUNT] = 0;
  }

  /** One more row waits, whose half ended at `endMs`; `head` is now the newest block of their list. */
  addRow(slot: number, head: number, endMs: UnixMs): void {
    const at = slot * RECORD;
    this.#integers[at * 2 + HEAD] = head;
    this.#integers[at * 2 + COUNT]! += 1;
    if (endMs < (this.#doubles[at + FIRST_END_MS] as number)) this.#doubles[at + FIRST_END_MS] = endMs;
  }

  #grow(): void {
    const doubles = new Float64Array(this.#doubles.length * 2);
    doubles.set(this.#doubles);
    this.#doubles = doubles;
    this.#integers = new Int32Array(doubles.buffer);
  }
}
