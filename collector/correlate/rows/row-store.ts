import type { Client } from '../../model/client.ts';
import type { JoinMethod } from '../../model/joined-request.ts';
import { REPORT_NUMBERS, RequestReport } from '../../model/request.ts';
import type { Source } from '../../model/source.ts';
import { flagsOf, setFlags } from './flags.ts';
import { NumberRows, ROWS_A_BLOCK, ROWS_A_BLOCK_BITS } from './number-rows.ts';

const NONE = -1;

/** Of the numbers of a report and of its CMCD, how many every row keeps, and how many more if any of those is there. */
const REPORT_KEPT = 8;
const REPORT_MORE = 4;
const CMCD_KEPT = 7;
const CMCD_MORE = 5;

// A row in numbers of 64 bits: two integers (flags; the row of more numbers, or NONE), the report's numbers, those of
// its CMCD, two integers (fingerprint).
const REPORT_AT = 1;
const CMCD_AT = REPORT_AT + REPORT_KEPT;
const UID_AT = CMCD_AT + CMCD_KEPT;
const ROW_NUMBERS = UID_AT + 1;
const START_AT = REPORT_AT + REPORT_NUMBERS.indexOf('startMs');
const DURATION_AT = REPORT_AT + REPORT_NUMBERS.indexOf('durationMs');

/** What one row refers to: nine texts, client, source, and texts that few rows have. */
const ROW_REFERENCES = 12;

/** Fields few lines carry; absent for most rows, so rows stay small. */
type RareText = {
  readonly method: string;
  readonly parentRequestId: string;
  readonly rid: string;
  readonly traceId: string;
  readonly parentSpanId: string;
  readonly spanId: string;
  readonly sessionId: string;
  readonly sessionJoin: JoinMethod | '';
  readonly streamingFormat: string;
};

const NOTHING_RARE: RareText = {
  method: '',
  parentRequestId: '',
  rid: '',
  traceId: '',
  parentSpanId: '',
  spanId: '',
  sessionId: '',
  sessionJoin: '',
  streamingFormat: '',
};

type Reference = string | Client | Source | RareText | null;

/**
 * Server halves as rows of numbers and references: those that wait for their partners, and those of settled requests
 * that may have to explain an incident. The garbage collector sees a handful of arrays however many rows there are.
 * HOT PATH: `append` and `read` run once per log line. Bench: test/bench/intake.ts.
 */
export class RowStore {
  readonly #rows = new NumberRows(ROW_NUMBERS);
  readonly #more = new NumberRows(REPORT_MORE + CMCD_MORE);
  /** In blocks that never move, as the numbers: to copy what so many rows refer to would be a pause. */
  readonly #references: Reference[][] = [];
  /** By row: who would miss it. */
  #holders = new Uint8Array(1024);
  #size = 0;

  /** Rows that somebody holds. */
  get size(): number {
    return this.#size;
  }

  startMs(row: number): number {
    return this.#rows.block(row).doubles[this.#rows.at(row) + START_AT] as number;
  }

  /** Begin plus duration; begin alone when the log has no duration. */
  endMs(row: number): number {
    const { doubles } = this.#rows.block(row);
    const at = this.#rows.at(row);
    const start = doubles[at + START_AT] as number;
    const duration = doubles[at + DURATION_AT] as number;
    return !Number.isNaN(duration) ? start + duration : start;
  }

  /** Copies what later stages need out of the reused report and returns the new row, which the caller holds. */
  append(report: RequestReport): number {
    const row = this.#rows.take();
    this.#size++;
    if (row >= this.#holders.length) this.#grow();
    this.#holders[row] = 1;
    const { doubles, integers } = this.#rows.block(row);
    const at = this.#rows.at(row);
    const { cmcd, numbers } = report;
    integers[at * 2] = flagsOf(report);
    for (let i = 0; i < REPORT_KEPT; i++) doubles[at + REPORT_AT + i] = numbers[i] as number;
    for (let i = 0; i < CMCD_KEPT; i++) doubles[at + CMCD_AT + i] = cmcd.numbers[i] as number;
    integers[(at + UID_AT) * 2] = report.uidHigh;
    integers[(at + UID_AT) * 2 + 1] = report.uidLow;
    integers[at * 2 + 1] = this.#appendMore(numbers, cmcd.numbers);
    const to = this.#referencesOf(row);
    let ref = referencesAt(row);
    to[ref++] = report.host;
    to[ref++] = report.path;
    to[ref++] = report.query;
    to[ref++] = report.pop;
    to[ref++] = report.requestId;
    to[ref++] = report.cacheStatusRaw;
    to[ref++] = report.contentType;
    to[ref++] = report.errorType;
    to[ref++] = cmcd.cid;
    to[ref++] = report.client;
    to[ref++] = report.source;
    to[ref] = rareText(report);
    return row;
  }

  /** What `append` was given, for a session with this id. */
  report(row: number, sid: string): RequestReport {
    const report = new RequestReport();
    this.read(row, sid, report);
    return report;
  }

  /**
   * Fills `into`, which is new or was filled here before, from a row; everything a decoder had set that a later stage
   * reads is there again.
   */
  read(row: number, sid: string, into: RequestReport): void {
    const { doubles, integers } = this.#rows.block(row);
    const at = this.#rows.at(row);
    const { cmcd, numbers } = into;
    setFlags(into, integers[at * 2] as number);
    for (let i = 0; i < REPORT_KEPT; i++) numbers[i] = doubles[at + REPORT_AT + i] as number;
    for (let i = 0; i < CMCD_KEPT; i++) cmcd.numbers[i] = doubles[at + CMCD_AT + i] as number;
    into.uidHigh = integers[(at + UID_AT) * 2] as number;
    into.uidLow = integers[(at + UID_AT) * 2 + 1] as number;
    this.#readMore(integers[at * 2 + 1] as number, numbers, cmcd.numbers);
    const from = this.#referencesOf(row);
    let ref = referencesAt(row);
    into.host = from[ref++] as string;
    into.path = from[ref++] as string;
    into.query = from[ref++] as string;
    into.pop = from[ref++] as string;
    into.requestId = from[ref++] as string;
    into.cacheStatusRaw = from[ref++] as string;
    into.contentType = from[ref++] as string;
    into.errorType = from[ref++] as string;
    cmcd.cid = from[ref++] as string;
    cmcd.sid = sid;
    into.client = from[ref++] as Client | null;
    into.source = from[ref++] as Source;
    setRare(into, (from[ref] as RareText | null) ?? NOTHING_RARE);
  }

  /** One more holds the row: at most a handful do. */
  hold(row: number): void {
    this.#holders[row]! += 1;
  }

  /** A holder lets go of a row; behind the last its strings are let go at once, so a quiet store holds no old text. */
  free(row: number): void {
    this.#holders[row]! -= 1;
    if (this.#holders[row] !== 0) return;
    const references = this.#referencesOf(row);
    const at = referencesAt(row);
    for (let i = 0; i < ROW_REFERENCES; i++) references[at + i] = null;
    const more = this.#rows.block(row).integers[this.#rows.at(row) * 2 + 1] as number;
    if (more !== NONE) this.#more.free(more);
    this.#rows.free(row);
    this.#size--;
  }

  #referencesOf(row: number): Reference[] {
    const block = row >>> ROWS_A_BLOCK_BITS;
    while (block >= this.#references.length) {
      this.#references.push(new Array<Reference>(ROWS_A_BLOCK * ROW_REFERENCES).fill(null));
    }
    return this.#references[block] as Reference[];
  }

  #grow(): void {
    const holders = new Uint8Array(this.#holders.length * 2);
    holders.set(this.#holders);
    this.#holders = holders;
  }

  /** The numbers that few reports have: their row, or NONE when there is none of them. */
  #appendMore(report: readonly number[], cmcd: readonly number[]): number {
    let isAny = false;
    for (let i = REPORT_KEPT; i < REPORT_KEPT + REPORT_MORE; i++) isAny ||= !Number.isNaN(report[i] as number);
    for (let i = CMCD_KEPT; i < CMCD_KEPT + CMCD_MORE; i++) isAny ||= !Number.isNaN(cmcd[i] as number);
    if (!isAny) return NONE;
    const row = this.#more.take();
    const { doubles } = this.#more.block(row);
    const at = this.#more.at(row);
    for (let i = 0; i < REPORT_MORE; i++) doubles[at + i] = report[REPORT_KEPT + i] as number;
    for (let i = 0; i < CMCD_MORE; i++) doubles[at + REPORT_MORE + i] = cmcd[CMCD_KEPT + i] as number;
    return row;
  }

  #readMore(row: number, report: number[], cmcd: number[]): void {
    if (row === NONE) {
      for (let i = 0; i < REPORT_MORE; i++) report[REPORT_KEPT + i] = Number.NaN;
      for (let i = 0; i < CMCD_MORE; i++) cmcd[CMCD_KEPT + i] = Number.NaN;
      return;
    }
    const { doubles } = this.#more.block(row);
    const at = this.#more.at(row);
    for (let i = 0; i < REPORT_MORE; i++) report[REPORT_KEPT + i] = doubles[at + i] as number;
    for (let i = 0; i < CMCD_MORE; i++) cmcd[CMCD_KEPT + i] = doubles[at + REPORT_MORE + i] as number;
  }
}

/** Where what a row refers to begins in its block. */
function referencesAt(row: number): number {
  return (row & (ROWS_A_BLOCK - 1)) * ROW_REFERENCES;
}

function setRare(into: RequestReport, rare: RareText): void {
  if (into.method === '') into.method = rare.method;
  into.parentRequestId = rare.parentRequestId;
  into.rid = rare.rid;
  into.traceId = rare.traceId;
  into.parentSpanId = rare.parentSpanId;
  into.spanId = rare.spanId;
  into.sessionId = rare.sessionId;
  into.sessionJoin = rare.sessionJoin;
  into.cmcd.streamingFormat = rare.streamingFormat;
}

function rareText(report: RequestReport): RareText | null {
  if (
    (report.method === 'GET' || report.method === '') &&
    report.rid === '' &&
    report.traceId === '' &&
    report.parentRequestId === '' &&
    report.sessionId === '' &&
    report.sessionJoin === '' &&
    report.spanId === ''
  )
    return null;
  return {
    method: report.method,
    parentRequestId: report.parentRequestId,
    rid: report.rid,
    traceId: report.traceId,
    parentSpanId: report.parentSpanId,
    spanId: report.spanId,
    sessionId: report.sessionId,
    sessionJoin: report.sessionJoin,
    streamingFormat: report.cmcd.streamingFormat,
  };
}
