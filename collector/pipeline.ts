import { Correlator } from './correlate/correlator.ts';
import { InferredSessions } from './correlate/inferred-sessions.ts';
import type { SessionContext } from './correlate/live-session.ts';
import { Rekeyer } from './correlate/rekeyer.ts';
import { cloneReport } from './model/clone-report.ts';
import type { Event } from './model/event.ts';
import type { RequestReport } from './model/request.ts';
import type { CutReason } from './model/session.ts';
import type { Source } from './model/source.ts';
import type { UnixMs } from './model/time.ts';

/**
 * The pure middle: events in, observations and spans out. Finds the session of every event, waits for the session of
 * lines that name none, and hands both to the correlator. Holds no clock and does no I/O.
 */
export class Pipeline {
  readonly #correlator: Correlator;
  readonly #rekeyer: Rekeyer;
  readonly #inferred: InferredSessions;
  readonly #settleMs: number;
  readonly #latenessMs: ReadonlyMap<string, number>;

  constructor(sources: readonly Source[], context: SessionContext) {
    const { settleMs, maxSessions } = context.settings;
    this.#settleMs = settleMs;
    this.#latenessMs = latenessOfTenants(sources, settleMs);
    this.#correlator = new Correlator(context);
    const isTeachable =
      sources.some((source) => source.tier !== 'edge') && sources.some((source) => source.tier !== 'player');
    this.#rekeyer = new Rekeyer({
      limit: Math.min(maxSessions, 500_000),
      ttlMs: Math.max(60_000, 2 * settleMs),
      isTeachable,
    });
    this.#inferred = new InferredSessions(Math.min(maxSessions, 500_000));
  }

  get correlator(): Correlator {
    return this.#correlator;
  }

  get rekeyer(): Rekeyer {
    return this.#rekeyer;
  }

  /** A `RequestReport` may be used again by its decoder as soon as this returns. */
  accept(event: Event, nowMs: UnixMs): void {
    if (event.kind === 'request') this.#report(event, nowMs);
    else {
      if (event.traceId) this.#rekeyer.learnTrace(event.source.tenant, event.traceId, event.sid, nowMs);
      this.#correlator.event(event, nowMs);
    }
  }

  /** Time has passed; call at least once a second of it. */
  tick(nowMs: UnixMs): void {
    for (const { report, sid } of this.#rekeyer.take(nowMs)) this.#settleWait(report, sid, nowMs);
    this.#inferred.expire(nowMs);
    this.#correlator.tick(nowMs);
  }

  /** No more events: everything that waits is decided and every session closed. */
  flush(cut: CutReason, nowMs: UnixMs): void {
    for (const { report, sid } of this.#rekeyer.take(Number.POSITIVE_INFINITY)) this.#settleWait(report, sid, nowMs);
    this.#correlator.flush(cut);
  }

  #report(report: RequestReport, nowMs: UnixMs): void {
    const { source } = report;
    // A preflight belongs to a request but is none.
    if (report.method === 'OPTIONS') {
      if (source.tier !== 'player') this.#correlator.sessionless(report, true);
      return;
    }
    const named = report.cmcd.sid || report.sessionId;
    if (named !== '') {
      this.#rekeyer.learn(report, named, nowMs);
      this.#correlator.report(report, named, false, nowMs);
      return;
    }
    const sid = this.#resolve(report);
    if (sid !== '') {
      this.#rekeyer.learn(report, sid, nowMs);
      this.#correlator.report(report, sid, false, nowMs);
      return;
    }
    const deadlineMs = nowMs + (this.#latenessMs.get(source.tenant) ?? this.#settleMs);
    if (!this.#rekeyer.wait(cloneReport(report), deadlineMs)) this.#correlator.sessionless(report, false);
  }

  #resolve(report: RequestReport): string {
    const sid = this.#rekeyer.resolve(report);
    if (sid !== '') return sid;
    // A player that puts its session id into traceparent needs no other introduction.
    if (report.traceId !== '' && this.#correlator.knows(report.source.tenant, report.traceId)) {
      report.sessionJoin = 'traceparent';
      return report.traceId;
    }
    return '';
  }

  /** The wait of a line is over: it joins the session that was learnt, one that is inferred, or none. */
  #settleWait(report: RequestReport, learnt: string, nowMs: UnixMs): void {
    const sid = learnt || this.#resolve(report);
    if (sid !== '') {
      this.#rekeyer.learn(report, sid, nowMs);
      this.#correlator.report(report, sid, false, nowMs);
      return;
    }
    if (report.source.tier === 'player') {
      if (report.traceId !== '') this.#correlator.report(report, report.traceId, false, nowMs);
      return;
    }
    const inferred = report.source.tier === 'edge' ? this.#inferred.sidOf(report, nowMs) : '';
    if (inferred === '') {
      this.#correlator.sessionless(report, false);
      return;
    }
    this.#rekeyer.learn(report, inferred, nowMs);
    this.#correlator.report(report, inferred, true, nowMs);
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
