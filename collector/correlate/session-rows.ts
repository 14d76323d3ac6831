import type { RequestReport } from '../model/request.ts';
import type { UnixMs } from '../model/time.ts';
import type { ReportPool } from './report-pool.ts';
import { RowStore } from './row-store.ts';

const NONE = -1;

/** Takes halves and returns those that must wait. */
export type Settle = (reports: readonly RequestReport[]) => ReadonlySet<RequestReport>;

/**
 * The server halves that wait, as one linked list per session slot.
 * HOT PATH: `append` runs once per log line.
 */
export class SessionRows {
  readonly #rows: RowStore;
  #head = new Int32Array(1024).fill(NONE);
  #tail = new Int32Array(1024).fill(NONE);
  #count = new Int32Array(1024);
  /** The session has halves of more than one tier. */
  #hasPartners = new Uint8Array(1024);
  #lastEndMs = new Float64Array(1024).fill(Number.NEGATIVE_INFINITY);

  /** `limit` bounds the rows of all sessions together. */
  constructor(limit: number) {
    this.#rows = new RowStore(limit);
  }

  get size(): number {
    return this.#rows.size;
  }

  get isFull(): boolean {
    return this.#rows.isFull;
  }

  count(slot: number): number {
    return this.#count[slot] as number;
  }

  /** End of the latest half the session ever had; -Infinity before the first. */
  lastEndMs(slot: number): UnixMs {
    return this.#lastEndMs[slot] as number;
  }

  /** Makes a slot ready for a new session. */
  open(slot: number): void {
    if (slot >= this.#head.length) this.#grow();
    this.#clear(slot);
    this.#hasPartners[slot] = 0;
    this.#lastEndMs[slot] = Number.NEGATIVE_INFINITY;
  }

  append(slot: number, report: RequestReport): void {
    const row = this.#rows.append(report);
    this.#link(slot, row);
    if (report.source.tier !== 'edge') this.#hasPartners[slot] = 1;
    const endMs = this.#rows.endMs(row);
    if (endMs > (this.#lastEndMs[slot] as number)) this.#lastEndMs[slot] = endMs;
  }

  /** Halves of this session may belong together. */
  hasPartners(slot: number): boolean {
    return this.#hasPartners[slot] === 1;
  }

  /** Some half of the session ended before the horizon. */
  isRipe(slot: number, horizonMs: UnixMs): boolean {
    for (let row = this.#head[slot] as number; row !== NONE; row = this.#rows.next(row)) {
      if (this.#rows.endMs(row) <= horizonMs) return true;
    }
    return false;
  }

  /**
   * Hands the waiting halves, in reports from `pool`, to `settle` and keeps those that it returns. The reports of the
   * others belong to whoever `settle` gave them to.
   */
  take(slot: number, sid: string, pool: ReportPool, settle: Settle): void {
    const reports: RequestReport[] = [];
    const rows: number[] = [];
    for (let row = this.#head[slot] as number; row !== NONE; row = this.#rows.next(row)) {
      reports.push(this.#read(row, sid, pool));
      rows.push(row);
    }
    const waiting = settle(reports);
    this.#clear(slot);
    for (const [at, row] of rows.entries()) {
      const report = reports[at] as RequestReport;
      if (waiting.has(report)) {
        this.#link(slot, row);
        pool.give(report);
      } else this.#rows.free(row);
    }
  }

  /**
   * For a session whose halves have no partners to wait for: adds to `ripe` those that ended before the horizon and
   * that no longer one, begun earlier, holds back. Returns the earliest end of the others.
   */
  takeRipe(slot: number, sid: string, horizonMs: UnixMs, pool: ReportPool, ripe: RequestReport[]): UnixMs {
    let blockedFromMs = Number.POSITIVE_INFINITY;
    for (let row = this.#head[slot] as number; row !== NONE; row = this.#rows.next(row)) {
      if (this.#rows.endMs(row) > horizonMs) blockedFromMs = Math.min(blockedFromMs, this.#rows.startMs(row));
    }
    let heldBackMs = Number.POSITIVE_INFINITY;
    let row = this.#head[slot] as number;
    this.#clear(slot);
    while (row !== NONE) {
      const next = this.#rows.next(row);
      if (this.#rows.endMs(row) <= horizonMs && this.#rows.startMs(row) < blockedFromMs) {
        ripe.push(this.#read(row, sid, pool));
        this.#rows.free(row);
      } else {
        heldBackMs = Math.min(heldBackMs, this.#rows.endMs(row));
        this.#link(slot, row);
      }
      row = next;
    }
    return heldBackMs;
  }

  #read(row: number, sid: string, pool: ReportPool): RequestReport {
    const report = pool.take();
    this.#rows.read(row, sid, report);
    return report;
  }

  #clear(slot: number): void {
    this.#head[slot] = NONE;
    this.#tail[slot] = NONE;
    this.#count[slot] = 0;
  }

  #link(slot: number, row: number): void {
    const tail = this.#tail[slot] as number;
    if (tail === NONE) this.#head[slot] = row;
    else this.#rows.link(tail, row);
    this.#rows.link(row, NONE);
    this.#tail[slot] = row;
    this.#count[slot] = (this.#count[slot] as number) + 1;
  }

  #grow(): void {
    const slots = this.#head.length * 2;
    this.#head = grown(this.#head, new Int32Array(slots));
    this.#tail = grown(this.#tail, new Int32Array(slots));
    this.#count = grown(this.#count, new Int32Array(slots));
    this.#hasPartners = grown(this.#hasPartners, new Uint8Array(slots));
    this.#lastEndMs = grown(this.#lastEndMs, new Float64Array(slots));
  }
}

/** A larger column with the old content. */
export function grown<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
