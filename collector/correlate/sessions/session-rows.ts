import type { JoinedRequest } from '../../model/joined-request.ts';
import { RequestReport } from '../../model/request.ts';
import type { UnixMs } from '../../model/time.ts';
import { LoneRequest } from '../join/lone-request.ts';
import { hasMedia } from '../join/request-halves.ts';
import type { RowStore } from '../rows/row-store.ts';
import { RowLists } from './row-lists.ts';
import type { SessionSlots } from './session-slots.ts';

/** Requests used again: more than one session settles at a time. */
const SPARE = 256;

/** Takes halves and returns those that must wait. */
export type Settle = (reports: readonly RequestReport[]) => ReadonlySet<RequestReport>;

/**
 * The server halves that wait, as one list of rows per session slot.
 * HOT PATH: `append` and `takeRipe` run once per log line. Bench: test/bench/intake.ts.
 */
export class SessionRows {
  readonly #rows: RowStore;
  readonly #lists = new RowLists();
  readonly #slots: SessionSlots;
  readonly #limit: number;
  readonly #spare: LoneRequest[] = [];
  #size = 0;

  /** `limit` bounds the rows of all sessions together. */
  constructor(rows: RowStore, limit: number, slots: SessionSlots) {
    this.#rows = rows;
    this.#limit = limit;
    this.#slots = slots;
  }

  /** Halves that wait. */
  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#limit;
  }

  append(slot: number, report: RequestReport): void {
    const row = this.#rows.append(report);
    this.#size++;
    this.#link(slot, row);
    if (hasMedia(report)) {
      // What a tier above goes on fetching, nobody may wait for any more.
      const atMs = report.source.tier === 'edge' ? this.#rows.endMs(row) : report.startMs;
      this.#slots.seeMedia(slot, atMs, report.cmcd.objectDurationMs);
    }
    if (report.source.tier !== 'edge') this.#slots.expectPartners(slot);
  }

  /** Some half of the session ended before the horizon. */
  isRipe(slot: number, horizonMs: UnixMs): boolean {
    return this.#slots.count(slot) > 0 && this.#slots.firstEndMs(slot) <= horizonMs;
  }

  /** Hands the waiting halves to `settle` and keeps those that it returns. */
  take(slot: number, sid: string, settle: Settle): void {
    const rows = this.#taken(slot);
    const reports = rows.map((row) => this.#rows.report(row, sid));
    const waiting = settle(reports);
    for (const [at, row] of rows.entries()) {
      if (waiting.has(reports[at] as RequestReport)) this.#link(slot, row);
      else this.#release(row);
    }
  }

  /**
   * For a session whose halves have no partners to wait for: those that ended before the horizon and that no longer
   * one, begun earlier, holds back, until they are given back. `heldBackMs` is the earliest end of the others.
   */
  takeRipe(
    slot: number,
    sid: string,
    horizonMs: UnixMs,
  ): { readonly ripe: LoneRequest[]; readonly heldBackMs: UnixMs } {
    const ripe: LoneRequest[] = [];
    const rows = this.#taken(slot);
    let blockedFromMs = Number.POSITIVE_INFINITY;
    for (const row of rows) {
      if (this.#rows.endMs(row) > horizonMs) blockedFromMs = Math.min(blockedFromMs, this.#rows.startMs(row));
    }
    for (const row of rows) {
      if (this.#rows.endMs(row) <= horizonMs && this.#rows.startMs(row) < blockedFromMs) {
        const request = this.#spare.pop() ?? new LoneRequest(new RequestReport());
        this.#rows.read(row, sid, request.edge.report);
        request.fill(row, '');
        ripe.push(request);
      } else this.#link(slot, row);
    }
    return { ripe, heldBackMs: this.#slots.firstEndMs(slot) };
  }

  /**
   * What `takeRipe` gave is settled: whoever keeps a request holds its row by now. Those that nobody looks at any more,
   * which is all but `held`, are used again: they still lie in the cache.
   */
  giveBack(ripe: readonly LoneRequest[], held: ReadonlySet<JoinedRequest>): void {
    for (const request of ripe) {
      this.#release(request.row);
      if (this.#spare.length < SPARE && !held.has(request)) this.#spare.push(request);
    }
  }

  /** The rows that waited, in the order they came. */
  #taken(slot: number): number[] {
    const rows = this.#lists.take(this.#slots.head(slot), this.#slots.count(slot));
    this.#slots.clearRows(slot);
    return rows;
  }

  #release(row: number): void {
    this.#rows.free(row);
    this.#size--;
  }

  #link(slot: number, row: number): void {
    const head = this.#lists.add(this.#slots.head(slot), this.#slots.count(slot), row);
    this.#slots.addRow(slot, head, this.#rows.endMs(row));
  }
}
