import { grown } from './session-rows.ts';

/** What the correlator must know of every open session for every line: columns by slot, so no object is touched. */
export class SlotColumns {
  /** When something last arrived. */
  lastMs = new Float64Array(1024);
  /** When what is known of the session last changed: something arrived, or what had arrived was settled. */
  changedMs = new Float64Array(1024);
  /** 1 once the session's client is known. */
  isSeen = new Uint8Array(1024);
  /** 1 for a session that was told and closed before. */
  isLate = new Uint8Array(1024);
  /** How long the session waits for halves. */
  latenessMs = new Float64Array(1024);
  /** How late the sources may be that did speak of it. */
  seenLatenessMs = new Float64Array(1024);

  /** Makes a slot ready for a new session. */
  open(slot: number, latenessMs: number, isLate: boolean): void {
    if (slot >= this.lastMs.length) this.#grow();
    this.lastMs[slot] = 0;
    this.changedMs[slot] = 0;
    this.isSeen[slot] = 0;
    this.isLate[slot] = isLate ? 1 : 0;
    this.latenessMs[slot] = latenessMs;
    this.seenLatenessMs[slot] = 0;
  }

  #grow(): void {
    const slots = this.lastMs.length * 2;
    this.lastMs = grown(this.lastMs, new Float64Array(slots));
    this.changedMs = grown(this.changedMs, new Float64Array(slots));
    this.isLate = grown(this.isLate, new Uint8Array(slots));
    this.isSeen = grown(this.isSeen, new Uint8Array(slots));
    this.latenessMs = grown(this.latenessMs, new Float64Array(slots));
    this.seenLatenessMs = grown(this.seenLatenessMs, new Float64Array(slots));
  }
}
