import type { RequestReport } from '../../model/request.ts';
import type { UnixMs } from '../../model/time.ts';
import { hasMedia } from '../join/request-halves.ts';
import type { RequestPool } from '../join/request-pool.ts';
import { RowLists } from './row-lists.ts';
import { RowStore } from './row-store.ts';
import type { SessionSlots } from './session-slots.ts';

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

  /** `limit` bounds the rows of all sessions together. */
  constructor(limit: number, slots: SessionSlots) {
    this.#rows = new RowStore(limit);
    this.#slots = slots;
  }

  get size(): number {
    return this.#rows.size;
  }

  get isFull(): boolean {
    return this.#rows.isFull;
  }

  append(slot: number, report: RequestReport): void {
    const row = this.#rows.append(report);
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

  /**
   * Hands the waiting halves, in reports from `pool`, to `settle` and keeps those that it returns. The reports of the
   * others belong to whoever `settle` gave them to.
   */
  take(slot: number, sid: string, pool: RequestPool, settle: Settle): void {
    const rows = this.#taken(slot);
    const reports = rows.map((row) => this.#read(row, sid, pool));
    const waiting = settle(reports);
    for (const [at, row] of rows.entries()) {
      const report = reports[at] as RequestReport;
      if (waiting.has(report)) {
        this.#link(slot, row);
        pool.giveReport(report);
      } else this.#rows.free(row);
    }
  }

  /**
   * For a session whose halves have no partners to wait for: adds to `ripe` those that ended before the horizon and
   * that no longer one, begun earlier, holds back. Returns the earliest end of the others.
   */
  takeRipe(slot: number, sid: string, horizonMs: UnixMs, pool: RequestPool, ripe: RequestReport[]): UnixMs {
    const rows = this.#taken(slot);
    let blockedFromMs = Number.POSITIVE_INFINITY;
    for (const row of rows) {
      if (this.#rows.endMs(row) > horizonMs) blockedFromMs = Math.min(blockedFromMs, this.#rows.startMs(row));
    }
    for (const row of rows) {
      if (this.#rows.endMs(row) <= horizonMs && this.#rows.startMs(row) < blockedFromMs) {
        ripe.push(this.#read(row, sid, pool));
        this.#rows.free(row);
      } else this.#link(slot, row);
    }
    return this.#slots.firstEndMs(slot);
  }

  /** The rows that waited, in the order they came. */
  #taken(slot: number): number[] {
    const rows = this.#lists.take(this.#slots.head(slot), this.#slots.count(slot));
    this.#slots.clearRows(slot);
    return rows;
  }

  #read(row: number, sid: string, pool: RequestPool): RequestReport {
    const report = pool.report();
    this.#rows.read(row, sid, report);
    return report;
  }

  #link(slot: number, row: number): void {
    const head = this.#lists.add(this.#slots.head(slot), this.#slots.count(slot), row);
    this.#slots.addRow(slot, head, this.#rows.endMs(row));
  }
}
