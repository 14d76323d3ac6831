import type { Client } from '../model/client.ts';
import type { JoinMethod } from '../model/joined-request.ts';
import type { CacheStatus, ObjectType, PlayerState, StreamType } from '../model/media.ts';
import { CACHE_STATUSES, OBJECT_TYPES, PLAYER_STATES, STREAM_TYPES } from '../model/media.ts';
import type { RequestReport } from '../model/request.ts';
import type { Source } from '../model/source.ts';

const NONE = -1;

/** Columns of one row, in the order they are written. */
const NUMBERS = 26;
const TEXTS = 9;

const COMPLETE = 1;
const UPSTREAM = 2;
const STARVED = 4;
const STARTUP = 8;
const MALFORMED = 16;
const BACKGROUND = 32;
const HTTP = 1 << 27;
const HTTPS = 1 << 28;
const GET = 1 << 29;

const objectCode = new Map<ObjectType | '', number>(OBJECT_TYPES.map((word, code) => [word, code]));
const cacheCode = new Map<CacheStatus, number>(CACHE_STATUSES.map((word, code) => [word, code]));
const stateCode = new Map<PlayerState | '', number>(PLAYER_STATES.map((word, code) => [word, code + 1]));
const streamCode = new Map<StreamType, number>(STREAM_TYPES.map((word, code) => [word, code]));

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

/**
 * Server halves waiting for their partners, as columns in linked lists, one list per session. The garbage collector
 * sees a handful of arrays however many rows there are.
 * HOT PATH: `append` runs once per log line.
 */
export class RowStore {
  #numbers: Float64Array;
  #texts: string[] = [];
  #sources: Source[] = [];
  #clients: (Client | null)[] = [];
  #rare: (RareText | null)[] = [];
  #next: Int32Array;
  #freeHead = NONE;
  #used = 0;
  #size = 0;
  readonly #limit: number;

  constructor(limit: number, initialRows = 4096) {
    this.#limit = limit;
    const rows = Math.min(initialRows, limit);
    this.#numbers = new Float64Array(rows * NUMBERS);
    this.#next = new Int32Array(rows);
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#limit;
  }

  next(row: number): number {
    return this.#next[row] as number;
  }

  link(row: number, next: number): void {
    this.#next[row] = next;
  }

  startMs(row: number): number {
    return this.#numbers[row * NUMBERS] as number;
  }

  /** Begin plus duration; begin alone when the log has no duration. */
  endMs(row: number): number {
    const start = this.#numbers[row * NUMBERS] as number;
    const duration = this.#numbers[row * NUMBERS + 1] as number;
    return !Number.isNaN(duration) ? start + duration : start;
  }

  /** Copies what later stages need out of the reused report and returns the new row; the caller links it. */
  append(report: RequestReport): number {
    let row = this.#freeHead;
    if (row === NONE) {
      row = this.#used++;
      if (row >= this.#next.length) this.#grow();
    } else this.#freeHead = this.#next[row] as number;
    this.#size++;
    this.#next[row] = NONE;
    const { cmcd } = report;
    const n = this.#numbers;
    let at = row * NUMBERS;
    n[at++] = report.startMs;
    n[at++] = report.durationMs;
    n[at++] = report.ttfbMs;
    n[at++] = report.precisionMs;
    n[at++] = report.receivedMs;
    n[at++] = report.status;
    n[at++] = report.bodyBytes;
    n[at++] = report.totalBytes;
    n[at++] = report.upstreamTtfbMs;
    n[at++] = report.upstreamDurationMs;
    n[at++] = report.upstreamStatus;
    n[at++] = report.uidHigh;
    n[at++] = report.uidLow;
    n[at++] =
      (report.isComplete ? COMPLETE : 0) |
      (report.isGeneratedUpstream ? UPSTREAM : 0) |
      (cmcd.isStarved ? STARVED : 0) |
      (cmcd.isStartup ? STARTUP : 0) |
      (cmcd.isMalformed ? MALFORMED : 0) |
      (cmcd.isBackground ? BACKGROUND : 0) |
      ((objectCode.get(report.objectType) as number) << 8) |
      ((cacheCode.get(report.cacheStatus) as number) << 12) |
      ((stateCode.get(cmcd.state) ?? 0) << 16) |
      ((streamCode.get(cmcd.streamType) as number) << 20) |
      ((cmcd.version & 7) << 24) |
      (report.scheme === 'https' ? HTTPS : report.scheme === 'http' ? HTTP : 0) |
      (report.method === 'GET' ? GET : 0);
    n[at++] = cmcd.sn;
    n[at++] = cmcd.bitrateKbps;
    n[at++] = cmcd.topBitrateKbps;
    n[at++] = cmcd.lowestBitrateKbps;
    n[at++] = cmcd.bufferMs;
    n[at++] = cmcd.objectDurationMs;
    n[at++] = cmcd.deadlineMs;
    n[at++] = cmcd.measuredKbps;
    n[at++] = cmcd.startDelayMs;
    n[at++] = cmcd.starvedMs;
    n[at++] = cmcd.liveLatencyMs;
    n[at] = cmcd.playheadBitrateKbps;
    const t = this.#texts;
    at = row * TEXTS;
    t[at++] = report.host;
    t[at++] = report.path;
    t[at++] = report.query;
    t[at++] = report.pop;
    t[at++] = report.requestId;
    t[at++] = report.cacheStatusRaw;
    t[at++] = report.contentType;
    t[at++] = report.errorType;
    t[at] = cmcd.cid;
    this.#sources[row] = report.source;
    this.#clients[row] = report.client;
    this.#rare[row] = rareText(report);
    return row;
  }

  /**
   * Fills `into`, which is new or was filled here before, from a row; everything a decoder had set that a later stage
   * reads is there again.
   */
  read(row: number, sid: string, into: RequestReport): void {
    const { cmcd } = into;
    const n = this.#numbers;
    let at = row * NUMBERS;
    into.startMs = n[at++] as number;
    into.durationMs = n[at++] as number;
    into.ttfbMs = n[at++] as number;
    into.precisionMs = n[at++] as number;
    into.receivedMs = n[at++] as number;
    into.status = n[at++] as number;
    into.bodyBytes = n[at++] as number;
    into.totalBytes = n[at++] as number;
    into.upstreamTtfbMs = n[at++] as number;
    into.upstreamDurationMs = n[at++] as number;
    into.upstreamStatus = n[at++] as number;
    into.uidHigh = n[at++] as number;
    into.uidLow = n[at++] as number;
    const flags = n[at++] as number;
    into.isComplete = (flags & COMPLETE) !== 0;
    into.isGeneratedUpstream = (flags & UPSTREAM) !== 0;
    cmcd.isStarved = (flags & STARVED) !== 0;
    cmcd.isStartup = (flags & STARTUP) !== 0;
    cmcd.isMalformed = (flags & MALFORMED) !== 0;
    cmcd.isBackground = (flags & BACKGROUND) !== 0;
    into.objectType = OBJECT_TYPES[(flags >> 8) & 15] as ObjectType;
    into.cacheStatus = CACHE_STATUSES[(flags >> 12) & 15] as CacheStatus;
    const state = (flags >> 16) & 15;
    cmcd.state = state === 0 ? '' : (PLAYER_STATES[state - 1] as PlayerState);
    cmcd.streamType = STREAM_TYPES[(flags >> 20) & 3] as StreamType;
    cmcd.version = (flags >> 24) & 7;
    into.scheme = (flags & HTTPS) !== 0 ? 'https' : (flags & HTTP) !== 0 ? 'http' : '';
    into.method = (flags & GET) !== 0 ? 'GET' : '';
    cmcd.sn = n[at++] as number;
    cmcd.bitrateKbps = n[at++] as number;
    cmcd.topBitrateKbps = n[at++] as number;
    cmcd.lowestBitrateKbps = n[at++] as number;
    cmcd.bufferMs = n[at++] as number;
    cmcd.objectDurationMs = n[at++] as number;
    cmcd.deadlineMs = n[at++] as number;
    cmcd.measuredKbps = n[at++] as number;
    cmcd.startDelayMs = n[at++] as number;
    cmcd.starvedMs = n[at++] as number;
    cmcd.liveLatencyMs = n[at++] as number;
    cmcd.playheadBitrateKbps = n[at] as number;
    const t = this.#texts;
    at = row * TEXTS;
    into.host = t[at++] as string;
    into.path = t[at++] as string;
    into.query = t[at++] as string;
    into.pop = t[at++] as string;
    into.requestId = t[at++] as string;
    into.cacheStatusRaw = t[at++] as string;
    into.contentType = t[at++] as string;
    into.errorType = t[at++] as string;
    cmcd.cid = t[at] as string;
    cmcd.sid = sid;
    into.source = this.#sources[row] as Source;
    into.client = this.#clients[row] as Client | null;
    const rare = this.#rare[row] ?? NOTHING_RARE;
    if (into.method === '') into.method = rare.method;
    into.parentRequestId = rare.parentRequestId;
    into.rid = rare.rid;
    into.traceId = rare.traceId;
    into.parentSpanId = rare.parentSpanId;
    into.spanId = rare.spanId;
    into.sessionId = rare.sessionId;
    into.sessionJoin = rare.sessionJoin;
    cmcd.streamingFormat = rare.streamingFormat;
  }

  /** Gives a row back. Its strings are let go at once, so a quiet store holds no text of past traffic. */
  free(row: number): void {
    const at = row * TEXTS;
    for (let i = 0; i < TEXTS; i++) this.#texts[at + i] = '';
    this.#rare[row] = null;
    this.#clients[row] = null;
    this.#next[row] = this.#freeHead;
    this.#freeHead = row;
    this.#size--;
  }

  #grow(): void {
    const rows = Math.min(this.#limit + 1, this.#next.length * 2);
    const numbers = new Float64Array(rows * NUMBERS);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    const next = new Int32Array(rows);
    next.set(this.#next);
    this.#next = next;
  }
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
