import type { JoinMethod } from '../../model/joined-request.ts';
import type { RequestReport } from '../../model/request.ts';
import type { Tier } from '../../model/source.ts';
import type { UnixMs } from '../../model/time.ts';
import { ExpiringIndex } from './expiring-index.ts';

/** A player half and the edge line of its device are one request only if the report came in this soon after it. */
const DEVICE_WINDOW_MS = 60_000;

type Known = { readonly sid: string; readonly atMs: UnixMs };
type Waiting = { readonly report: RequestReport; readonly deadlineMs: UnixMs; isDone: boolean };

/** A line without a session, and what became of it. */
export type Resolved = { readonly report: RequestReport; readonly sid: string };

/**
 * Finds the session of lines that carry none: typical origin lines, edges whose players send no CMCD. Lines that name
 * a session teach it which ids are whose; lines that name none wait until an id of theirs is learnt or until no
 * source can teach it any more. One instance in front of all partitions.
 */
export class Rekeyer {
  readonly #known: ExpiringIndex<Known>;
  readonly #waitingFor = new Map<string, Waiting[]>();
  readonly #queue: Waiting[] = [];
  readonly #limit: number;
  readonly #resolved: Resolved[] = [];
  #overflowed = 0;
  readonly #isTeachable: boolean;

  /** `isTeachable` is false when no configured source can write a line without a session. */
  constructor(options: { readonly limit: number; readonly ttlMs: number; readonly isTeachable: boolean }) {
    this.#limit = options.limit;
    this.#known = new ExpiringIndex(options.limit, options.ttlMs);
    this.#isTeachable = options.isTeachable;
  }

  /** Lines waiting now, and lines that found no room to wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Those lines. */
  *lines(): Generator<RequestReport> {
    for (const { report, isDone } of this.#queue) if (!isDone) yield report;
  }

  get overflowed(): number {
    return this.#overflowed;
  }

  /** Remembers the ids of a report whose session is known. HOT PATH for edges in front of an origin. */
  learn(report: RequestReport, sid: string, nowMs: UnixMs): void {
    if (!this.#isTeachable) return;
    const { source } = report;
    if (source.tier === 'player') {
      if (report.traceId !== '') this.#teach(`t ${source.tenant} ${report.traceId}`, sid, nowMs);
      if (report.rid !== '') this.#teach(`n ${source.tenant} ${report.rid}`, sid, nowMs);
      if (report.requestId !== '') this.#teach(`r ${source.tenant} ${report.requestId}`, sid, nowMs);
      if (report.client) this.#teach(`u ${source.tenant} ${report.client.deviceKey} ${report.path}`, sid, nowMs);
      return;
    }
    // A pure hit has nothing behind it.
    if (report.cacheStatus === 'hit') return;
    if (report.requestId !== '') this.#teach(`r ${source.tenant} ${report.requestId}`, sid, nowMs);
  }

  /** A player event that carries the trace context of its player's own spans. */
  learnTrace(tenant: string, traceId: string, sid: string, nowMs: UnixMs): void {
    this.#teach(`t ${tenant} ${traceId}`, sid, nowMs);
  }

  /** The session of a report that names none, or '' after which the report waits (the caller gives up a copy). */
  resolve(report: RequestReport): string {
    for (const [key, method] of keysOf(report)) {
      const known = this.#known.get(key);
      if (known && isTimely(method, known, report)) {
        report.sessionJoin = method;
        return known.sid;
      }
    }
    return '';
  }

  /** Keeps a copy until an id of it is learnt or `deadlineMs` passes. False when there is no room. */
  wait(report: RequestReport, deadlineMs: UnixMs): boolean {
    if (this.#queue.length >= this.#limit) {
      this.#overflowed++;
      return false;
    }
    const waiting = { report, deadlineMs, isDone: false };
    this.#queue.push(waiting);
    for (const [key] of keysOf(report)) {
      const list = this.#waitingFor.get(key);
      if (list) list.push(waiting);
      else this.#waitingFor.set(key, [waiting]);
    }
    return true;
  }

  /** Lines whose wait is over since the last call: sid is '' for those nobody claimed by their deadline. */
  *take(nowMs: UnixMs): Generator<Resolved> {
    this.#known.expire(nowMs);
    yield* this.#resolved.splice(0);
    // Edges first: the session inferred for one teaches the id that its origin line waits for.
    yield* this.#giveUp(nowMs, (tier) => tier === 'edge');
    yield* this.#resolved.splice(0);
    yield* this.#giveUp(nowMs, (tier) => tier !== 'edge');
    if (this.#queue.some((waiting) => waiting.isDone)) {
      const kept = this.#queue.filter((waiting) => !waiting.isDone);
      this.#queue.length = 0;
      this.#queue.push(...kept);
    }
  }

  *#giveUp(nowMs: UnixMs, isMeant: (tier: Tier) => boolean): Generator<Resolved> {
    const due = this.#queue.filter(
      ({ isDone, deadlineMs, report }) => !isDone && deadlineMs <= nowMs && isMeant(report.source.tier),
    );
    due.sort((a, b) => a.report.startMs - b.report.startMs || a.report.uidLow - b.report.uidLow);
    for (const waiting of due) {
      waiting.isDone = true;
      for (const [key] of keysOf(waiting.report)) this.#forget(key, waiting);
      yield { report: waiting.report, sid: '' };
    }
  }

  #forget(key: string, waiting: Waiting): void {
    const left = this.#waitingFor.get(key)?.filter((other) => other !== waiting) ?? [];
    if (left.length === 0) this.#waitingFor.delete(key);
    else this.#waitingFor.set(key, left);
  }

  #teach(key: string, sid: string, nowMs: UnixMs): void {
    this.#known.set(key, { sid, atMs: nowMs }, nowMs);
    const list = this.#waitingFor.get(key);
    if (!list) return;
    this.#waitingFor.delete(key);
    for (const waiting of list) {
      if (waiting.isDone) continue;
      if (this.resolve(waiting.report) === '') continue;
      waiting.isDone = true;
      this.#resolved.push({ report: waiting.report, sid });
    }
  }
}

function* keysOf(report: RequestReport): Generator<readonly [key: string, method: JoinMethod]> {
  const { tenant } = report.source;
  if (report.traceId !== '') yield [`t ${tenant} ${report.traceId}`, 'traceparent'];
  if (report.rid !== '') yield [`n ${tenant} ${report.rid}`, 'request_id'];
  if (report.requestId !== '') yield [`r ${tenant} ${report.requestId}`, 'request_id'];
  if (report.parentRequestId !== '') yield [`r ${tenant} ${report.parentRequestId}`, 'request_id'];
  if (report.source.tier === 'edge' && report.client) {
    yield [`u ${tenant} ${report.client.deviceKey} ${report.path}`, 'device+url+time'];
  }
}

function isTimely(method: JoinMethod, known: Known, report: RequestReport): boolean {
  if (method !== 'device+url+time') return true;
  return report.startMs <= known.atMs + 1_000 && known.atMs - report.startMs <= DEVICE_WINDOW_MS;
}
