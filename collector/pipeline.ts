import type { Present } from './correlate/concurrency.ts';
import type { ContentMemory } from './correlate/content/content-memory.ts';
import { Correlator, type CorrelatorContext } from './correlate/correlator.ts';
import type { CorrelatorCounts } from './correlate/correlator-counts.ts';
import { RecentDelivery } from './correlate/incidents/recent-delivery.ts';
import type { LiveSession } from './correlate/live-session.ts';
import type { OpenSession } from './correlate/open-session.ts';
import { ExpiringIndex } from './correlate/sessions/expiring-index.ts';
import { InferredSessions } from './correlate/sessions/inferred-sessions.ts';
import { Rekeyer } from './correlate/sessions/rekeyer.ts';
import { SessionKey } from './correlate/sessions/session-key.ts';
import { cloneReport } from './model/clone-report.ts';
import type { Event } from './model/event.ts';
import type { RequestReport } from './model/request.ts';
import type { CutReason } from './model/session.ts';
import type { Source } from './model/source.ts';
import type { UnixMs } from './model/time.ts';
import { isTimely } from './model/timely.ts';

/** Forgotten sessions that are remembered to be so, and how long: the latest logs of all are a day late. */
const FORGOTTEN = 10_000;
const FORGOTTEN_MS = 26 * 3_600_000;

/** Decides, while a log is read again, whose sessions are still open; the others are over and stay so. */
export type SessionGate = {
  admits(tenant: string, sid: string): boolean;
  /** The session is open, or was at this place in the log. */
  knew(tenant: string, sid: string): boolean;
};

/**
 * The pure middle: events in, observations and spans out. Finds the session of every event, waits for the session of
 * lines that name none, and hands both to the correlator. Holds no clock and does no I/O.
 */
export class Pipeline {
  readonly #correlators: readonly Correlator[];
  readonly #key = new SessionKey();
  readonly #rekeyer: Rekeyer;
  readonly #inferred: InferredSessions;
  /** Of all partitions: what one viewer's lines cannot tell, those of others can. */
  readonly #recent = new RecentDelivery();
  readonly #settleMs: number;
  readonly #latenessMs: ReadonlyMap<string, number>;
  readonly #forgotten = new ExpiringIndex<true>(FORGOTTEN, FORGOTTEN_MS);
  readonly #contents: ContentMemory;
  #gate: SessionGate | null = null;

  /** `partitions`: sessions are split over this many correlators, which share what is known of contents and CDNs. */
  constructor(sources: readonly Source[], around: Omit<CorrelatorContext, 'recent'>, partitions = 1) {
    const context = { ...around, recent: this.#recent };
    const { settleMs, maxSessions } = context.settings;
    this.#settleMs = settleMs;
    this.#contents = around.contents;
    this.#latenessMs = latenessOfTenants(sources, settleMs);
    this.#correlators = Array.from({ length: partitions }, () => new Correlator(context, this.#latenessMs));
    const isTeachable =
      sources.some((source) => source.tier !== 'edge') && sources.some((source) => source.tier !== 'player');
    this.#rekeyer = new Rekeyer({
      limit: Math.min(maxSessions, 500_000),
      ttlMs: Math.max(60_000, 2 * settleMs),
      isTeachable,
    });
    this.#inferred = new InferredSessions(Math.min(maxSessions, 500_000));
  }

  /** Sessions open in all partitions. */
  *sessions(): Generator<OpenSession> {
    for (const correlator of this.#correlators) yield* correlator.sessions();
  }

  /** For who is there now. */
  get present(): Present {
    return {
      sessions: this.sessions(),
      nameless: this.#rekeyer.lines(),
      segmentMs: ({ source, path }) => this.#contents.segmentsOf(source.tenant).lengthMs(path),
    };
  }

  get liveSessions(): number {
    return this.#correlators.reduce((sum, correlator) => sum + correlator.liveSessions, 0);
  }

  /** Server halves that wait for their partners. */
  get waitingRows(): number {
    return this.#correlators.reduce((sum, correlator) => sum + correlator.waitingRows, 0);
  }

  /** What correlation refused or repeated, by partition. */
  get counts(): readonly CorrelatorCounts[] {
    return this.#correlators.map((correlator) => correlator.counts);
  }

  get rekeyer(): Rekeyer {
    return this.#rekeyer;
  }

  /** From here on only sessions that `gate` admits; null admits all, as at the start. */
  admit(gate: SessionGate | null): void {
    this.#gate = gate;
  }

  /** Sessions closed lately, for a pipeline that goes on where this one stops. */
  closedLately(): readonly Int32Array[] {
    return this.#correlators.map(({ closed }) => closed.entries());
  }

  learnClosed(lists: readonly Int32Array[]): void {
    for (const [i, entries] of lists.entries()) this.#correlators[i]?.closed.learn(entries);
  }

  /**
   * Closes the open sessions that are meant, and takes nothing more of them for as long as a line of theirs may be late.
   * Returns their ids.
   */
  forget(tenant: string, isMeant: (session: LiveSession) => boolean, nowMs: UnixMs): readonly string[] {
    const mine = (session: LiveSession): boolean => session.tenant === tenant && isMeant(session);
    const sids = this.#correlators.flatMap((correlator) => correlator.closeThose(mine)).map(({ sid }) => sid);
    for (const sid of sids) this.#forgotten.set(`${tenant} ${sid}`, true, nowMs);
    return sids;
  }

  #isForgotten(tenant: string, sid: string): boolean {
    return this.#forgotten.size > 0 && this.#forgotten.get(`${tenant} ${sid}`) === true;
  }

  /** A `RequestReport` may be used again by its decoder as soon as this returns. */
  accept(event: Event, nowMs: UnixMs): void {
    if (event.kind === 'request') this.#report(event, nowMs);
    else {
      if (this.#isForgotten(event.source.tenant, event.sid)) return;
      if (event.traceId) this.#rekeyer.learnTrace(event.source.tenant, event.traceId, event.sid, nowMs);
      if (this.#gate?.admits(event.source.tenant, event.sid) === false) return;
      this.#of(event.source.tenant, event.sid).event(event, nowMs);
    }
  }

  /** Time has passed; call at least once a second of it. */
  tick(nowMs: UnixMs): void {
    for (const { report, sid } of this.#rekeyer.take(nowMs)) this.#settleWait(report, sid, nowMs);
    this.#inferred.expire(nowMs);
    this.#forgotten.expire(nowMs);
    for (const correlator of this.#correlators) correlator.tick(nowMs);
  }

  /** No more events: everything that waits is decided and every session closed. */
  flush(cut: CutReason, nowMs: UnixMs): void {
    for (const _ of this.drain(cut, nowMs));
  }

  /** Closes everything, and begins anew at whatever time it is told next; `lastMs` is the time so far. */
  startOver(lastMs: UnixMs): void {
    this.flush('shutdown', lastMs);
    this.#inferred.expire(Number.POSITIVE_INFINITY);
    for (const correlator of this.#correlators) correlator.startOver();
  }

  /** The same, a session at a time, for a caller that has to wait for room in between. */
  *drain(cut: CutReason, nowMs: UnixMs): Generator<void> {
    for (const { report, sid } of this.#rekeyer.take(Number.POSITIVE_INFINITY)) this.#settleWait(report, sid, nowMs);
    for (const correlator of this.#correlators) yield* correlator.drain(cut);
  }

  #report(report: RequestReport, nowMs: UnixMs): void {
    const { source } = report;
    // A preflight belongs to a request but is none.
    if (report.method === 'OPTIONS') {
      if (source.tier !== 'player') this.#first.sessionless(report, true);
      return;
    }
    // The clock of a player is corrected by its messages. That of a log is believed or not: a line that is years off
    // would make its session last for years.
    if (source.tier !== 'player' && !isTimely(report, nowMs)) {
      report.receivedMs = Number.NaN;
      this.#first.sessionless(report, true);
      return;
    }
    if (source.tier === 'edge') this.#recent.note(report);
    const named = report.cmcd.sid || report.sessionId;
    if (named !== '') {
      this.#rekeyer.learn(report, named, nowMs);
      this.#give(report, named, false, nowMs);
      return;
    }
    const sid = this.#resolve(report);
    if (sid !== '') {
      this.#join(report, sid, nowMs);
      return;
    }
    const patienceMs = this.#latenessMs.get(source.tenant) ?? this.#settleMs;
    // An origin line is told whose it is by its edge line, which may come that much later and wait as long itself.
    const deadlineMs = nowMs + (source.tier === 'edge' ? patienceMs : 2 * patienceMs + 2_000);
    if (!this.#rekeyer.wait(cloneReport(report), deadlineMs)) this.#first.sessionless(report, false);
  }

  #give(report: RequestReport, sid: string, isInferred: boolean, nowMs: UnixMs): void {
    const { tenant } = report.source;
    const correlator = this.#of(tenant, sid);
    if (this.#isForgotten(tenant, sid)) {
      correlator.sessionless(report, true);
      return;
    }
    // Of a session that is over only this is still needed: to know the report should it come once more.
    if (this.#gate?.admits(tenant, sid) === false) correlator.seen.add(report.uidHigh, report.uidLow);
    else correlator.report(report, sid, isInferred, nowMs);
  }

  #knows(tenant: string, traceId: string): boolean {
    return this.#gate?.knew(tenant, traceId) === true || this.#of(tenant, traceId).knows(tenant, traceId);
  }

  /** Whatever spelling of an id a party uses, its session lives in one partition. */
  #of(tenant: string, sid: string): Correlator {
    if (this.#correlators.length === 1) return this.#first;
    this.#key.set(tenant, sid);
    return this.#correlators[((this.#key.a ^ this.#key.d) >>> 0) % this.#correlators.length] as Correlator;
  }

  get #first(): Correlator {
    return this.#correlators[0] as Correlator;
  }

  #resolve(report: RequestReport): string {
    const sid = this.#rekeyer.resolve(report);
    if (sid !== '') return sid;
    // A player that puts its session id into traceparent needs no other introduction.
    if (report.traceId !== '' && this.#knows(report.source.tenant, report.traceId)) {
      report.sessionJoin = 'traceparent';
      return report.traceId;
    }
    return '';
  }

  /** A line that does not name its session itself. */
  #join(report: RequestReport, sid: string, nowMs: UnixMs): void {
    const { source } = report;
    const isGuessed = report.rid !== '' || report.sessionJoin === 'device+url+time';
    if (isGuessed && source.tier === 'edge') this.#inferred.learn(report, sid, nowMs);
    this.#rekeyer.learn(report, sid, nowMs);
    this.#give(report, sid, false, nowMs);
  }

  #neighbour(report: RequestReport): string {
    // Players tell of media they got; of what they gave up, or were refused, and of playlists many say nothing.
    const isUntold =
      report.rid !== '' || !report.isComplete || !(report.status < 400) || report.objectType === 'manifest';
    if (!isUntold || report.source.tier !== 'edge') return '';
    const sid = this.#inferred.neighbourOf(report);
    if (sid !== '') report.sessionJoin = 'device+url+time';
    return sid;
  }

  /** The wait of a line is over: it joins the session that was learnt, one that is inferred, or none. */
  #settleWait(report: RequestReport, learnt: string, nowMs: UnixMs): void {
    const { source } = report;
    const sid = learnt || this.#resolve(report) || this.#neighbour(report);
    if (sid !== '') {
      this.#join(report, sid, nowMs);
      return;
    }
    if (source.tier === 'player') {
      if (report.traceId !== '') this.#give(report, report.traceId, false, nowMs);
      return;
    }
    const inferred = source.tier === 'edge' ? this.#inferred.sidOf(report, nowMs) : '';
    if (inferred === '') {
      this.#first.sessionless(report, false);
      return;
    }
    this.#rekeyer.learn(report, inferred, nowMs);
    this.#give(report, inferred, true, nowMs);
  }
}

/** How long a line without a session waits: as long as the latest source of its tenant may take to name it. */
function latenessOfTenants(sources: readonly Source[], settleMs: number): ReadonlyMap<string, number> {
  const lateness = new Map<string, number>();
  for (const { tenant, latenessMs } of sources) {
    lateness.set(tenant, Math.max(lateness.get(tenant) ?? 0, Math.min(latenessMs, settleMs)));
  }
  return lateness;
}
